// The connections of one listener, limited in number. When all places are taken, an idle connection
// makes room, and no peer can shut others out by taking all places.
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
    std::uint64_t number;                    ///< unlike descriptors, numbers are never reused
    Clock::time_point heard = Clock::now();  ///< last bytes, or the accept
    bool has_spoken = false;
    bool awaits_write = false;
};

class Connections {
  public:
    using Clock = Connection::Clock;
    using Map = std::unordered_map<int, Connection>;  ///< by descriptor

    /// A connection that was silent for so long is idle. Idle connections stay open while there is
    /// room.
    static constexpr std::chrono::seconds idle{10};

    void add(int descriptor, Connection connection);
    void remove(int descriptor);
    [[nodiscard]] Connection* find(int descriptor);
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] Map& all() noexcept { return all_; }

    /// Selects the connection that makes room for a new one from `peer`. A connection may be closed
    /// if it has never sent a byte, if it is idle, or if its peer has at least two places more than
    /// `peer`. Of these the one whose peer has the most places is chosen, then one that has never
    /// sent, then the one silent longest. Empty: none may be closed.
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
