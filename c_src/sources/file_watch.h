// Tells when a file may have changed: by inotify where the file system tells, else by the time.
#pragma once

#include <cstdint>
#include <string>

#include "os/descriptor.h"

namespace ci::sources {

class FileWatch {
  public:
    /// Without inotify (its limits are reached) the time alone tells.
    explicit FileWatch(std::string path);

    /// The name may stand for another file now.
    void look_again();
    /// Waits for a change, for end(), or for a while, which is short if `is_urgent`.
    void wait(bool is_urgent);
    /// Why inotify does not tell, and the time alone does; empty: it tells.
    [[nodiscard]] const std::string& why_polling() const noexcept { return why_polling_; }
    /// Makes wait() return at once, now and later. Any thread may call this.
    void end() noexcept;

  private:
    [[nodiscard]] int watch(const std::string& path, std::uint32_t events);

    std::string path_;
    os::Descriptor inotify_, end_;
    int file_ = -1;      ///< inotify's watch
    int previous_ = -1;  ///< of the file that had the name before
    bool tells_all_;     ///< unless the watch of the file is refused
    std::string why_polling_;
};

}  // namespace ci::sources
