#include "order/report.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "order/missing_requests.h"
#include "order/observe/robust_stats.h"
#include "order/places.h"
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

/// Delays that differ by less than this are the same.
constexpr Micros same_delay = 150'000;
/// A busy host holds a few reports up for less than this.
constexpr Micros a_hitch = 1'000'000;
constexpr Micros worth_counting = 1'000;

using OwnReports = std::vector<const Observation*>;

/// Whether most reports came much closer together than they were made.
bool is_batched(const OwnReports& own) {
    std::size_t together = 0;
    std::size_t spaced = 0;
    for (std::size_t k = 1; k < own.size(); ++k) {
        const Micros made = own[k]->arrival - own[k - 1]->arrival;
        if (made < worth_counting) continue;
        const Micros came = std::abs(own[k]->received - own[k - 1]->received);
        ++(came * 5 < made ? together : spaced);
    }
    return together > spaced;
}

/// `own`: one observer's reports, at least one, in order of time.
Delivery delivery_of(const OwnReports& own) {
    std::vector<Micros> delays;
    for (const Observation* one : own) {
        delays.push_back(std::max<Micros>(one->received - one->arrival, 0));
    }
    Delivery result;
    result.worst = *std::max_element(delays.begin(), delays.end());
    result.median = median(delays);
    const auto near_to = [&](Micros usual) {
        const auto count = std::count_if(delays.begin(), delays.end(), [&](Micros delay) {
            return std::abs(delay - usual) < same_delay;
        });
        return static_cast<std::size_t>(count);
    };
    const bool is_prompt = near_to(0) == delays.size() ||
                           (near_to(0) * 5 > delays.size() * 4 && result.worst < a_hitch);
    const bool is_even = near_to(result.median) * 5 >= delays.size() * 4;
    result.kind = is_prompt                                ? Delivery::Kind::prompt
                  : is_even && result.median >= same_delay ? Delivery::Kind::late
                  : is_batched(own)                        ? Delivery::Kind::batched
                                                           : Delivery::Kind::uneven;
    return result;
}

void add_delivery(const Observations& observations, std::vector<Clock>& clocks) {
    std::vector<OwnReports> own(clocks.size());
    std::vector<bool> is_known(clocks.size());
    for (std::size_t i = 0; i < clocks.size(); ++i) is_known[i] = clocks[i].shared > 0;
    for (const Observation& one : observations.all) {
        if (one.received == 0) return;  // beside a report without an arrival all others look late
        own[one.observer].push_back(&one);
        if (one.received != one.arrival) is_known[one.observer] = true;
    }
    for (std::size_t i = 0; i < clocks.size(); ++i) {
        if (is_known[i]) clocks[i].delivery = delivery_of(own[i]);
    }
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
        if (longest[epoch.observer] > 0) {
            ++clock.steps;  // an observer's epochs stand together
            clock.set_by += alignment.mappings[i].offset - alignment.mappings[i - 1].offset;
        }
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
    add_delivery(observations, clocks);
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

std::vector<bool> tied_observers(const Observations& observations, const Timebase& timebase,
                                 const Alignment& alignment) {
    std::vector<bool> tied(observations.observers.size());
    const std::uint32_t group = alignment.mappings[alignment.common.epoch].group;
    for (std::size_t i = 0; i < timebase.epochs.size(); ++i) {
        const Epoch& epoch = timebase.epochs[i];
        // Between what others saw of its messages as well, a late report without a clock may have
        // been made at any time.
        if (!epoch.has_clock && observations.uneven[epoch.observer]) continue;
        if (alignment.mappings[i].group == group) tied[epoch.observer] = true;
    }
    return tied;
}

/// What an answer shows of a transmission: the first report with the message's headers, which a
/// log of a proxy lacks, and with addresses that its observer told.
std::size_t shown_of(const Observations& observations, const Transmission& transmission) {
    const auto rank = [&](std::uint32_t i) {
        const Observation& seen = observations.all[i];
        return std::pair(seen.vias == 0, seen.address_inferred);
    };
    const auto shown =
        std::min_element(transmission.observations.begin(), transmission.observations.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    return observations.all[*shown].chunk;
}

Event event_of(const Observations& observations, const Transmissions& transmissions,
               const Watchers& watchers, const std::vector<bool>& tied, std::uint32_t node,
               Micros at) {
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
    event.chunk = shown_of(observations, transmission);
    const auto shown = std::find(event.seen.begin(), event.seen.end(), event.chunk);
    std::rotate(event.seen.begin(), shown, shown + 1);
    event.guessed = std::none_of(transmission.observations.begin(), transmission.observations.end(),
                                 [&](auto i) { return tied[observations.all[i].observer]; });
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
    const auto place = places_of(order, transmissions.all.size());
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
