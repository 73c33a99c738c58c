// The thread that counts the stored calls, removes the oldest by age or total size, and compresses
// those that are no longer written to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "store/call_file_writer.h"
#include "store/calls/call_files.h"
#include "store/calls/catalog.h"
#include "store/calls/pins.h"
#include "store/calls/recent_calls.h"

namespace ci::store {

/// Zero turns a limit off.
struct Retention {
    std::chrono::seconds longest{0};         ///< how long a call is kept after its last message
    std::uint64_t max_bytes = 0;             ///< all calls' files; beyond, the oldest go
    std::chrono::seconds compress_after{0};  ///< how long after a call's last message
    std::chrono::milliseconds every{10'000};
};

/// What is in the calls' files. Files that others remove are noticed by the next census: at the
/// start and once a day.
struct Totals {
    std::uint64_t calls = 0, bytes = 0;
    std::int64_t oldest = 0, newest = 0;        ///< Unix seconds of the last message; 0: none
    std::uint64_t expired = 0, compressed = 0;  ///< calls since the start
    bool is_counting = false;                   ///< a census is running
};

class Housekeeper {
  public:
    Housekeeper(CallFiles& files, Catalog& catalog, Pins& pins, RecentCalls& recent, Disk& disk,
                Group group, const Retention& retention);
    ~Housekeeper() = default;
    Housekeeper(const Housekeeper&) = delete;
    Housekeeper& operator=(const Housekeeper&) = delete;

    // Called from the call file writer's and the flusher's threads.
    void shelved(const ShelvedLines& lines);
    void removed(std::uint64_t files, std::uint64_t bytes) noexcept;

    [[nodiscard]] Totals totals() const noexcept;

  private:
    struct Look {
        bool exists = false;
        bool is_plain = false;  ///< an uncompressed file exists
        std::int64_t written = 0;
        std::uint64_t bytes = 0;
    };
    void run();
    void count();
    void count_directory(const std::filesystem::path& directory, const std::string& relative,
                         bool is_new, Totals& found);
    void remember_recent();
    void find_oldest();
    void expire();
    [[nodiscard]] bool is_too_much() const noexcept;
    void expire_in(Catalog::Hour hour, std::int64_t limit);
    void compress_old();
    [[nodiscard]] Look look_at(const std::string& relative) const;
    void remove(const std::string& relative);

    CallFiles& files_;
    Catalog& catalog_;
    Pins& pins_;
    RecentCalls& recent_;
    Disk& disk_;
    const Group group_;
    const Retention retention_;
    std::atomic<std::uint64_t> calls_{0}, bytes_{0}, expired_{0}, compressed_{0};
    std::atomic<std::int64_t> oldest_{0}, newest_{0};
    std::atomic<bool> is_counting_{true};
    std::chrono::steady_clock::time_point aged_{};  ///< when calls were last expired by age
    std::vector<std::string> to_compress_;          ///< calls whose last message is too recent
    Catalog::Hour compress_hour_ = 0;               ///< the last list that was read,
    std::size_t compress_seen_ = 0;                 ///< and how many of its names
    std::stop_token end_;
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace ci::store
