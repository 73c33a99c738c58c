#include "clocks/arrivals.h"

#include <algorithm>
#include <cstdlib>

namespace ci::clocks {
namespace {

using wire::Micros;

/// Early messages within this time count together. A single wrong stamp is soon forgotten.
constexpr Micros early_window = 600'000'000;
/// Of a clock that is wrong from time to time fewer messages are early.
constexpr std::uint64_t early_share = 64;
/// Messages that arrive in one burst keep no step with their stamps.
constexpr Micros steady_for = 1'000'000;
/// No spool is this long. Whatever is later comes from a clock that was set.
constexpr Micros longest_spool = 86'400'000'000;
/// If nothing arrives promptly for an hour, and the delay stays the same, the clock may as well
/// have been set back.
constexpr Micros half = 1'800'000'000;
/// Drift may change an equal delay by this much in half an hour.
constexpr Micros half_tolerance = 250'000;

/// A gap of so many usual ones is a silence.
constexpr Micros unusual = 20;
constexpr Micros gap_samples = 32;

/// Equally late messages differ by no more.
Micros tolerance(Micros delay) {
    return std::max(far_off, delay / 8);
}

}  // namespace

void Arrivals::add(Micros stamp, Micros arrival) {
    const Micros sample = stamp - arrival;
    if (line_.count == 0) {
        line_.add(arrival, sample);
        delays_.add(arrival, 0);
        steady_since_ = arrival;
        return;
    }
    const Micros off = sample - line_.at(arrival);
    ++early_.all;
    delays_.add(arrival, -off);
    if (off > far_off) return early(sample, arrival, off);
    if (off < -far_off) return late(stamp, arrival, off);
    if (late_.is_on) steady_since_ = arrival;
    late_.is_on = false;
    usual_gap_ += (arrival - line_.last - usual_gap_) / gap_samples;
    line_.add(arrival, sample);
}

void Arrivals::early(Micros sample, Micros arrival, Micros off) {
    if (early_.count == 0 || arrival - early_.since > early_window) {
        early_ = {0, 1, arrival, sample, line_.last - steady_since_ >= steady_for};
    }
    early_.least = std::min(early_.least, sample);
    if (++early_.count < samples_for_a_jump || early_.count * early_share < early_.all) return;
    if (early_.was_steady) return begin_anew(arrival, early_.least, early_.since);
    // The line went through late messages.
    const Micros since = line_.since;
    delays_.lengthen(off - (sample - early_.least));
    line_.begin(arrival, early_.least);
    line_.since = since;
    early_ = {};
    late_ = {};
    steady_since_ = arrival;
}

void Arrivals::late(Micros stamp, Micros arrival, Micros off) {
    const Micros sample = stamp - arrival;
    if (!late_.is_on) {
        const Micros newest_stamp = line_.last + line_.at(line_.last);
        late_ = {};
        late_.is_on = true;
        late_.since = late_.half_since = arrival;
        late_.went_back = stamp < newest_stamp - far_off;
        const Micros silence = arrival - line_.last;
        late_.is_link = silence > unusual * usual_gap_ && silence < -off + -off / 2;
        late_.best = sample;
    }
    const bool is_equal =
        late_.equal > 0 && std::abs(sample - late_.equal_to) <= tolerance(std::abs(off));
    if (!is_equal) {
        late_.equal = 0;
        late_.equal_since = arrival;
        late_.equal_to = sample;
    }
    ++late_.equal;
    // Of a spool that is flushed, arrivals of one second have stamps of minutes.
    const bool lasts =
        late_.equal >= samples_for_a_jump && arrival - late_.equal_since >= steady_for;
    if (lasts && (late_.went_back || off < -longest_spool)) {
        return begin_anew(arrival, sample, late_.since);
    }
    late_.best = std::max(late_.best, sample);
    if (arrival - late_.half_since < half) return;
    const bool may_be_set = !late_.is_link || arrival - late_.since > longest_spool;
    if (may_be_set && late_.has_before &&
        std::abs(late_.best - late_.best_before) <= half_tolerance) {
        return begin_anew(arrival, late_.best, late_.since);
    }
    late_.has_before = true;
    late_.best_before = late_.best;
    late_.best = sample;
    late_.half_since = arrival;
}

void Arrivals::begin_anew(Micros arrival, Micros sample, Micros since) {
    line_.begin(arrival, sample);
    line_.since = since;
    delays_ = {};
    early_ = {};
    late_ = {};
    steady_since_ = arrival;
}

void Arrivals::merge(const Track& line, const Delays& delays) {
    const bool is_newer = line.last >= line_.last;
    line_.merge(line);
    if (is_newer) delays_ = delays;
}

}  // namespace ci::clocks
