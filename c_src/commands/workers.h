// The threads that run commands. A slow command does not delay the others for long.
//
// A job about one call, or one that must not run twice at a time, has a subject. Jobs with the same
// subject run one after the other, so they never occupy more than one thread. A job that takes long
// is no longer counted: another thread starts in its place, up to a limit. A job that takes too
// long is given up (wire/patience.h), sooner if others wait for a thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "os/mutex.h"

namespace ci::commands {

struct Job {
    std::string subject;   ///< empty: short, has precedence, any number at a time
    bool limited = false;  ///< may be given up: `run` lets wire::TookTooLong through
    bool offered = false;  ///< set by offer()
    std::function<void()> run;
    /// Requested by one who no longer waits for the job: it is not begun, or given up if `limited`.
    std::stop_token cancelled = {};
    /// Called after `run` was given up.
    std::function<void(std::chrono::seconds after)> give_up = {};
};

/// The prefixes keep the subjects of calls and commands distinct.
[[nodiscard]] inline std::string subject_of_call(std::string_view call_id) {
    return "call " + std::string(call_id);
}
[[nodiscard]] inline std::string subject_of_command(std::string_view name) {
    return "command " + std::string(name);
}

struct WorkerLimits {
    std::size_t threads = 2;      ///< threads, besides those with a long job
    std::size_t max_threads = 4;  ///< in all
    std::chrono::milliseconds long_after{500};
    std::chrono::milliseconds longest{60'000};
    std::chrono::milliseconds longest_if_others_wait{10'000};  ///< if all threads have long jobs
    std::size_t waiting = 2'000;         ///< waiting jobs with a subject that came through offer()
    std::size_t waiting_of_one = 1'000;  ///< of these, jobs with the same subject
};

class Workers {
  public:
    explicit Workers(WorkerLimits limits = {});
    /// Calls stop().
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// Adds a job; false if too many wait already. All functions may be called from any thread.
    [[nodiscard]] bool offer(Job job);
    /// Adds a job without a limit; the caller limits their number.
    void post(Job job);

    /// Drops waiting jobs, gives up the running ones that permit it, and waits for the others.
    void stop();

    /// How many jobs were given up.
    [[nodiscard]] std::uint64_t given_up() const;

  private:
    using Clock = std::chrono::steady_clock;
    using Queue = std::deque<Job>;
    struct Running {
        std::string subject;
        bool limited;
        Clock::time_point since;
        bool is_long = false;
        std::stop_source end;
    };

    /// Leaves the job as it is if the workers are stopping.
    void enqueue(Job& job) REQUIRES(mutex_);
    void work();
    /// True: the job was given up.
    [[nodiscard]] static bool carry_out(const Job& job, Running& running);
    /// end() of the queue if no job can run now.
    [[nodiscard]] Queue::iterator next_of_subject() REQUIRES(mutex_);
    [[nodiscard]] bool has_work() REQUIRES(mutex_);
    [[nodiscard]] Job next_job() REQUIRES(mutex_);
    [[nodiscard]] bool has_room_for(const std::string& subject) const REQUIRES(mutex_);
    [[nodiscard]] bool is_under_way(const std::string& subject) const REQUIRES(mutex_);
    void watch();
    void look_after(Clock::time_point now) REQUIRES(mutex_);

    const WorkerLimits limits_;
    mutable os::Mutex mutex_;
    os::Condition work_, begun_, stopped_;
    Queue short_ GUARDED_BY(mutex_), of_subject_ GUARDED_BY(mutex_);
    std::list<Running> running_ GUARDED_BY(mutex_);
    std::size_t long_ GUARDED_BY(mutex_) = 0;  ///< long jobs among running_
    std::uint64_t given_up_ GUARDED_BY(mutex_) = 0;
    bool is_stopping_ GUARDED_BY(mutex_) = false;
    std::vector<std::thread> threads_ GUARDED_BY(mutex_);
    std::thread watch_;
};

}  // namespace ci::commands
