// Who looked at what: a JSON object a line (docs/web.md). Written by a thread of its own, so that a
// slow disk holds no answer up; what it cannot keep up with is counted as lost.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>

#include "os/descriptor.h"
#include "os/mutex.h"
#include "web/access/tokens_file.h"

namespace ci::web {

class AccessLog {
  public:
    /// Throws std::runtime_error with a line for the operator if it cannot be written.
    AccessLog(std::filesystem::path path, Complaint complain);
    /// On return what was added is written, if it can be.
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    /// A line without its line feed. From any thread.
    void add(std::string line);

    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

    static constexpr std::size_t most_waiting = 10'000;  ///< lines

  private:
    using Lines = std::deque<std::string>;

    [[nodiscard]] std::string open();
    [[nodiscard]] bool is_still_there() const;
    void run();
    void write(const Lines& lines);
    void note(const std::string& trouble);

    const std::filesystem::path path_;
    const Complaint complain_;  ///< of the thread, but for the constructor
    os::Descriptor file_;       ///< of the thread, but for the constructor
    std::string trouble_;       ///< likewise; empty: it can be written
    bool is_torn_ = false;      ///< likewise; the file ends within a line
    std::atomic<std::uint64_t> lost_{0};
    os::Mutex mutex_;
    os::Condition changed_;
    Lines waiting_ GUARDED_BY(mutex_);
    bool is_ending_ GUARDED_BY(mutex_) = false;
    std::thread thread_;  ///< last: uses all of the above
};

}  // namespace ci::web
