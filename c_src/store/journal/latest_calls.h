// The latest half a million or so calls that were noted. The backlog notes calls that have begun
// and calls that were refused, so that all messages of a call are treated alike when there is no
// room for all calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace ci::store {

class LatestCalls {
  public:
    void note(std::uint64_t hash) {
        if (recent_.size() >= generation) {
            older_.swap(recent_);
            recent_.clear();
        }
        recent_.insert(hash);
    }
    [[nodiscard]] bool has(std::uint64_t hash) const {
        return recent_.count(hash) != 0 || older_.count(hash) != 0;
    }

  private:
    static constexpr std::size_t generation = 262'144;
    std::unordered_set<std::uint64_t> recent_, older_;  ///< a keyed hash needs no further hashing
};

}  // namespace ci::store
