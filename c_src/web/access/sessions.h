// Browsers that have logged in: a cookie of 256 random bits for each, of which only the hash is
// kept here. They end when they are closed, twelve hours after they began, and with the program.
//
// Not locked: its user is.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

#include "wire/hash.h"

namespace ci::web {

class Sessions {
  public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::size_t most = 10'000;        ///< the oldest ends for a new one
    static constexpr std::size_t most_of_token = 100;  ///< likewise
    static constexpr Clock::duration longest = std::chrono::hours(12);

    /// `key`: the hash of its secret. `line`: of the token's file.
    void begin(std::string key, std::string line, Clock::time_point now) {
        std::erase_if(all_, [&](const auto& one) { return one.second.end <= now; });
        while (end_oldest_of(line)) {
        }
        if (all_.size() >= most) all_.erase(oldest("", false));
        all_[std::move(key)] = {std::move(line), now + longest};
    }
    void end(const std::string& key) { all_.erase(key); }

    /// The token's line; null: there is no such session.
    [[nodiscard]] const std::string* line_of(const std::string& key, Clock::time_point now) const {
        const auto found = all_.find(key);
        return found == all_.end() || found->second.end <= now ? nullptr : &found->second.line;
    }

  private:
    struct Session {
        std::string line;
        Clock::time_point end;
    };
    using Table = std::unordered_map<std::string, Session, wire::TextHash>;

    [[nodiscard]] Table::iterator oldest(const std::string& line, bool of_line) {
        auto found = all_.end();
        for (auto one = all_.begin(); one != all_.end(); ++one) {
            if (of_line && one->second.line != line) continue;
            if (found == all_.end() || one->second.end < found->second.end) found = one;
        }
        return found;
    }
    /// False: there are few enough.
    bool end_oldest_of(const std::string& line) {
        std::size_t n = 0;
        for (const auto& [key, session] : all_) n += session.line == line ? 1 : 0;
        if (n < most_of_token) return false;
        all_.erase(oldest(line, true));
        return true;
    }

    Table all_;  ///< by key
};

}  // namespace ci::web
