// Decompresses WebSocket's permessage-deflate (RFC 7692 7.2): the messages of one stream share a
// window. Each is compressed by itself, flushed, and sent without its last four octets 00 00 ff ff.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ci::wire {

class MessageInflater {
  public:
    /// Octets that zlib holds, its window included, once a message was inflated.
    static constexpr std::size_t memory = std::size_t{48} * 1'024;

    MessageInflater();
    ~MessageInflater();
    MessageInflater(MessageInflater&&) noexcept;
    MessageInflater& operator=(MessageInflater&&) noexcept;

    /// Appends the decompressed message, or its readable part. False: the message is broken, refers
    /// to messages that were not seen, or is larger than `largest`; the next message is then read
    /// as if it were the first.
    [[nodiscard]] bool add(std::string_view compressed, std::size_t largest, std::string& out);

    /// Messages are missing here.
    void reset() noexcept;
    [[nodiscard]] std::size_t held() const noexcept { return state_ ? memory : 0; }

  private:
    struct State;
    std::unique_ptr<State> state_;  ///< empty: nothing was inflated yet
};

}  // namespace ci::wire
