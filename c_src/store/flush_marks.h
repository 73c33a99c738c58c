// What was flushed while lines of it were still on their way to the calls' files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/numbered.h"
#include "wire/hash.h"

namespace ci::store {

class FlushMarks {
  public:
    /// Lines of this key up to this number are gone.
    void set(std::string key, Seq seq) { keys_.insert_or_assign(std::move(key), seq); }
    /// Of all keys.
    void set_all(Seq seq) noexcept { all_ = seq; }

    [[nodiscard]] bool is_gone(std::string_view key, Seq seq) const {
        if (seq <= all_) return true;
        if (keys_.empty()) return false;
        const auto found = keys_.find(std::string(key));
        return found != keys_.end() && seq <= found->second;
    }

    /// No line up to this number is on its way any more.
    void forget(Seq seq) {
        std::erase_if(keys_, [seq](const auto& mark) { return mark.second <= seq; });
    }

  private:
    Seq all_ = 0;
    std::unordered_map<std::string, Seq, wire::TextHash> keys_;
};

}  // namespace ci::store
