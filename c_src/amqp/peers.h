// The other inspectors at the same broker, known by their own announcements.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "wire/micros.h"

namespace ci::amqp {

struct Peer {
    std::string instance;  ///< new at each start of the peer
    std::string node;
    wire::Micros heard = 0;
    bool left = false;  ///< kept after a goodbye, so that late announcements do not bring it back

    /// For people: the node if the peer named one, else the instance.
    [[nodiscard]] const std::string& name() const { return node.empty() ? instance : node; }
};

class Peers {
  public:
    /// True: the peer was unknown.
    bool hear(const std::string& instance, const std::string& node, bool leaving, wire::Micros now);
    void forget_silent(wire::Micros now);
    void clear() { peers_.clear(); }

    /// The peers whose answers are expected.
    [[nodiscard]] std::vector<Peer> present() const;
    [[nodiscard]] const Peer* find(const std::string& instance) const;

  private:
    std::map<std::string, Peer> peers_;
};

inline constexpr wire::Micros present_every = 5'000'000;
inline constexpr wire::Micros longest_silence = 15'000'000;
inline constexpr std::size_t max_peers = 100;  ///< further ones are not waited for

}  // namespace ci::amqp
