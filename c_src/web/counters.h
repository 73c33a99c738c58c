// What became of requests and connections.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ci::web {

/// Written by the event loop, read by any thread.
struct Counters {
    using Counter = std::atomic<std::uint64_t>;

    Counter accepted{0};           ///< connections
    Counter open{0};               ///< connections now
    Counter turned_away{0};        ///< connections for which there was no room
    Counter handshakes_failed{0};  ///< connections that ended before TLS was established
    Counter malformed{0};          ///< requests that are no HTTP, or too large
    Counter slow{0};               ///< connections closed while a request or a reader was awaited
    std::array<Counter, 6> by_class{};  ///< answers, by the first digit of their status
    Counter streams{0};                 ///< of events, now
    Counter streams_dropped{0};         ///< because they were not read fast enough

    void answered(unsigned status) noexcept {
        const std::size_t digit = status / 100;
        if (digit < by_class.size()) ++by_class.at(digit);
    }
};

}  // namespace ci::web
