// Mutexes whose use clang checks (-Wthread-safety): which mutex guards which member, and which
// function is to be called with it held. Other compilers ignore the words.
//
//     mutable Mutex mutex_;
//     int count_ GUARDED_BY(mutex_) = 0;
//     void add() REQUIRES(mutex_);
//
// std::mutex and std::scoped_lock of libstdc++ do not carry these words, hence the classes.
// https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#ifdef __clang__
#define CI_THREAD_SAFETY(word) __attribute__((word))
#else
#define CI_THREAD_SAFETY(word)
#endif

#define CAPABILITY(kind) CI_THREAD_SAFETY(capability(kind))
#define SCOPED_CAPABILITY CI_THREAD_SAFETY(scoped_lockable)
#define GUARDED_BY(mutex) CI_THREAD_SAFETY(guarded_by(mutex))
#define REQUIRES(mutex) CI_THREAD_SAFETY(requires_capability(mutex))
#define ACQUIRE(...) CI_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define RELEASE(...) CI_THREAD_SAFETY(release_capability(__VA_ARGS__))
/// For what the analysis cannot follow. Say why beside it.
#define NO_THREAD_SAFETY_ANALYSIS CI_THREAD_SAFETY(no_thread_safety_analysis)

namespace ci::os {

class CAPABILITY("mutex") Mutex {
  public:
    void lock() ACQUIRE() { mutex_.lock(); }
    void unlock() RELEASE() { mutex_.unlock(); }

  private:
    friend class MutexLock;
    std::mutex mutex_;
};

/// Holds a mutex while it lives; may let go of it for a while.
class SCOPED_CAPABILITY MutexLock {
  public:
    explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex.mutex_) {}
    ~MutexLock() RELEASE() {}
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

    void lock() ACQUIRE() { lock_.lock(); }
    void unlock() RELEASE() { lock_.unlock(); }

  private:
    friend class Condition;
    std::unique_lock<std::mutex> lock_;
};

/// std::condition_variable for these. A predicate is called with the mutex held, and says so itself
/// if it reads guarded members: [this]() REQUIRES(mutex_) { return ended_; }. The analysis takes
/// its word for it, as it does not look into the standard library.
class Condition {
  public:
    void notify_one() noexcept { condition_.notify_one(); }
    void notify_all() noexcept { condition_.notify_all(); }

    template <class Predicate>
    void wait(MutexLock& lock, Predicate predicate) {
        condition_.wait(lock.lock_, std::move(predicate));
    }
    template <class Period, class Predicate>
    bool wait_for(MutexLock& lock, Period period, Predicate predicate) {
        return condition_.wait_for(lock.lock_, period, std::move(predicate));
    }
    template <class Time, class Predicate>
    bool wait_until(MutexLock& lock, Time time, Predicate predicate) {
        return condition_.wait_until(lock.lock_, time, std::move(predicate));
    }

  private:
    std::condition_variable condition_;
};

}  // namespace ci::os
