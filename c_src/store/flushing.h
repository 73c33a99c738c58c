// Empties the store in small steps while new lines are written to it.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "os/mutex.h"
#include "store/calls/call_files.h"
#include "store/calls/pins.h"
#include "wire/hash.h"

namespace ci::store {

struct Flushed {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    Error error;               ///< the first
    std::size_t failures = 0;  ///< of files and directories, in all

    /// Records that a file or directory could not be removed or read. ENOENT is no failure.
    void failed(Error why);
    /// "PATH: Permission denied (and 3 more)"; empty if nothing failed.
    [[nodiscard]] std::string text() const;
};

class Flushing {
  public:
    /// Files for which pins.has() is true stay.
    Flushing(Disk& disk, CallFiles& files, const Pins& pins)
        : disk_(disk), files_(files), pins_(pins) {}

    /// Removes all files except the pinned ones and those that are begun from now on. `mark` is
    /// called at the dividing moment with the pinned files: lines taken before are to be forgotten
    /// unless their file is pinned, and lines taken later are to stay.
    using Mark = std::function<void(const std::vector<std::string>& kept)>;
    Flushed run(const Mark& mark);

    /// Call before an append to a file, with its lock held. During a flush this removes the old
    /// file first.
    void before_append(const std::string& relative);

  private:
    void empty(const File& outer, const std::string& first, const std::string& second,
               Flushed& result);
    [[nodiscard]] bool stays(const std::string& relative) const;

    Disk& disk_;
    CallFiles& files_;
    const Pins& pins_;
    os::Mutex one_at_a_time_;  ///< flushes
    mutable os::Mutex mutex_;
    bool running_ GUARDED_BY(mutex_) = false;
    /// Files that were pinned when the flush began, or were begun during the flush.
    std::unordered_set<std::string, wire::TextHash> spared_ GUARDED_BY(mutex_);
};

}  // namespace ci::store
