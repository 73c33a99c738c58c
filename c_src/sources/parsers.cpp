#include "sources/parsers.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace ci::sources {
namespace {

/// "::1:9060" means "[::1]:9060", and "/var/log//x" means "/var/log/x".
std::string canonical(std::string_view id) {
    if (id.starts_with('/')) return LogParser::id_of({.path = std::string(id)});
    const std::string_view scheme = id.starts_with("tls:") ? "tls:" : "";
    const auto endpoint = wire::parse_endpoint(id.substr(scheme.size()));
    return endpoint ? std::string(scheme) + wire::to_string(*endpoint) : std::string(id);
}

}  // namespace

Parsers::Snapshot Parsers::snapshot(const Source& source) {
    const Counters& counters = source.counters();
    Snapshot result;
    result.id = source.id();
    result.type = source.type();
    result.age = source.age();
    for (std::size_t i = 0; i < result.switches.size(); ++i) {
        result.switches[i] = source.switches().is_on(static_cast<Switch>(i));
    }
    result.received = counters.received.load(std::memory_order_acquire);
    result.stored = counters.stored;
    result.events = counters.events;
    result.bytes = counters.bytes;
    result.kernel_dropped = counters.kernel_dropped;
    for (std::size_t i = 0; i < counters.refused.size(); ++i) {
        if (const auto n = counters.refused[i].load()) {
            result.refused.emplace_back(intake::Refused::name(i), n);
        }
    }
    for (std::size_t i = 0; i < counters.damaged.size(); ++i) {
        if (const auto n = counters.damaged[i].load()) {
            result.damaged.emplace_back(intake::Refused::name(i), n);
        }
    }
    for (std::size_t i = 0; i < counters.pieces.size(); ++i) {
        if (const auto n = counters.pieces[i].load()) result.pieces.emplace_back(piece_names[i], n);
    }
    result.senders = source.senders().views();
    result.senders_overflow = source.senders().overflow();
    result.connections_open = counters.open;
    result.connections_accepted = counters.accepted;
    for (std::size_t i = 0; i < counters.connections_failed.size(); ++i) {
        if (const auto n = counters.connections_failed[i].load()) {
            result.connections_failed.emplace_back(connection_reason_names[i], n);
        }
    }
    result.last_seen = counters.last_seen;
    result.receive_buffer = source.receive_buffer();
    result.frames = source.frames();
    result.log = source.log();
    return result;
}

bool Parsers::is_stopping(const std::string& id) const {
    return std::find(stopping_.begin(), stopping_.end(), id) != stopping_.end();
}

/// Calls `start` to make the source, unless one with that id runs.
template <class Start>
wire::expected<std::string, net::SocketError> Parsers::start(const std::string& id, Start start) {
    os::MutexLock lock(mutex_);
    stopped_.wait(lock, [&]() REQUIRES(mutex_) { return !is_stopping(id); });
    for (const auto& source : running_) {
        if (source->id() == id) return id;
    }
    auto source = start();
    if (!source) return std::move(source.error());
    running_.push_back(*std::move(source));
    return id;
}

wire::expected<std::string, net::SocketError> Parsers::start_hep(HepOptions options) {
    return start(HepListener::id_of(options), [&]() REQUIRES(mutex_) {
        options.switches = switches_;
        return HepListener::start(options, sink_);
    });
}

wire::expected<std::string, net::SocketError> Parsers::start_capture(CaptureOptions options) {
    return start(PacketCapture::id_of(options), [&]() REQUIRES(mutex_) {
        options.switches = switches_;
        return PacketCapture::start(options, sink_, notice_);
    });
}

wire::expected<std::string, net::SocketError> Parsers::start_log(LogOptions options) {
    using Started = wire::expected<std::unique_ptr<LogParser>, net::SocketError>;
    const std::string id = LogParser::id_of(options);
    return start(id, [&]() REQUIRES(mutex_) -> Started {
        // A link is another name, and all of the log would be stored once more.
        for (const auto& source : running_) {
            std::error_code error;
            if (source->log() && std::filesystem::equivalent(source->id(), id, error)) {
                return net::SocketError{"is read already by the name " + std::string(source->id())};
            }
        }
        options.switches = switches_;
        return LogParser::start(options, log_store_, notice_);
    });
}

SwitchSettings Parsers::switches() const {
    const os::MutexLock lock(mutex_);
    return switches_;
}

bool Parsers::stop(std::string_view id) {
    os::MutexLock lock(mutex_);
    const auto found =
        std::find_if(running_.begin(), running_.end(),
                     [id = canonical(id)](const auto& source) { return source->id() == id; });
    if (found == running_.end()) return false;
    std::unique_ptr<Source> stopped = std::move(*found);
    const std::string name = stopped->id();
    running_.erase(found);
    stopping_.push_back(name);
    lock.unlock();
    stopped.reset();  // joins its thread; other callers need not wait
    lock.lock();
    std::erase(stopping_, name);
    stopped_.notify_all();
    return true;
}

bool Parsers::set(Switch which, bool on, std::optional<std::string_view> id) {
    const os::MutexLock lock(mutex_);
    if (!id) switches_[static_cast<std::size_t>(which)] = on;
    bool found = !id;
    const std::string wanted = id ? canonical(*id) : std::string();
    for (const auto& source : running_) {
        if (id && source->id() != wanted) continue;
        source->switches().set(which, on);
        found = true;
    }
    return found;
}

std::vector<std::string> Parsers::ids() const {
    const os::MutexLock lock(mutex_);
    std::vector<std::string> ids;
    for (auto it = running_.rbegin(); it != running_.rend(); ++it) ids.push_back((*it)->id());
    return ids;
}

std::vector<Parsers::Snapshot> Parsers::snapshots(std::optional<std::string_view> id) const {
    const os::MutexLock lock(mutex_);
    const std::string wanted = id ? canonical(*id) : std::string();
    std::vector<Snapshot> result;
    for (auto it = running_.rbegin(); it != running_.rend(); ++it) {
        if (!id || (*it)->id() == wanted) result.push_back(snapshot(**it));
    }
    return result;
}

}  // namespace ci::sources
