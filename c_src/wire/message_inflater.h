// Messages of one stream that are compressed one by one with a common window, each flushed and
// without its last four octets 00 00 ff ff: WebSocket's permessage-deflate (RFC 7692 7.2).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace ci::wire {

class MessageInflater {
  public:
    /// Of the window and what zlib keeps beside it, once something was inflated.
    static constexpr std::size_t memory = std::size_t{48} * 1'024;

    MessageInflater();
    ~MessageInflater();
    MessageInflater(MessageInflater&&) noexcept;
    MessageInflater& operator=(MessageInflater&&) noexcept;

    /// Appends what the message says, or what of it can be read. False: it is broken, refers to
    /// messages that were not seen, or is larger than `largest`; then the next one is read as if
    /// it were the first.
    [[nodiscard]] bool add(std::string_view compressed, std::size_t largest, std::string& out);

    /// Messages are missing here.
    void reset() noexcept;
    [[nodiscard]] std::size_t held() const noexcept { return state_ ? memory : 0; }

  private:
    struct State;
    std::unique_ptr<State> state_;  ///< empty: nothing was inflated yet
};

}  // namespace ci::wire
