#include "sources/parsers.h"

#include <algorithm>

namespace ci::sources {
namespace {

Parsers::Snapshot snapshot(const HepListener& listener) {
    const Counters& counters = listener.counters();
    Parsers::Snapshot result;
    result.id = listener.id();
    for (std::size_t i = 0; i < result.switches.size(); ++i) {
        result.switches[i] = listener.switches().is_on(static_cast<Switch>(i));
    }
    result.received = counters.received.load(std::memory_order_acquire);
    result.stored = counters.stored;
    result.events = counters.events;
    result.bytes = counters.bytes;
    result.kernel_dropped = counters.kernel_dropped;
    for (std::size_t i = 0; i < counters.refused.size(); ++i) {
        if (const auto n = counters.refused[i].load()) {
            result.refused.emplace_back(Refused::name(i), n);
        }
    }
    for (std::size_t i = 0; i < counters.damaged.size(); ++i) {
        if (const auto n = counters.damaged[i].load()) {
            result.damaged.emplace_back(Refused::name(i), n);
        }
    }
    result.senders = listener.senders().views();
    result.senders_overflow = listener.senders().overflow();
    result.connections_open = counters.open;
    result.connections_accepted = counters.accepted;
    for (std::size_t i = 0; i < counters.connections_failed.size(); ++i) {
        if (const auto n = counters.connections_failed[i].load()) {
            result.connections_failed.emplace_back(connection_reason_names[i], n);
        }
    }
    result.last_seen = counters.last_seen;
    result.receive_buffer = listener.receive_buffer();
    return result;
}

/// "::1:9060" means "[::1]:9060".
std::string canonical(std::string_view id) {
    const std::string_view scheme = id.starts_with("tls:") ? "tls:" : "";
    const auto endpoint = wire::parse_endpoint(id.substr(scheme.size()));
    return endpoint ? std::string(scheme) + wire::to_string(*endpoint) : std::string(id);
}

}  // namespace

wire::expected<std::string, SocketError> Parsers::start_hep(HepOptions options) {
    const std::scoped_lock lock(mutex_);
    const std::string id = HepListener::id_of(options);
    for (const auto& listener : running_) {
        if (listener->id() == id) return id;
    }
    options.switches = switches_;
    auto listener = HepListener::start(options, sink_);
    if (!listener) return std::move(listener.error());
    running_.push_back(*std::move(listener));
    return id;
}

bool Parsers::stop(std::string_view id) {
    std::unique_ptr<HepListener> stopped;  // joins its thread after the lock is gone
    const std::scoped_lock lock(mutex_);
    const auto found =
        std::find_if(running_.begin(), running_.end(),
                     [id = canonical(id)](const auto& listener) { return listener->id() == id; });
    if (found == running_.end()) return false;
    stopped = std::move(*found);
    running_.erase(found);
    return true;
}

bool Parsers::set(Switch which, bool on, std::optional<std::string_view> id) {
    const std::scoped_lock lock(mutex_);
    if (!id) switches_[static_cast<std::size_t>(which)] = on;
    bool found = !id;
    const std::string wanted = id ? canonical(*id) : std::string();
    for (const auto& listener : running_) {
        if (id && listener->id() != wanted) continue;
        listener->switches().set(which, on);
        found = true;
    }
    return found;
}

std::vector<std::string> Parsers::ids() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> ids;
    for (auto it = running_.rbegin(); it != running_.rend(); ++it) ids.push_back((*it)->id());
    return ids;
}

std::vector<Parsers::Snapshot> Parsers::snapshots(std::optional<std::string_view> id) const {
    const std::scoped_lock lock(mutex_);
    const std::string wanted = id ? canonical(*id) : std::string();
    std::vector<Snapshot> result;
    for (auto it = running_.rbegin(); it != running_.rend(); ++it) {
        if (!id || (*it)->id() == wanted) result.push_back(snapshot(**it));
    }
    return result;
}

}  // namespace ci::sources
