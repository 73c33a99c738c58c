#include "calls/findings/found.h"

#include <algorithm>

#include "chunk/chunk.h"

namespace ci::calls {

Found::Found(const Course& of, const FindingLimits& with)
    : course(of), limits(with), attempt(attempt_of(of)), explained_(of.transactions.size(), false) {
    if (attempt.last == none) return;
    is_call = course.transactions[attempt.last].method == "INVITE";
    is_answered = is_call && attempt.is_accepted(course);
}

Finding& Found::add(Code code, Severity severity, std::string text,
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
    for (std::size_t t = 0; t < explained_.size(); ++t) {
        // Those in front of it wait for it.
        if (is_behind(course, transaction, t)) explained_[t] = true;
    }
}

wire::Micros Found::quiet_since(wire::Micros at) const {
    constexpr wire::Micros forever = 3'600'000'000;
    wire::Micros newest = 0;
    for (const chunk::Chunk& chunk : course.chunks) {
        newest = std::max(newest, chunk.ref_timestamp.value_or(chunk.timestamp.value_or(0)));
    }
    const wire::Micros since_last =
        limits.now ? std::max<wire::Micros>(*limits.now - newest, 0) : forever;
    return course.end() - at + since_last;
}

std::string Found::host(std::size_t index) const {
    return std::string(course.name(index));
}
std::string Found::hop(const Transaction& of) const {
    return host(of.from) + " -> " + host(of.to);
}
std::string Found::hop(const Transmitted& of) const {
    return host(of.src) + " -> " + host(of.dst);
}

std::string time_text(wire::Micros time) {
    constexpr wire::Micros millisecond = 1'000, second = 1'000 * millisecond, minute = 60 * second;
    if (time < second) return std::to_string(time / millisecond) + " ms";
    if (time < minute) {
        const wire::Micros tenths = time / (second / 10);
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
    }
    return std::to_string(time / minute) + " min " + std::to_string(time % minute / second) + " s";
}

std::string status_text(const sip::Message& response) {
    const auto at = response.start_line.find(' ');
    return at == std::string_view::npos ? std::to_string(response.status)
                                        : std::string(response.start_line.substr(at + 1));
}

std::string times_text(std::size_t count) {
    if (count == 1) return "once";
    return count == 2 ? "twice" : std::to_string(count) + " times";
}

std::string list_text(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
        text += names[i];
    }
    return text;
}

}  // namespace ci::calls
