#include "order/report.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "order/missing_requests.h"
#include "order/timers.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using wire::Micros;

/// On a host with more observers than this, missed messages are not reported.
constexpr std::ptrdiff_t max_watchers = 8;

std::string_view host_of(std::string_view endpoint) {
    return endpoint.substr(0, endpoint.rfind(':'));
}

/// "INVITE" of "1 INVITE".
std::string_view method_of(std::string_view cseq) {
    return cseq.substr(std::min(cseq.find_last_of(" \t") + 1, cseq.size()));
}

}  // namespace

std::vector<Clock> clocks_of(std::span<const Chunk> chunks, const Observations& observations,
                             const Timebase& timebase, const Alignment& alignment,
                             const std::vector<Symbol>& hosts, const Transmissions& transmissions) {
    std::vector<Clock> clocks(observations.observers.size());
    std::vector<std::uint32_t> longest(clocks.size());
    for (std::uint32_t i = 0; i < timebase.epochs.size(); ++i) {
        const Epoch& epoch = timebase.epochs[i];
        Clock& clock = clocks[epoch.observer];
        clock.common = clock.common || (epoch.has_clock && i == alignment.common.epoch &&
                                        !alignment.common.by_arrival);
        if (!clock.ahead_of_arrival && is_doubtful(epoch)) clock.ahead_of_arrival = epoch.ahead;
        if (longest[epoch.observer] > 0) ++clock.steps;
        if (epoch.observations <= longest[epoch.observer]) continue;
        longest[epoch.observer] = epoch.observations;
        clock.observer = observations.observers[epoch.observer];
        clock.has_clock = epoch.has_clock;
        if (!epoch.has_clock) continue;
        clock.offset = alignment.mappings[i].offset;
        clock.drift = alignment.mappings[i].drift;
        if (alignment.ties[i] > 0) clock.spread = alignment.mappings[i].spread;
    }
    for (const Observation& seen : observations.all) {
        Clock& clock = clocks[seen.observer];
        const Symbol host = hosts[seen.observer];
        if (!clock.host.empty() || host == 0) continue;
        if (seen.src_host == host) clock.host = host_of(chunks[seen.chunk].src);
        if (seen.dst_host == host) clock.host = host_of(chunks[seen.chunk].dst);
    }
    std::vector<std::uint32_t> observers;
    for (const Transmission& transmission : transmissions.all) {
        observers.clear();
        for (const auto i : transmission.observations) {
            observers.push_back(observations.all[i].observer);
        }
        std::sort(observers.begin(), observers.end());
        observers.erase(std::unique(observers.begin(), observers.end()), observers.end());
        if (observers.size() < 2) continue;
        for (const auto observer : observers) ++clocks[observer].shared;
    }
    return clocks;
}

Watchers watchers_of(const std::vector<Symbol>& hosts) {
    Watchers watchers;
    for (std::uint32_t i = 0; i < hosts.size(); ++i) {
        if (hosts[i] != 0) watchers.emplace_back(hosts[i], i);
    }
    std::sort(watchers.begin(), watchers.end());
    return watchers;
}

Event event_of(const Observations& observations, const Transmissions& transmissions,
               const Watchers& watchers, std::uint32_t node, Micros at) {
    const Transmission& transmission = transmissions.all[node];
    const Message& message = transmissions.messages[transmission.message];
    Event event;
    event.at = at;
    event.retransmission = node - message.first;
    if (event.retransmission > 0) {
        event.timer_slot =
            timer_slot(transmission.at - transmissions.all[message.first].at,
                       message.what->request && message.what->method == method::invite);
    }
    for (const auto i : transmission.observations) {
        event.seen.push_back(observations.all[i].chunk);
    }
    event.chunk = event.seen.front();
    const auto missed_at = [&](Symbol host) {
        const auto begin = std::lower_bound(watchers.begin(), watchers.end(), std::pair(host, 0U));
        const auto end = std::lower_bound(begin, watchers.end(), std::pair(host, UINT32_MAX));
        if (end - begin > max_watchers) return;
        for (auto watcher = begin; watcher != end; ++watcher) {
            const bool saw = std::any_of(
                transmission.observations.begin(), transmission.observations.end(),
                [&](auto i) { return observations.all[i].observer == watcher->second; });
            if (!saw) event.missed_by.push_back(watcher->second);
        }
    };
    if (message.what->method != 0) {
        missed_at(message.what->src_host);
        if (message.what->dst_host != message.what->src_host) missed_at(message.what->dst_host);
        std::sort(event.missed_by.begin(), event.missed_by.end());
    }
    return event;
}

std::vector<MissingRequest> missing_requests_of(std::span<const Chunk> chunks,
                                                const Observations& observations,
                                                const Transmissions& transmissions,
                                                const std::vector<std::uint32_t>& order) {
    std::vector<std::size_t> place(transmissions.all.size());
    std::size_t next = 0;
    for (const auto node : order) {
        if (node < place.size()) place[node] = next++;
    }
    std::vector<MissingRequest> gaps;
    for (const UnseenRequest& missing : find_missing_requests(observations, transmissions, order)) {
        const auto& seen =
            observations.all[transmissions.all[missing.shown_by].observations.front()];
        const Chunk& chunk = chunks[seen.chunk];
        MissingRequest gap;
        gap.before = place[missing.shown_by];
        gap.method = missing.method <= std::size(method::names) ? method::names[missing.method - 1]
                                                                : method_of(chunk.c_seq);
        gap.number = std::to_string(seen.number);
        gap.src = missing.same_way ? chunk.src : chunk.dst;
        gap.dst = missing.same_way ? chunk.dst : chunk.src;
        gaps.push_back(std::move(gap));
    }
    return gaps;
}

}  // namespace ci::order
