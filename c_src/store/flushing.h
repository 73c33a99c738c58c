// Emptying the store in small steps while it goes on to be written to.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>

#include "store/call_files.h"
#include "store/pins.h"
#include "wire/hash.h"

namespace ci::store {

struct Flushed {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::string error;  ///< of the last failure; empty: none
};

class Flushing {
  public:
    /// What pins.has() stays.
    Flushing(CallFiles& files, const Pins& pins) : files_(files), pins_(pins) {}

    /// Removes all files but those that are begun from now on. `mark` is called in the moment
    /// between: what was taken until then is to be forgotten, what comes later is to stay.
    Flushed run(const std::function<void()>& mark);

    /// A file is about to be added to, and locked: an old one is removed first while the store is
    /// flushed.
    void before_append(const std::string& relative);

  private:
    void empty(int outer, const std::string& first, const std::string& second, Flushed& result);
    [[nodiscard]] bool stays(const std::string& relative) const;

    CallFiles& files_;
    const Pins& pins_;
    std::mutex one_at_a_time_;
    mutable std::mutex mutex_;
    bool running_ = false;
    std::unordered_set<std::string, wire::TextHash> new_;  ///< files that were begun while it runs
};

}  // namespace ci::store
