// The calls that began last, in memory, for list_calls.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "os/mutex.h"
#include "wire/hash.h"

namespace ci::store {

class RecentCalls {
  public:
    void began(std::string call_id) {
        const os::MutexLock lock(mutex_);
        calls_.push_back(std::move(call_id));
        if (calls_.size() > most) calls_.pop_front();
    }
    /// A call found on the disk at the start: older than all that are known.
    void began_before(std::string call_id) {
        const os::MutexLock lock(mutex_);
        if (calls_.size() < most) calls_.push_front(std::move(call_id));
    }
    /// The newest first.
    [[nodiscard]] std::vector<std::string> last(std::size_t n) const {
        const os::MutexLock lock(mutex_);
        std::vector<std::string> result;
        std::unordered_set<std::string_view, wire::TextHash>
            seen;  // a call begins again after a flush or a rotation
        for (auto it = calls_.rbegin(); it != calls_.rend() && result.size() < n; ++it) {
            if (seen.insert(*it).second) result.push_back(*it);
        }
        return result;
    }
    static constexpr std::size_t most = 10'000;

  private:
    mutable os::Mutex mutex_;
    std::deque<std::string> calls_ GUARDED_BY(mutex_);  ///< oldest first
};

}  // namespace ci::store
