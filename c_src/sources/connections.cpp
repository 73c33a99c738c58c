#include "sources/connections.h"

#include <tuple>
#include <utility>

namespace ci::sources {

void Connections::add(int descriptor, Connection connection) {
    ++of_peer_[connection.peer];
    all_.try_emplace(descriptor, std::move(connection));
}

void Connections::remove(int descriptor) {
    const auto found = all_.find(descriptor);
    if (found == all_.end()) return;
    const auto count = of_peer_.find(found->second.peer);
    if (--count->second == 0) of_peer_.erase(count);
    all_.erase(found);
}

Connection* Connections::find(int descriptor) {
    const auto found = all_.find(descriptor);
    return found != all_.end() ? &found->second : nullptr;
}

std::optional<int> Connections::least_needed(const wire::Address& peer,
                                             Clock::time_point now) const {
    const auto own = of_peer_.find(peer);
    const std::size_t its = own != of_peer_.end() ? own->second : 0;
    struct Candidate {
        std::size_t places;
        bool is_mute;
        Clock::duration silent;
    };
    std::optional<int> found;
    Candidate best{};
    for (const auto& [descriptor, connection] : all_) {
        const Candidate one{of_peer_.at(connection.peer), !connection.has_spoken,
                            now - connection.heard};
        if (!one.is_mute && one.silent < idle && one.places < its + 2) continue;
        if (found && std::tie(one.places, one.is_mute, one.silent) <=
                         std::tie(best.places, best.is_mute, best.silent)) {
            continue;
        }
        found = descriptor;
        best = one;
    }
    return found;
}

}  // namespace ci::sources
