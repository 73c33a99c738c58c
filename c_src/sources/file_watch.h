// Tells when a file may have changed: by inotify where the file system tells, else by the time.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "os/descriptor.h"

namespace ci::sources {

class FileWatch {
  public:
    /// Without inotify (its limits are reached) the time alone tells.
    explicit FileWatch(std::string path);

    /// The reader has turned to the file that has the name now: those that had it rest.
    void turn();
    /// Waits for a change, for end(), or for a while, which is short if `is_urgent`.
    void wait(bool is_urgent);
    /// Makes wait() return at once, now and later. Any thread may call this.
    void end() noexcept;

  private:
    void look_again();

    std::string path_;
    os::Descriptor inotify_, end_;
    std::vector<int> files_;  ///< inotify's watches, that of the named file last
    std::chrono::milliseconds longest_;
};

}  // namespace ci::sources
