// The threads that carry out commands. However long some of them take, others are carried out soon.
//
// What concerns one call, or else must not be done twice at a time, has a subject: jobs of one
// subject are done one after the other, so that they never keep more than one thread. A job that
// takes long does not count any more: another thread goes on in its place, up to so many threads.
// What takes too long is given up (wire/patience.h), sooner while others wait for a thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ci::commands {

struct Job {
    std::string subject;   ///< empty: any number of them at a time; they are short and go first
    bool limited = false;  ///< may be given up: `run` lets wire::TookTooLong through
    bool offered = false;  ///< set by offer()
    std::function<void()> run;
    /// Called in place of the rest of `run`.
    std::function<void(std::chrono::seconds after)> give_up = {};
};

/// No call's subject is a command's.
[[nodiscard]] inline std::string subject_of_call(std::string_view call_id) {
    return "call " + std::string(call_id);
}
[[nodiscard]] inline std::string subject_of_command(std::string_view name) {
    return "command " + std::string(name);
}

struct WorkerLimits {
    std::size_t threads = 2;       ///< that work, besides those at a long job
    std::size_t most_threads = 4;  ///< in all
    std::chrono::milliseconds long_after{500};
    std::chrono::milliseconds longest{60'000};
    std::chrono::milliseconds longest_if_others_wait{10'000};  ///< all threads being at long jobs
    std::size_t waiting = 2'000;         ///< jobs with a subject that were offered
    std::size_t waiting_of_one = 1'000;  ///< of one subject
};

class Workers {
  public:
    explicit Workers(WorkerLimits limits = {});
    /// As stop().
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False: too many wait already. From any thread, as all of these.
    [[nodiscard]] bool offer(Job job);
    /// However many wait: whoever asks bounds that.
    void post(Job job);

    /// What waits is dropped, what may be given up is, the rest is waited for.
    void stop();

    /// How many were given up.
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

    void put(std::unique_lock<std::mutex> lock, Job job);
    void work();
    void carry_out(std::unique_lock<std::mutex>& lock, Job job);
    /// The end: none can be done now.
    [[nodiscard]] Queue::iterator next_of_subject();
    [[nodiscard]] bool has_work();
    [[nodiscard]] Job take();
    [[nodiscard]] bool has_room_for(const std::string& subject) const;
    [[nodiscard]] bool is_under_way(const std::string& subject) const;
    void watch();
    void look_after(Clock::time_point now);

    const WorkerLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable work_, begun_, stopped_;
    Queue short_, of_subject_;
    std::list<Running> running_;
    std::size_t long_ = 0;  ///< of those
    std::uint64_t given_up_ = 0;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
    std::thread watch_;
};

}  // namespace ci::commands
