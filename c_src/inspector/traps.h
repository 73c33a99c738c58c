// Traps: each pins the next calls for which an expression holds when they end, with all their legs.
// A thread of its own looks at what the index tells while there are traps, because pinning waits
// for the disk.
//
// All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "calls/expression.h"
#include "index/index.h"
#include "inspector/kept_traps.h"
#include "os/mutex.h"
#include "store/store.h"

namespace ci::inspector {

inline constexpr std::size_t most_traps = 100;

class Traps {
  public:
    /// `is_trouble` is false for what an operator may like to know.
    using Notice = std::function<void(bool is_trouble, const std::string& text)>;

    struct Options {
        std::filesystem::path root;  ///< of the store
        store::Group group;
        std::vector<calls::HostName> hosts;  ///< for expressions
        Notice notice;
    };
    /// Goes on with the traps that were kept. `index` may be null: then nothing is caught.
    Traps(Options options, store::Store& store, index::Index* index);
    ~Traps();
    Traps(const Traps&) = delete;
    Traps& operator=(const Traps&) = delete;

    /// Sets a trap; it gets its id. The result is the reason why not, if it could not be set.
    [[nodiscard]] std::string set(calls::Expression expression, Trap& trap);
    [[nodiscard]] std::vector<Trap> all() const;
    /// What it pinned stays pinned. The result is the reason why not, if it could not be ended.
    [[nodiscard]] std::string end(std::uint64_t id);

  private:
    struct Set {
        Trap trap;
        calls::Expression expression;
        index::Changes::Number from = 0;  ///< earlier changes do not concern it

        [[nodiscard]] bool is_full() const noexcept { return trap.caught >= trap.count; }
    };
    struct Catch {
        std::uint64_t id;
        std::string call_id;
    };

    void restore();
    [[nodiscard]] store::Error keep() const REQUIRES(mutex_);
    void keep_or_tell() REQUIRES(mutex_);
    void run();
    /// True: there is more to look at.
    [[nodiscard]] bool look();
    [[nodiscard]] std::vector<Catch> catches(const index::Changes::Read& read) REQUIRES(mutex_);
    void expire();
    void pin(const Catch& caught);
    [[nodiscard]] std::string pin_legs(const Catch& caught, std::size_t& pinned);
    [[nodiscard]] Set* find(std::uint64_t id) REQUIRES(mutex_);

    const Options options_;
    const std::filesystem::path path_;
    store::Store& store_;
    index::Index* const index_;
    mutable os::Mutex mutex_;
    os::Condition wake_;
    std::vector<Set> sets_ GUARDED_BY(mutex_);
    std::uint64_t next_id_ GUARDED_BY(mutex_) = 1;
    index::Changes::Number cursor_ GUARDED_BY(mutex_) = 0;
    bool has_ended_ GUARDED_BY(mutex_) = false, is_troubled_ GUARDED_BY(mutex_) = false;
    std::thread thread_;  ///< last: uses all of the above
};

}  // namespace ci::inspector
