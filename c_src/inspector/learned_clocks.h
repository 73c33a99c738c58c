// What is known of the observers' clocks: learnt from incoming messages, saved in a file in the
// store's directory, and used to order dialogues.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "clocks/learner.h"
#include "clocks/tied_clocks.h"
#include "order/observe/clock.h"
#include "os/mutex.h"
#include "store/disk/permissions.h"

namespace ci::inspector {

class LearnedClocks {
  public:
    using Priors = std::shared_ptr<const std::vector<order::ClockPrior>>;
    using Known = std::shared_ptr<const std::vector<clocks::KnownClock>>;
    using Notice = std::function<void(std::string_view)>;

    /// Loads what was saved below `root`. `notice` is told, once, why it cannot be saved.
    LearnedClocks(const std::filesystem::path& root, store::Group group, Notice notice);
    /// Saves what was learnt.
    ~LearnedClocks();
    LearnedClocks(const LearnedClocks&) = delete;
    LearnedClocks& operator=(const LearnedClocks&) = delete;

    [[nodiscard]] clocks::Learner& learner() noexcept { return learner_; }

    /// The priors for order::order(), at most a second old. Never null.
    [[nodiscard]] Priors priors();
    /// All that is known, at most a second old. Never null.
    [[nodiscard]] Known known();

  private:
    void restore();
    void keep();

    const std::filesystem::path path_;
    const store::Group group_;
    const Notice notice_;
    clocks::Learner learner_;
    std::string kept_;  ///< the file's content
    bool is_troubled_ = false;

    /// What is worth no more than one look a second at all observers.
    template <class Value>
    struct Looked {
        std::shared_ptr<const Value> value;
        std::chrono::steady_clock::time_point from;

        template <class Look>
        std::shared_ptr<const Value> get(Look look);
    };
    os::Mutex looked_mutex_;
    Looked<std::vector<order::ClockPrior>> priors_ GUARDED_BY(looked_mutex_);
    Looked<std::vector<clocks::KnownClock>> known_ GUARDED_BY(looked_mutex_);

    std::jthread keeper_;  ///< last: uses all of the above
};

}  // namespace ci::inspector
