// The other inspectors at the same broker, by what they say of themselves.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "wire/micros.h"

namespace ci::amqp {

struct Peer {
    std::string instance;  ///< new each time that it starts
    std::string node;
    wire::Micros heard = 0;
    bool left = false;  ///< kept, so that what it said before does not bring it back

    /// For people: its node, where it named one.
    [[nodiscard]] const std::string& name() const { return node.empty() ? instance : node; }
};

class Peers {
  public:
    /// True: it was not known.
    bool hear(const std::string& instance, const std::string& node, bool leaving, wire::Micros now);
    void forget_silent(wire::Micros now);
    void clear() { peers_.clear(); }

    /// Those that should answer.
    [[nodiscard]] std::vector<Peer> present() const;
    [[nodiscard]] const Peer* find(const std::string& instance) const;

  private:
    std::map<std::string, Peer> peers_;
};

inline constexpr wire::Micros present_every = 5'000'000;
inline constexpr wire::Micros longest_silence = 15'000'000;
inline constexpr std::size_t most_peers = 100;  ///< further ones are not waited for

}  // namespace ci::amqp
