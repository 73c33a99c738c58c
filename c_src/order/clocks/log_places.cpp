#include "order/clocks/log_places.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "order/observe/limits.h"
#include "order/observe/messages.h"

namespace ci::order {
namespace {

using wire::Micros;
using Indexes = std::vector<std::uint32_t>;

constexpr std::uint32_t none = UINT32_MAX;
/// Half of T1, as in deduplication.cpp.
constexpr Micros own_copy_tolerance = 250'000;
/// A line is stamped this long after its message passed, at most: syslog is busy now and then.
constexpr Micros stamped_after = 60'000;

/// One line of the log, and its place among others' transmissions.
struct Line {
    const Observation* seen = nullptr;
    std::uint32_t transmission = none;  ///< the one of others that it tells of
    bool is_sure = false;               ///< nothing else fits it
    Micros at = 0, arrival = 0;
};

/// Lines and transmissions that look alike.
struct Alike {
    Key key{};
    Indexes lines;  ///< in the order of the log
};

/// Times between which something happened.
struct Window {
    Micros least = -2 * latest_time, most = 2 * latest_time;

    [[nodiscard]] Micros misses(Micros at) const {
        return std::max({least - at, at - most, Micros{0}});
    }
};

class LogPlaces {
  public:
    LogPlaces(std::span<const Observation> log, Symbol host, const Transmissions& others)
        : host_(host), others_(others), is_taken_(others.all.size()) {
        for (const Observation& seen : log) lines_.push_back({&seen});
    }

    /// False: no line tells of a transmission of others.
    bool run() {
        find_candidates();
        const auto groups = find_alike();
        for (const Alike& alike : groups) match_all(alike);
        offset_ = find_offset();
        find_neighbours();
        // Observers differ by the errors of their clocks, and lines stand a little behind.
        for (const Micros late : {Micros{1'000}, stamped_after}) {
            for (const Alike& alike : groups) match_some(alike, late);
        }
        for (const Alike& alike : groups) match_rest(alike);
        if (std::all_of(lines_.begin(), lines_.end(),
                        [](const Line& line) { return line.transmission == none; })) {
            return false;
        }
        place_others();
        return true;
    }
    [[nodiscard]] std::span<const Line> lines() const { return lines_; }
    /// A message of others that a line repeats; `none`: there is none.
    [[nodiscard]] std::uint32_t message_like(const Line& line) const {
        for (const Key& key : LineKeys(*line.seen)) {
            const Indexes* found = candidates_.find(key);
            if (found != nullptr) return others_.all[found->front()].message;
        }
        return none;
    }

  private:
    void find_candidates() {
        Indexes by_time(others_.all.size());
        std::iota(by_time.begin(), by_time.end(), 0U);
        std::stable_sort(by_time.begin(), by_time.end(), [&](std::uint32_t a, std::uint32_t b) {
            return others_.all[a].at < others_.all[b].at;
        });
        for (const auto t : by_time) {
            const Observation& what = *others_.messages[others_.all[t].message].what;
            if (what.method == 0) continue;
            for (const Key& key : LineKeys(what)) {
                candidates_.emplace(key, {}).first->push_back(t);
            }
            if (what.src_host != host_) continue;
            const Micros when = at(t);
            sent_.emplace(kind_of(what), {}).first->push_back(when);
            const bool by_itself = what.status == 100 ||
                                   (what.request && what.method == method::ack) ||
                                   (what.success() && what.method == method::cancel);
            if (by_itself) sent_.emplace(by_itself_key(what), {}).first->push_back(when);
        }
    }

    /// Groups of lines that have candidates; first those whose URI is the same.
    std::vector<Alike> find_alike() {
        std::vector<Alike> groups[2];
        KeyMap<std::size_t> number;
        for (std::uint32_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i].seen->method == 0) continue;
            const LineKeys keys(*lines_[i].seen);
            const auto* const key = std::find_if(keys.begin(), keys.end(), [&](const Key& one) {
                return candidates_.find(one) != nullptr;
            });
            if (key == keys.end()) continue;
            auto& same = groups[key == keys.begin() ? 0 : 1];
            const auto [at, is_new] = number.emplace(*key, same.size());
            if (is_new) same.push_back({*key, {}});
            same[*at].lines.push_back(i);
        }
        groups[0].insert(groups[0].end(), groups[1].begin(), groups[1].end());
        return std::move(groups[0]);
    }

    [[nodiscard]] Indexes free_of(const Alike& alike) const {
        Indexes free;
        for (const auto t : *candidates_.find(alike.key)) {
            if (!is_taken_[t]) free.push_back(t);
        }
        return free;
    }
    [[nodiscard]] Indexes open_of(const Alike& alike) const {
        Indexes open;
        for (const auto i : alike.lines) {
            if (lines_[i].transmission == none) open.push_back(i);
        }
        return open;
    }
    void match(std::uint32_t line, std::uint32_t transmission) {
        lines_[line].transmission = transmission;
        lines_[line].at = others_.all[transmission].at;
        lines_[line].arrival = others_.all[transmission].arrival;
        is_taken_[transmission] = true;
    }

    /// As many lines as transmissions: both are in the same order.
    void match_all(const Alike& alike) {
        const Indexes free = free_of(alike);
        if (free.size() != alike.lines.size()) return;
        for (std::size_t k = 0; k < free.size(); ++k) {
            match(alike.lines[k], free[k]);
            lines_[alike.lines[k]].is_sure = true;
        }
    }

    /// The first transmission that fits each line: what a host sends again by itself it logs once.
    void match_some(const Alike& alike, Micros late) {
        const Indexes free = free_of(alike);
        auto next = free.begin();
        for (const auto i : open_of(alike)) {
            const Window window = window_of(i, late);
            const auto fits = from(next, free.end(), window.least);
            if (fits == free.end() || at(*fits) > window.most) continue;
            match(i, *fits);
            next = std::next(fits);
        }
    }
    /// Lines that came later than usual, and the second lines of what a host sends to itself, which
    /// is in its log twice.
    void match_rest(const Alike& alike) {
        const Observation& first = *lines_[alike.lines.front()].seen;
        const bool is_twice = first.src_host == first.dst_host;
        const Indexes open = open_of(alike);
        if (!is_twice && open.size() > free_of(alike).size()) return;
        Indexes left = is_twice ? *candidates_.find(alike.key) : free_of(alike);
        for (const auto i : open) {
            const Window window = window_of(i, stamped_after);
            auto nearest = from(left.begin(), left.end(), window.least);
            if (nearest == left.end() ||
                (nearest != left.begin() &&
                 window.misses(at(*std::prev(nearest))) < window.misses(at(*nearest)))) {
                --nearest;
            }
            match(i, *nearest);
            if (!is_twice) left.erase(nearest);
        }
    }

    [[nodiscard]] Micros at(std::uint32_t transmission) const {
        return others_.all[transmission].at;
    }
    /// The first of some candidates that is not before `least`.
    template <class Iterator>
    [[nodiscard]] Iterator from(Iterator begin, Iterator end, Micros least) const {
        return std::partition_point(begin, end, [&](std::uint32_t t) { return at(t) < least; });
    }

    /// By how much the common clock is ahead of the log's seconds, at least and at most, as most of
    /// the sure lines tell.
    [[nodiscard]] std::optional<Window> find_offset() const {
        std::vector<std::pair<Micros, int>> ends;
        std::size_t count = 0;
        for (const Line& line : lines_) {
            if (!line.is_sure || !line.seen->stamp) continue;
            const Micros ahead = line.at - *line.seen->stamp;
            ends.emplace_back(ahead - whole_second, -1);
            ends.emplace_back(ahead + stamped_after, 1);
            ++count;
        }
        std::sort(ends.begin(), ends.end());
        Window best;
        std::size_t most = 0;
        std::size_t open = 0;
        for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
            open = ends[k].second < 0 ? open + 1 : open - 1;
            if (open <= most) continue;
            most = open;
            best = {ends[k].first, ends[k + 1].first};
        }
        if (count == 0 || most * 5 < count * 4) return std::nullopt;
        return best;
    }

    /// The sure lines nearest to each.
    void find_neighbours() {
        before_.assign(lines_.size(), none);
        after_.assign(lines_.size(), none);
        for (std::uint32_t i = 1; i < lines_.size(); ++i) {
            before_[i] = lines_[i - 1].is_sure ? i - 1 : before_[i - 1];
        }
        for (auto i = static_cast<std::uint32_t>(lines_.size()); i-- > 1;) {
            after_[i - 1] = lines_[i].is_sure ? i : after_[i];
        }
    }
    [[nodiscard]] Window second_of(std::uint32_t i) const {
        const auto& stamp = lines_[i].seen->stamp;
        if (!offset_ || !stamp) return {};
        return {*stamp + offset_->least - stamped_after, *stamp + offset_->most + whole_second};
    }
    [[nodiscard]] Window window_of(std::uint32_t i, Micros late) const {
        Window window = second_of(i);
        if (before_[i] != none) {
            window.least = std::max(window.least, lines_[before_[i]].at - late);
        }
        if (after_[i] != none) {
            window.most = std::min(window.most, lines_[after_[i]].at + late);
        }
        return window;
    }

    static Key kind_of(const Observation& what) {
        return {what.number, what.method, what.request ? 1U : 0U, what.status, 0};
    }
    static Key by_itself_key(const Observation& what) { return {what.number, 0, 0, 0, 1}; }

    /// The time of the last message that the host sent by itself at once, from `at` on. It does so
    /// before it passes anything on (RFC 3261 17.1.1.3, 17.2.1), and does not log it.
    [[nodiscard]] Micros sent_by_itself(const Line& line, Micros at) const {
        constexpr Micros at_once = 20'000;
        const auto* times = sent_.find(by_itself_key(*line.seen));
        if (times == nullptr) return at;
        const auto end = std::lower_bound(times->begin(), times->end(), at + at_once);
        return end == times->begin() ? at : std::max(at, *std::prev(end));
    }
    [[nodiscard]] bool is_received(const Line& line) const {
        return line.seen->dst_host == host_ && line.seen->src_host != host_;
    }
    /// The time at which others saw that the host passed the message on, between these two.
    [[nodiscard]] std::optional<Micros> passed_on(const Line& line, Micros after,
                                                  Micros until) const {
        const auto* times = sent_.find(kind_of(*line.seen));
        if (times == nullptr || !is_received(line)) return std::nullopt;
        const auto first = std::upper_bound(times->begin(), times->end(), after);
        return first == times->end() || *first > until ? std::nullopt : std::optional(*first);
    }
    /// The next line tells that the host passed this one's message on.
    [[nodiscard]] bool is_passed_on_next(std::uint32_t i) const {
        if (i + 1 == lines_.size()) return false;
        const Observation& received = *lines_[i].seen;
        const Observation& sent = *lines_[i + 1].seen;
        return is_received(lines_[i]) && sent.src_host == host_ && sent.dst_host != host_ &&
               received.number == sent.number;
    }

    /// What only the log tells: a message that its host passes on is shown just before that, any
    /// other just behind what stands before.
    void place_others() {
        constexpr Micros next = 1;
        for (std::uint32_t begin = 0; begin < lines_.size();) {
            std::uint32_t end = begin;
            while (end < lines_.size() && lines_[end].transmission == none) ++end;
            const Line* const before = begin == 0 ? nullptr : &lines_[begin - 1];
            const Line* const after = end == lines_.size() ? nullptr : &lines_[end];
            std::vector<Micros> latest(end - begin);
            Micros limit = after != nullptr ? after->at : 2 * latest_time;
            for (std::uint32_t i = end; i-- > begin;) {
                limit = std::min(limit - next, second_of(i).most);
                latest[i - begin] = limit;
            }
            Micros last = before != nullptr ? before->at : -2 * latest_time;
            for (std::uint32_t i = begin; i < end; ++i) {
                Line& line = lines_[i];
                const Micros limit_here = std::max(last + next, latest[i - begin]);
                const auto passed = passed_on(line, last, limit_here);
                const Micros least =
                    std::max(sent_by_itself(line, last) + next, second_of(i).least);
                const bool is_early = before == nullptr || is_passed_on_next(i);
                line.at = passed     ? std::max(*passed - next, last + next)
                          : is_early ? limit_here
                                     : std::clamp(least, last + next, limit_here);
                const Line* const neighbour =
                    before == nullptr || (is_early && after != nullptr) ? after : before;
                line.arrival = neighbour->arrival;
                last = line.at;
            }
            begin = end + 1;
        }
    }

    Symbol host_;
    const Transmissions& others_;
    std::vector<Line> lines_;
    KeyMap<Indexes> candidates_;        ///< others' transmissions, in order of time
    KeyMap<std::vector<Micros>> sent_;  ///< when others saw what the host sent, by its kind
    std::vector<bool> is_taken_;        ///< by transmission
    std::optional<Window> offset_;
    Indexes before_, after_;  ///< by line: the nearest sure one
};

/// Rebuilds `transmissions` with what `lines` tell; their observations stand in `observations.all`
/// from `first` on.
void add_lines(const Observations& observations, const LogPlaces& places, std::uint32_t first,
               const Alignment& alignment, Transmissions& transmissions) {
    std::vector<std::vector<Transmission>> messages(transmissions.messages.size());
    Indexes what;
    for (std::size_t m = 0; m < messages.size(); ++m) {
        const Message& message = transmissions.messages[m];
        const auto own = std::span(transmissions.all).subspan(message.first, message.count);
        messages[m].assign(own.begin(), own.end());
        what.push_back(own.front().observations.front());
        for (const Transmission& one : own) {
            for (const auto i : one.observations) {
                if (&observations.all[i] == message.what) what.back() = i;
            }
        }
    }
    KeyMap<std::uint32_t> alone;
    Transmission before;
    before.group = alignment.mappings[alignment.common.epoch].group;
    before.firm = alignment.mappings[alignment.common.epoch].firm;
    for (std::uint32_t k = 0; k < places.lines().size(); ++k) {
        const Line& line = places.lines()[k];
        if (line.transmission != none) {
            const Transmission& one = transmissions.all[line.transmission];
            const std::size_t nth = line.transmission - transmissions.messages[one.message].first;
            messages[one.message][nth].observations.push_back(first + k);
            before = one;
            continue;
        }
        std::uint32_t message = places.message_like(line);
        if (message == none) {
            const auto count = static_cast<std::uint32_t>(messages.size());
            message = *alone.emplace(LineKeys(*line.seen).last(), count).first;
            if (message == count) {
                messages.emplace_back();
                what.push_back(first + k);
            }
        }
        // What a host sends to itself is in its log twice (deduplication.cpp).
        auto& same = messages[message];
        const bool to_itself = line.seen->src_host == line.seen->dst_host;
        if (to_itself && !same.empty() && line.at - same.back().at < own_copy_tolerance) {
            same.back().observations.push_back(first + k);
            continue;
        }
        same.push_back({message, line.at, line.arrival, before.group, before.firm, {first + k}});
    }
    transmissions = {};
    for (std::size_t m = 0; m < messages.size(); ++m) {
        std::stable_sort(messages[m].begin(), messages[m].end(), [](const auto& a, const auto& b) {
            return std::tie(a.at, a.arrival) < std::tie(b.at, b.arrival);
        });
        transmissions.messages.push_back({&observations.all[what[m]],
                                          static_cast<std::uint32_t>(transmissions.all.size()),
                                          static_cast<std::uint32_t>(messages[m].size())});
        std::move(messages[m].begin(), messages[m].end(), std::back_inserter(transmissions.all));
    }
}

}  // namespace

void place_coarse_logs(Observations& observations, const std::vector<Symbol>& hosts,
                       Timebase& timebase, Alignment& alignment, Transmissions& transmissions) {
    std::vector<std::span<const Observation>> logs;
    const auto all = std::span<const Observation>(observations.in_coarse_logs);
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        while (end < all.size() && all[end].observer == all[begin].observer) ++end;
        logs.push_back(all.subspan(begin, end - begin));
        begin = end;
    }
    // Pointers to observations hold.
    observations.all.reserve(observations.all.size() + all.size());
    while (!logs.empty()) {
        // A log may share messages with another log only, which is placed first.
        std::optional<LogPlaces> places;
        const auto log = std::find_if(logs.begin(), logs.end(), [&](const auto& one) {
            places.emplace(one, hosts[one.front().observer], transmissions);
            return places->run();
        });
        if (log == logs.end()) return;
        const std::uint32_t observer = log->front().observer;
        const auto first = static_cast<std::uint32_t>(observations.all.size());
        const auto epoch = static_cast<std::uint32_t>(timebase.epochs.size());
        std::uint32_t shared = 0;
        for (const Line& line : places->lines()) {
            observations.all.push_back(*line.seen);
            observations.all.back().arrival = line.arrival;
            if (std::abs(line.arrival - line.seen->received) > late_link) {
                observations.late[observer] = true;
            }
            timebase.times.push_back(line.at);
            timebase.epoch.push_back(epoch);
            timebase.late.push_back(false);
            if (line.transmission != none) ++shared;
        }
        observations.uneven[observer] = true;
        Epoch as_told;
        as_told.observer = observer;
        as_told.bunched = as_told.arrived = true;
        as_told.observations = static_cast<std::uint32_t>(log->size());
        timebase.epochs.push_back(as_told);
        Mapping mapping;
        mapping.group = alignment.mappings[alignment.common.epoch].group;
        mapping.firm = alignment.mappings[alignment.common.epoch].firm;
        alignment.mappings.push_back(mapping);
        alignment.ties.push_back(shared);
        add_lines(observations, *places, first, alignment, transmissions);
        logs.erase(log);
    }
    observations.in_coarse_logs.clear();
}

}  // namespace ci::order
