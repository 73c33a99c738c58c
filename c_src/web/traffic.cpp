#include "web/traffic.h"

#include "wire/hash.h"

namespace ci::web {
namespace {

using Clock = std::chrono::steady_clock;
using calls::Outcome;
using calls::Row;

constexpr std::chrono::minutes patience{10};
constexpr std::size_t at_a_time = 4'096;
constexpr wire::Micros longest_call =
    12LL * 3'600 * 1'000'000;  ///< the end of a longer one was missed
constexpr std::size_t most_up = 500'000;

/// Nothing more is to come but the end of its BYE.
bool is_over(const Row& row) noexcept {
    const Outcome outcome = row.outcome();
    return outcome != Outcome::in_progress && (outcome != Outcome::answered || row.end());
}

double seconds_of(wire::Micros span) noexcept {
    return static_cast<double>(span) / 1e6;
}

}  // namespace

void Traffic::want() noexcept {
    wanted_ = Clock::now().time_since_epoch().count();
}

bool Traffic::is_wanted() const noexcept {
    const Clock::rep wanted = wanted_;
    return wanted != 0 && Clock::now().time_since_epoch() - Clock::duration(wanted) < patience;
}

void Traffic::look(index::Index& index) {
    const os::MutexLock lock(mutex_);
    if (!next_) {
        next_ = index.changes().next();
        return;
    }
    while (true) {
        const auto read = index.changes().since(*next_, at_a_time);
        next_ = read.next;
        told_.left_out += read.left_out;
        for (const auto& change : read.changes) take(*change);
        if (read.changes.size() < at_a_time) return;
    }
}

void Traffic::take(const index::Change& change) {
    const auto now = Row::from_bytes(change.call_id, change.after);
    if (!now) return;
    const auto before = Row::from_bytes(change.call_id, change.before);
    const auto kind = static_cast<std::size_t>(now->kind());
    if (!before) ++told_.begun.at(kind);
    const bool was_open = !before || before->outcome() == Outcome::in_progress;
    if (was_open && now->outcome() != Outcome::in_progress) {
        ++told_.ended.at(kind).at(static_cast<std::size_t>(now->outcome()));
    }
    if (now->kind() == calls::Kind::call) take_call(*now, before ? &*before : nullptr);
}

void Traffic::take_call(const Row& now, const Row* before) {
    const std::uint64_t key = wire::TextHash()(now.call_id());
    if (is_over(now)) {
        up_.erase(key);
    } else if (before == nullptr && up_.size() < most_up) {
        up_.emplace(key, now.start());
    }
    const auto is_new = [&](auto value) {
        return (now.*value)() && !(before != nullptr && (before->*value)());
    };
    if (is_new(&Row::status))
        ++told_.final_status.at(std::min<std::size_t>(*now.status() / 100, 6));
    const double time = seconds_of(now.last());
    if (is_new(&Row::post_dial_delay)) {
        told_.post_dial_delay.add(seconds_of(*now.post_dial_delay()), now.call_id(), time);
    }
    if (is_new(&Row::answer) && now.asked()) {
        told_.setup.add(seconds_of(*now.answer() - *now.asked()), now.call_id(), time);
    }
    if (is_new(&Row::duration)) {
        told_.duration.add(seconds_of(*now.duration()), now.call_id(), time);
    }
}

Traffic::Told Traffic::told() {
    const wire::Micros earliest = std::chrono::duration_cast<std::chrono::microseconds>(
                                      std::chrono::system_clock::now().time_since_epoch())
                                      .count() -
                                  longest_call;
    const os::MutexLock lock(mutex_);
    std::erase_if(up_, [&](const auto& one) { return one.second < earliest; });
    told_.up = up_.size();
    return told_;
}

}  // namespace ci::web
