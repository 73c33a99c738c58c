// What passes, in numbers: counted from the rows of the index as they change, from the first time
// that somebody asks, and for as long as somebody goes on asking.
//
// All functions may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <unordered_map>

#include "calls/outcome.h"
#include "calls/row.h"
#include "index/index.h"
#include "os/mutex.h"
#include "web/http/metrics_text.h"

namespace ci::web {

class Traffic {
  public:
    /// Notes that somebody asks.
    void want() noexcept;
    /// True while somebody asked within the last ten minutes.
    [[nodiscard]] bool is_wanted() const noexcept;

    /// Counts what changed since the last look. What is not looked at within ten seconds may be
    /// dropped, which is counted.
    void look(index::Index& index);

    struct Told {
        std::array<std::array<std::uint64_t, std::size(calls::outcome_names)>,
                   std::size(calls::kind_names)>
            ended{};  ///< dialogues by kind and outcome
        std::array<std::uint64_t, std::size(calls::kind_names)> begun{};
        std::array<std::uint64_t, 7> final_status{};  ///< of calls, by the first digit
        std::uint64_t left_out = 0;                   ///< changes that were not looked at
        std::uint64_t up = 0;                         ///< calls that go on, of those counted
        Histogram post_dial_delay{{0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 11, 20}};
        Histogram setup{{0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60}};
        Histogram duration{{1, 5, 10, 30, 60, 180, 600, 1800, 3600, 7200}};
    };
    [[nodiscard]] Told told();

  private:
    void take(const index::Change& change) REQUIRES(mutex_);
    void take_call(const calls::Row& now, const calls::Row* before) REQUIRES(mutex_);

    std::atomic<std::chrono::steady_clock::rep> wanted_{0};  ///< 0: never
    os::Mutex mutex_;
    std::optional<index::Changes::Number> next_ GUARDED_BY(mutex_);
    Told told_ GUARDED_BY(mutex_);
    /// The start of each call that goes on, by a hash of its Call-ID.
    std::unordered_map<std::uint64_t, wire::Micros> up_ GUARDED_BY(mutex_);
};

}  // namespace ci::web
