// The memory that all answers in progress may use together, in any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace ci::commands {

class Room {
  public:
    explicit Room(std::size_t bytes) : limit_(bytes) {}

    /// Returned when the last copy is destroyed.
    class Share {
      public:
        Share(std::shared_ptr<std::atomic<std::size_t>> used, std::size_t bytes) noexcept
            : used_(std::move(used)), bytes_(bytes) {}
        ~Share() { *used_ -= bytes_; }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

      private:
        std::shared_ptr<std::atomic<std::size_t>> used_;
        std::size_t bytes_;
    };
    using Shared = std::shared_ptr<const Share>;

    /// Empty: there is no room.
    [[nodiscard]] Shared take(std::size_t bytes) {
        if (used_->fetch_add(bytes) + bytes > limit_) {
            *used_ -= bytes;
            return {};
        }
        return std::make_shared<const Share>(used_, bytes);
    }

  private:
    std::shared_ptr<std::atomic<std::size_t>> used_ = std::make_shared<std::atomic<std::size_t>>(0);
    std::size_t limit_;
};

}  // namespace ci::commands
