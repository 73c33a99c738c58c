// What changed in the rows lately, for those who follow it. Changes have numbers; a follower
// asks for those from a number on, again and again. What nobody asked for in time is dropped, and
// counted.
//
// All functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "os/mutex.h"

namespace ci::index {

struct Change {
    std::string call_id;
    std::string before;  ///< Row::to_bytes(); empty: the dialogue was not known
    std::string after;
};

class Changes {
  public:
    using Number = std::uint64_t;

    struct Room {
        std::size_t bytes = 16U << 20U;
        /// Nothing is kept once nobody has asked for that long.
        std::chrono::milliseconds unasked{10'000};
    };
    explicit Changes(const Room& room);

    /// For the index's thread, when the changes are in the database.
    void add(std::vector<Change> changes);

    /// The number of the next change, which is kept for the one who asks.
    [[nodiscard]] Number next();

    struct Read {
        std::vector<std::shared_ptr<const Change>> changes;
        Number next = 0;              ///< to go on with
        std::uint64_t left_out = 0;   ///< how many were dropped before these
        bool is_another_run = false;  ///< the number is of another run, whose rest is not known
    };
    [[nodiscard]] Read since(Number number, std::size_t most);

  private:
    using Clock = std::chrono::steady_clock;
    void drop_oldest() REQUIRES(mutex_);

    const Room room_;
    const Number first_;  ///< larger than all numbers of earlier runs
    os::Mutex mutex_;
    std::deque<std::shared_ptr<const Change>> kept_ GUARDED_BY(mutex_);
    std::size_t bytes_ GUARDED_BY(mutex_) = 0;
    Number next_ GUARDED_BY(mutex_);  ///< behind kept_
    Clock::time_point asked_ GUARDED_BY(mutex_) = Clock::time_point::min();
};

}  // namespace ci::index
