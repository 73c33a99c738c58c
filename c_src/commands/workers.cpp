#include "commands/workers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "wire/patience.h"

namespace ci::commands {
namespace {

constexpr std::chrono::milliseconds between_looks{100};

}  // namespace

Workers::Workers(WorkerLimits limits) : limits_(limits) {
    const os::MutexLock lock(mutex_);
    for (std::size_t i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { work(); });
    watch_ = std::thread([this] { watch(); });
}

Workers::~Workers() {
    stop();
}

bool Workers::offer(Job job) {
    {
        const os::MutexLock lock(mutex_);
        if (!job.subject.empty() && !has_room_for(job.subject)) return false;
        job.offered = true;
        enqueue(job);
    }
    work_.notify_one();
    return true;
}

bool Workers::has_room_for(const std::string& subject) const {
    std::size_t waiting = 0, of_one = 0;
    for (const Job& other : of_subject_) {
        waiting += other.offered ? 1 : 0;
        of_one += other.offered && other.subject == subject ? 1 : 0;
    }
    return waiting < limits_.waiting && of_one < limits_.waiting_of_one;
}

void Workers::post(Job job) {
    {
        const os::MutexLock lock(mutex_);
        enqueue(job);
    }
    work_.notify_one();
}

void Workers::enqueue(Job& job) {
    if (!is_stopping_) (job.subject.empty() ? short_ : of_subject_).push_back(std::move(job));
}

void Workers::stop() {
    {
        const os::MutexLock lock(mutex_);
        if (std::exchange(is_stopping_, true)) return;
        for (Running& running : running_) {
            if (running.limited) running.end.request_stop();
        }
    }
    work_.notify_all();
    begun_.notify_all();
    stopped_.notify_all();
    watch_.join();  // after this no thread is added
    std::vector<std::thread> threads;
    {
        const os::MutexLock lock(mutex_);
        threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
}

std::uint64_t Workers::given_up() const {
    const os::MutexLock lock(mutex_);
    return given_up_;
}

bool Workers::is_under_way(const std::string& subject) const {
    return std::any_of(running_.begin(), running_.end(),
                       [&](const Running& running) { return running.subject == subject; });
}

Workers::Queue::iterator Workers::next_of_subject() {
    const auto may_run = [this](const Job& job)
                             REQUIRES(mutex_) { return !is_under_way(job.subject); };
    return std::find_if(of_subject_.begin(), of_subject_.end(), may_run);
}

bool Workers::has_work() {
    return !short_.empty() || next_of_subject() != of_subject_.end();
}

Job Workers::next_job() {
    Queue& queue = short_.empty() ? of_subject_ : short_;
    const auto next = short_.empty() ? next_of_subject() : short_.begin();
    Job job = std::move(*next);
    queue.erase(next);
    return job;
}

void Workers::work() {
    os::MutexLock lock(mutex_);
    const auto may_work = [this]() REQUIRES(mutex_) {
        return is_stopping_ || (running_.size() - long_ < limits_.threads && has_work());
    };
    while (true) {
        work_.wait(lock, may_work);
        if (is_stopping_) return;
        Job job = next_job();
        running_.push_back(Running{job.subject, job.limited, Clock::now(), false, {}});
        const auto running = std::prev(running_.end());
        if (running_.size() == 1) begun_.notify_one();
        lock.unlock();
        // The job is freed here as well, because that may take long.
        const bool given_up = carry_out(Job(std::move(job)), *running);
        lock.lock();
        given_up_ += given_up ? 1 : 0;
        long_ -= running->is_long ? 1 : 0;
        running_.erase(running);
        if (has_work()) work_.notify_one();  // a job of the same subject may run now
    }
}

bool Workers::carry_out(const Job& job, Running& running) {
    if (job.cancelled.stop_requested()) return false;
    const auto end = [&] {
        if (running.limited) running.end.request_stop();
    };
    const std::stop_callback cancel(job.cancelled, end);
    try {
        const wire::Patience patience(running.end.get_token());
        job.run();
    } catch (const wire::TookTooLong&) {
        const auto took = Clock::now() - running.since;
        if (job.give_up) job.give_up(std::chrono::duration_cast<std::chrono::seconds>(took));
        return true;
    }
    return false;
}

void Workers::watch() {
    os::MutexLock lock(mutex_);
    while (!is_stopping_) {
        begun_.wait(lock, [&]() REQUIRES(mutex_) { return is_stopping_ || !running_.empty(); });
        (void)stopped_.wait_for(lock, between_looks,
                                [&]() REQUIRES(mutex_) { return is_stopping_; });
        if (!is_stopping_) look_after(Clock::now());
    }
}

void Workers::look_after(Clock::time_point now) {
    for (Running& running : running_) {
        const auto took = now - running.since;
        if (running.limited && took > limits_.longest) running.end.request_stop();
        if (running.is_long || took < limits_.long_after) continue;
        running.is_long = true;
        ++long_;
        work_.notify_one();
    }
    if (long_ < threads_.size() || !has_work()) return;
    if (threads_.size() < limits_.max_threads) {
        threads_.emplace_back([this] { work(); });
        return;
    }
    // The jobs are listed in the order of their start.
    const auto oldest = std::find_if(running_.begin(), running_.end(),
                                     [](const Running& running) { return running.limited; });
    if (oldest != running_.end() && now - oldest->since > limits_.longest_if_others_wait) {
        oldest->end.request_stop();
    }
}

}  // namespace ci::commands
