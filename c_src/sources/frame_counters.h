// A copy of packets::Counts that other threads may read while the capture counts.
#pragma once

#include <atomic>

#include "packets/counts.h"
#include "sources/source.h"

namespace ci::sources {

class FrameCounters {
  public:
    void publish(const packets::Counts& counts) noexcept {
        for (std::size_t i = 0; i < fates_.size(); ++i) fates_.at(i) = counts.fates.at(i);
        for (std::size_t i = 0; i < losses_.size(); ++i) losses_.at(i) = counts.losses.at(i);
        received_.store(counts.frames, std::memory_order_release);
    }

    [[nodiscard]] FrameStats read() const {
        FrameStats stats;
        stats.received = received_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i < fates_.size(); ++i) {
            if (const auto n = fates_.at(i).load()) {
                stats.fates.emplace_back(packets::fate_names[i], n);
            }
        }
        for (std::size_t i = 0; i < losses_.size(); ++i) {
            if (const auto n = losses_.at(i).load()) {
                stats.losses.emplace_back(packets::loss_names[i], n);
            }
        }
        return stats;
    }

  private:
    using Counter = std::atomic<std::uint64_t>;
    Counter received_{0};
    std::array<Counter, std::size(packets::fate_names)> fates_{};
    std::array<Counter, std::size(packets::loss_names)> losses_{};
};

}  // namespace ci::sources
