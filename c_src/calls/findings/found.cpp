#include "calls/findings/found.h"

#include <algorithm>

#include "chunk/chunk.h"

namespace ci::calls {

Found::Found(const Course& of, const FindingLimits& with)
    : course(of), limits(with), attempt(attempt_of(of)), explained_(of.transactions.size(), false) {
    for (const chunk::Chunk& chunk : course.chunks) {
        newest_ = std::max(newest_, chunk.ref_timestamp.value_or(chunk.timestamp.value_or(0)));
    }
    if (attempt.last == none) return;
    is_call = course.transactions[attempt.last].method == "INVITE";
    is_answered = is_call && attempt.is_accepted(course);
}

Finding& Found::add(Code code, Severity severity, const std::string& text,
                    const std::vector<std::size_t>& messages, std::size_t host) {
    Finding& finding = found_.emplace_back();
    finding.code = code;
    finding.severity = severity;
    finding.text = chunk::to_utf8(text);
    for (const std::size_t m : messages) {
        if (m != none) finding.messages.push_back(course.messages[m].event);
    }
    std::sort(finding.messages.begin(), finding.messages.end());
    if (host != none) finding.host = course.hosts[host].name;
    if (!messages.empty() && messages.front() != none) {
        finding.leg = course.messages[messages.front()].leg;
    }
    return finding;
}

void Found::explain(std::size_t transaction) {
    // Those in front of it wait for it.
    for (std::size_t t = transaction; t != none && !explained_[t];) {
        explained_[t] = true;
        t = course.transactions[t].before;
    }
}

void Found::follows(std::size_t transaction) {
    const auto& requests = course.transactions[transaction].requests;
    if (requests.empty()) return;
    const std::size_t event = course.messages[requests.front()].event;
    for (Finding& one : found_) {
        if (!one.messages.empty() && one.messages.front() == event) one.is_effect = true;
    }
}

bool Found::knows_time_of(std::size_t message) const {
    const order::Event& event = course.flow->events[course.messages[message].event];
    if (event.guessed) return false;
    return std::any_of(event.seen.begin(), event.seen.end(), [&](std::size_t seen) {
        const auto& clocks = course.flow->clocks;
        const auto clock = std::find_if(clocks.begin(), clocks.end(), [&](const auto& one) {
            return one.observer == course.chunks[seen].observer;
        });
        // What this machine captured itself arrived when it was stamped.
        if (course.chunks[seen].parser.starts_with("capture:")) return true;
        if (clock == clocks.end()) return false;
        return clock->has_clock ||
               (clock->delivery && clock->delivery->kind == order::Delivery::Kind::prompt);
    });
}

bool Found::has_set_clocks() const {
    const auto& clocks = course.flow->clocks;
    return std::any_of(clocks.begin(), clocks.end(),
                       [](const order::Clock& clock) { return clock.steps > 0; });
}

wire::Micros Found::time_between(std::size_t first, std::size_t second) const {
    const auto& earlier = course.flow->events[course.messages[first].event];
    const auto& later = course.flow->events[course.messages[second].event];
    wire::Micros least = course.messages[second].at - course.messages[first].at;
    const bool are_stamps_doubtful = has_set_clocks();
    for (const std::size_t a : earlier.seen) {
        for (const std::size_t b : later.seen) {
            const chunk::Chunk& from = course.chunks[a];
            const chunk::Chunk& to = course.chunks[b];
            if (from.observer != to.observer || !from.timestamp || !to.timestamp) continue;
            least = std::min(least, *to.timestamp - *from.timestamp);
            if (!are_stamps_doubtful || !from.ref_timestamp || !to.ref_timestamp) continue;
            least = std::min(least, *to.ref_timestamp - *from.ref_timestamp);
        }
    }
    return least;
}

wire::Micros Found::quiet_since(wire::Micros at) const {
    constexpr wire::Micros forever = 3'600'000'000;
    const wire::Micros since_last =
        limits.now ? std::max<wire::Micros>(*limits.now - newest_, 0) : forever;
    return course.end() - at + since_last;
}

std::string Found::host(std::size_t index) const {
    return std::string(course.name(index));
}
std::string time_text(wire::Micros time) {
    constexpr wire::Micros millisecond = 1'000, second = 1'000 * millisecond, minute = 60 * second,
                           hour = 60 * minute, day = 24 * hour;
    // Rounded to the smaller unit of each form, before that decides which form it is.
    const auto to = [&](wire::Micros unit) { return (time + unit / 2) / unit * unit; };
    if (to(millisecond) < second) return std::to_string(to(millisecond) / millisecond) + " ms";
    if (to(second / 10) < minute) {
        const wire::Micros tenths = to(second / 10) / (second / 10);
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
    }
    if (to(second) < hour) {
        return std::to_string(to(second) / minute) + " min " +
               std::to_string(to(second) % minute / second) + " s";
    }
    if (to(minute) < 2 * day) {
        return std::to_string(to(minute) / hour) + " h " +
               std::to_string(to(minute) % hour / minute) + " min";
    }
    return std::to_string(to(day) / day) + " days";
}

std::string status_text(const sip::Message& response) {
    const auto at = response.start_line.find(' ');
    if (at == std::string_view::npos) return std::to_string(response.status);
    constexpr std::size_t longest = 80;  // reason phrases come from strangers
    const std::string_view text = response.start_line.substr(at + 1);
    return text.size() <= longest ? std::string(text)
                                  : std::string(text.substr(0, longest)) + "...";
}

std::string times_text(std::size_t count) {
    if (count == 1) return "once";
    return count == 2 ? "twice" : std::to_string(count) + " times";
}

std::string list_text(const std::vector<std::string>& names) {
    constexpr std::size_t most_named = 8;
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool is_last = i + 1 == names.size() || i + 1 == most_named;
        if (i > 0) text += is_last ? " and " : ", ";
        if (is_last && i + 1 < names.size()) {
            return text + std::to_string(names.size() - i) + " others";
        }
        text += names[i];
    }
    return text;
}

}  // namespace ci::calls
