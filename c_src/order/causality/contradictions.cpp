#include "order/causality/contradictions.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace ci::order {
namespace {

using wire::Micros;

constexpr std::size_t reports_limit = 50;

std::string seconds(Micros duration) {
    const Micros millis = (duration + 500) / 1000;
    std::string text = std::to_string(millis % 1000);
    text.insert(0, 3 - text.size(), '0');
    return std::to_string(millis / 1000) + '.' + text + " s";
}

/// Steps are told in milliseconds.
constexpr Micros least_told_step = 1'000;

std::string fine_seconds(Micros duration) {
    std::string text = std::to_string(duration % 1'000'000);
    text.insert(0, 6 - text.size(), '0');
    return std::to_string(duration / 1'000'000) + '.' + text + " s";
}

std::string hours_or_seconds(Micros duration) {
    constexpr Micros hour = 3'600'000'000;
    return duration < 3 * hour ? seconds(duration)
                               : std::to_string((duration + hour / 2) / hour) + " h";
}

}  // namespace

void Contradictions::not_a_clock(std::string_view observer) {
    add(std::string(observer) + ": its stamps are not a clock; arrival counts");
}

void Contradictions::was_stepped(std::string_view observer, Micros by) {
    if (std::abs(by) < least_told_step) return;
    add(std::string(observer) + ": its clock was set " + seconds(std::abs(by)) +
        (by < 0 ? " back" : " forward"));
}

void Contradictions::implausible(std::string_view observer, Standing how, Micros ahead) {
    std::string text(observer);
    text += ": its clock is " + hours_or_seconds(std::abs(ahead)) +
            (ahead < 0 ? " behind" : " ahead of") + " the collector's";
    if (how == Standing::from_1900)
        text += ", as if it counted seconds from 1900 and not from 1970";
    if (how == Standing::never_set) text += ", before there was SIP: it was not set";
    add(std::move(text));
}

void Contradictions::dated_by_arrival() {
    add("no observer's clock is plausible: the date is that of arrival");
}

void Contradictions::late(const Edge& edge, Micros by, bool kept) {
    add(name(edge.cause) + " is stamped " + seconds(by) + " after " + name(edge.effect) +
        (kept ? ", which it caused" : ": it cannot be its cause, which nobody saw"));
}

void Contradictions::cycle(const Edge& edge) {
    add(name(edge.cause) + " should come before " + name(edge.effect) + ", but others should not");
}

void Contradictions::turned(std::string_view observer, const Edge& edge, Micros by) {
    add(std::string(observer) + " saw " + name(edge.effect) + " " + fine_seconds(by) + " before " +
        name(edge.cause) + ", which the protocol puts first");
}

std::vector<std::string> Contradictions::take() {
    std::sort(texts_.begin(), texts_.end());
    texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
    if (left_out_ > 0) texts_.push_back("and " + std::to_string(left_out_) + " more");
    return std::move(texts_);
}

std::string Contradictions::name(std::uint32_t node) const {
    if (node >= transmissions_.all.size()) return "what precedes it";
    const auto& of = transmissions_.all[node];
    const auto& chunk = chunks_[observations_.all[of.observations.front()].chunk];
    return '"' + chunk.label + "\" (" + chunk.c_seq + ", " + chunk.src + " to " + chunk.dst + ')';
}

void Contradictions::add(std::string text) {
    if (texts_.size() < reports_limit) {
        texts_.push_back(std::move(text));
    } else {
        ++left_out_;
    }
}

}  // namespace ci::order
