// Analyses the dialogues that have ended or rest, so that searches, follow and traps find their
// findings in the index. A thread of the lowest priority: what it has not come to yet is analysed
// by the search that looks at it.
//
// All functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "index/index.h"
#include "inspector/dialogue_findings.h"
#include "os/mutex.h"

namespace ci::inspector {

class Analyst {
  public:
    using Analyse = std::function<DialogueFindings(const std::string& call_id)>;
    using Notice = std::function<void(const std::string& text)>;

    /// `index` may be null: then nothing is analysed. `notice` is told, once, what went wrong.
    Analyst(index::Index* index, Analyse analyse, Notice notice);
    ~Analyst() = default;  ///< ends soon, also in the middle of a huge dialogue
    Analyst(const Analyst&) = delete;
    Analyst& operator=(const Analyst&) = delete;

    struct Stats {
        std::uint64_t waiting = 0;   ///< dialogues that are due, as of a few seconds ago
        std::uint64_t lag_ms = 0;    ///< for how long the oldest of the new ones has been due
        std::uint64_t analysed = 0;  ///< since the start
        std::string trouble;         ///< empty: none
    };
    [[nodiscard]] Stats stats() const;

  private:
    void run(const std::stop_token& stop);
    /// False: there was nothing to do, or it was not the time.
    [[nodiscard]] bool work();
    [[nodiscard]] index::Analysed analysed(const index::Due& due) const;
    [[nodiscard]] bool may_work() const;
    void count();
    void note(const std::string& trouble);

    index::Index* const index_;
    const Analyse analyse_;
    const Notice notice_;
    mutable os::Mutex mutex_;
    Stats stats_ GUARDED_BY(mutex_);
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace ci::inspector
