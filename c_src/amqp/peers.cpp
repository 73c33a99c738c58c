#include "amqp/peers.h"

#include <algorithm>

namespace ci::amqp {

bool Peers::hear(const std::string& instance, const std::string& node, bool leaving,
                 wire::Micros now) {
    const auto found = peers_.find(instance);
    if (found == peers_.end()) {
        if (peers_.size() >= max_peers) return false;
        peers_.emplace(instance, Peer{instance, node, now, leaving});
        return !leaving;
    }
    Peer& peer = found->second;
    peer.left = peer.left || leaving;
    if (!node.empty()) peer.node = node;
    peer.heard = now;
    return false;
}

void Peers::forget_silent(wire::Micros now) {
    std::erase_if(peers_, [&](const auto& p) { return now - p.second.heard >= longest_silence; });
}

std::vector<Peer> Peers::present() const {
    std::vector<Peer> all;
    for (const auto& [instance, peer] : peers_) {
        if (!peer.left) all.push_back(peer);
    }
    return all;
}

const Peer* Peers::find(const std::string& instance) const {
    const auto found = peers_.find(instance);
    return found == peers_.end() ? nullptr : &found->second;
}

}  // namespace ci::amqp
