// Emptying the store in small steps while it goes on to be written to.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "store/calls/call_files.h"
#include "store/calls/pins.h"
#include "wire/hash.h"

namespace ci::store {

struct Flushed {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::string error;         ///< of the first failure; empty: none
    std::size_t failures = 0;  ///< in all

    /// A file or directory could not be removed, or not be looked into.
    void failed(const std::string& what, int error);
};

class Flushing {
  public:
    /// What pins.has() stays.
    Flushing(Disk& disk, CallFiles& files, const Pins& pins)
        : disk_(disk), files_(files), pins_(pins) {}

    /// Removes all files but those that are begun from now on. `mark` is called in the moment
    /// between: what was taken until then is to be forgotten but for the pinned files, which it is
    /// given; what comes later is to stay.
    using Mark = std::function<void(const std::vector<std::string>& kept)>;
    Flushed run(const Mark& mark);

    /// A file is about to be added to, and locked: an old one is removed first while the store is
    /// flushed.
    void before_append(const std::string& relative);

  private:
    void empty(const File& outer, const std::string& first, const std::string& second,
               Flushed& result);
    [[nodiscard]] bool stays(const std::string& relative) const;

    Disk& disk_;
    CallFiles& files_;
    const Pins& pins_;
    std::mutex one_at_a_time_;
    mutable std::mutex mutex_;
    bool running_ = false;
    /// Files that were pinned when it began, or were begun while it runs.
    std::unordered_set<std::string, wire::TextHash> spared_;
};

}  // namespace ci::store
