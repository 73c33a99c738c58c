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
    /// All that is known of the same observers, as old. Never null.
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

    void look() REQUIRES(known_mutex_);

    os::Mutex known_mutex_;
    Priors priors_ GUARDED_BY(known_mutex_);
    Known known_ GUARDED_BY(known_mutex_);
    std::chrono::steady_clock::time_point known_from_ GUARDED_BY(known_mutex_){};

    std::jthread keeper_;  ///< last: uses all of the above
};

}  // namespace ci::inspector
