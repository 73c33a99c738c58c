// The connections of one listener: so many at a time. When all places are taken, one that is idle
// makes room, and no peer keeps others out by taking them all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "sources/hep_stream.h"
#include "wire/hash.h"

namespace ci::sources {

struct Connection {
    using Clock = std::chrono::steady_clock;

    HepStream stream;
    wire::Address peer;
    std::uint64_t number;                    ///< descriptors are used again, numbers are not
    Clock::time_point heard = Clock::now();  ///< when bytes came; before that when it was accepted
    bool has_spoken = false;
    bool awaits_write = false;
};

class Connections {
  public:
    using Clock = Connection::Clock;
    using Map = std::unordered_map<int, Connection>;  ///< by descriptor

    /// A connection that was silent for so long is idle. They may all stay so while there is room.
    static constexpr std::chrono::seconds idle{10};

    void add(int descriptor, Connection connection);
    void remove(int descriptor);
    [[nodiscard]] Connection* find(int descriptor);
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] Map& all() noexcept { return all_; }

    /// Whose place a newcomer from `peer` gets: of the peer with the most places one that never
    /// spoke, else the one that was silent longest, if that is idle or its peer has at least two
    /// places more than the newcomer's. Empty: nobody's.
    [[nodiscard]] std::optional<int> least_needed(const wire::Address& peer,
                                                  Clock::time_point now) const;

  private:
    struct Hash {
        std::size_t operator()(const wire::Address& address) const noexcept {
            return wire::TextHash{}(
                {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
        }
    };
    Map all_;
    std::unordered_map<wire::Address, std::size_t, Hash> of_peer_;
};

}  // namespace ci::sources
