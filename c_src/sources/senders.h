// Who sends to a source, and how far each one's clock is off.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chunk/chunk.h"
#include "wire/endpoint.h"
#include "wire/hash.h"

namespace ci::sources {

class Senders {
  public:
    static constexpr std::size_t most = 1'024;        ///< of those that come first
    static constexpr std::size_t longest_name = 512;  ///< others count as too many

    /// What one batch brought: drafts, and for each the address that it came from. Senders are
    /// told apart as observers are (Draft::observer, which ends in @ and `parser`).
    void note(std::span<const chunk::Draft> drafts, std::span<const wire::Address> peers,
              std::string_view parser);

    struct View {
        wire::Address address;
        std::optional<std::uint32_t> capture_id;
        std::string agent_name;  ///< bytes as sent; may be empty
        std::uint64_t received = 0;
        wire::Micros last_seen = 0;
        /// How much later its clock is than ours, with its messages' way in between: the median of
        /// the newest ones. Empty: it tells no time.
        std::optional<wire::Micros> clock_offset;
    };
    /// In the order of their first message.
    [[nodiscard]] std::vector<View> views() const;
    /// Messages of senders that are not kept because there are too many.
    [[nodiscard]] std::uint64_t overflow() const;

  private:
    /// A median of few is close enough, and no burst of delayed messages moves it.
    static constexpr std::size_t samples = 31;

    struct Sender {
        View view;
        std::array<wire::Micros, samples> offsets{};
        std::size_t measured = 0;  ///< ever
    };
    Sender* find(const chunk::Draft& draft, const wire::Address& peer, std::string_view parser);

    mutable std::mutex mutex_;
    std::vector<Sender> senders_;
    std::unordered_map<std::string, std::size_t, wire::TextHash, std::equal_to<>>
        index_;  ///< by observer
    std::uint64_t overflow_ = 0;
};

}  // namespace ci::sources
