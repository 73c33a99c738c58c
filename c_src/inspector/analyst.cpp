#include "inspector/analyst.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "wire/patience.h"

namespace ci::inspector {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int niceness = 19;
constexpr std::size_t most_at_a_time = 1'000;
constexpr auto longest_at_a_time = 300ms;
constexpr auto between_looks = 250ms;
constexpr auto while_written = 10ms;
constexpr auto between_counts = 2'000ms;
constexpr std::uint64_t largest = 16U << 20U;  ///< octets of a file that is read unasked
/// Lines of that size wait for the index all the time where traffic is heavy.
constexpr std::uint64_t much_waiting = 4U << 20U;
constexpr wire::Micros until_final = 40'000'000, until_readable = 600'000'000;

wire::Micros time_now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void pause(const std::stop_token& stop, std::chrono::milliseconds time) {
    const auto until = Clock::now() + time;
    while (!stop.stop_requested() && Clock::now() < until) std::this_thread::sleep_for(10ms);
}

}  // namespace

Analyst::Analyst(index::Index* index, Analyse analyse, Notice notice)
    : index_(index), analyse_(std::move(analyse)), notice_(std::move(notice)) {
    if (index_ == nullptr) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Analyst::Stats Analyst::stats() const {
    const os::MutexLock lock(mutex_);
    return stats_;
}

void Analyst::run(const std::stop_token& stop) {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
    const wire::Patience patience(stop);
    auto counted = Clock::time_point::min();
    while (!stop.stop_requested()) {
        bool has_worked = false;
        try {
            has_worked = may_work() && work();
            if (counted == Clock::time_point::min() || Clock::now() - counted > between_counts) {
                count();
                counted = Clock::now();
            }
            note({});
        } catch (const wire::TookTooLong&) {
            return;
        } catch (const std::exception& error) {  // the database, or no memory
            note(error.what());
        }
        pause(stop, has_worked ? while_written : between_looks);
    }
}

/// The index comes first: what it does not know cannot be found at all.
bool Analyst::may_work() const {
    const index::Stats stats = index_->stats();
    return stats.waiting_bytes < much_waiting && stats.waiting_files == 0 && !stats.percent;
}

bool Analyst::work() {
    const auto all = index_->due(time_now(), most_at_a_time);
    const auto until = Clock::now() + longest_at_a_time;
    std::vector<index::Analysed> batch;
    for (const index::Due& due : all) {
        batch.push_back(analysed(due));
        if (Clock::now() > until) break;
    }
    if (batch.empty()) return false;
    const auto known = std::count_if(batch.begin(), batch.end(),
                                     [](const auto& one) { return one.codes.has_value(); });
    index_->analysed(std::move(batch));
    const os::MutexLock lock(mutex_);
    stats_.analysed += static_cast<std::uint64_t>(known);
    return true;
}

index::Analysed Analyst::analysed(const index::Due& due) const {
    index::Analysed result{due.file, due.last_seq, std::nullopt, index::never_due};
    if (due.size > largest) return result;
    DialogueFindings found = analyse_(due.call_id);
    if (!found.is_known) {
        result.again = time_now() + until_readable;
    } else if (!found.is_final) {
        result.again = time_now() + until_final;
    } else {
        result.codes = std::move(found.codes);
    }
    return result;
}

void Analyst::count() {
    const wire::Micros now = time_now();
    const index::DueCount due = index_->count_due(now);
    const os::MutexLock lock(mutex_);
    stats_.waiting = due.dialogues;
    stats_.lag_ms = static_cast<std::uint64_t>(due.oldest ? (now - *due.oldest) / 1'000 : 0);
}

void Analyst::note(const std::string& trouble) {
    bool is_first = false;
    {
        const os::MutexLock lock(mutex_);
        is_first = stats_.trouble.empty() && !trouble.empty();
        stats_.trouble = trouble;
    }
    if (is_first) notice_("findings: " + trouble);
}

}  // namespace ci::inspector
