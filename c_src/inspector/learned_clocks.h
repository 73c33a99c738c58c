// The observers' clocks while the inspector runs: learnt from what comes in, kept in a file of the
// store's directory, and given to whoever puts a dialogue in order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "clocks/learner.h"
#include "order/observe/clock.h"
#include "store/disk/permissions.h"

namespace ci::inspector {

class LearnedClocks {
  public:
    using Priors = std::shared_ptr<const std::vector<order::ClockPrior>>;
    using Notice = std::function<void(std::string_view)>;

    /// Goes on with what is kept below `root`. `notice` is told, once, why it cannot be kept.
    LearnedClocks(const std::filesystem::path& root, store::Group group, Notice notice);
    /// Keeps what was learnt.
    ~LearnedClocks();
    LearnedClocks(const LearnedClocks&) = delete;
    LearnedClocks& operator=(const LearnedClocks&) = delete;

    [[nodiscard]] clocks::Learner& learner() noexcept { return learner_; }

    /// As order::order() wants them; no older than a second. Never null.
    [[nodiscard]] Priors priors();

  private:
    void restore();
    void keep();
    void run();

    const std::filesystem::path path_;
    const store::Group group_;
    const Notice notice_;
    clocks::Learner learner_;
    std::string kept_;  ///< the file's content
    bool is_troubled_ = false;

    std::mutex priors_mutex_;
    Priors priors_ = std::make_shared<const std::vector<order::ClockPrior>>();
    std::chrono::steady_clock::time_point priors_from_{};

    std::mutex end_mutex_;
    std::condition_variable end_;
    bool is_ending_ = false;
    std::thread keeper_;  ///< last: uses all of the above
};

}  // namespace ci::inspector
