// The flushes of calls whose lines had not all reached the calls' files.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "wire/hash.h"

namespace ci::store {

class FlushMarks {
  public:
    /// Lines up to this number are gone. Marks are set in the order of their numbers.
    void set(FlushMark mark, Seq seq) {
        if (mark.key) {
            keys_.insert_or_assign(*std::move(mark.key), seq);
            return;
        }
        std::unordered_map<std::string, Seq, wire::TextHash> kept;
        for (std::string& relative : mark.kept) {
            const Seq gone = gone_of_all(relative);
            kept.emplace(std::move(relative), gone);
        }
        kept_.swap(kept);
        all_ = seq;
    }

    [[nodiscard]] bool is_gone(std::string_view key, Seq seq) const {
        if (seq <= all_) {
            if (kept_.empty()) return true;
            if (seq <= gone_of_all(relative_path(call_id_for(key)))) return true;
        }
        if (keys_.empty()) return false;
        const auto found = keys_.find(std::string(key));
        return found != keys_.end() && seq <= found->second;
    }

    /// No line up to this number waits any more, so older marks of calls are not needed.
    void forget(Seq seq) {
        std::erase_if(keys_, [seq](const auto& mark) { return mark.second <= seq; });
    }

  private:
    [[nodiscard]] Seq gone_of_all(const std::string& relative) const {
        const auto found = kept_.find(relative);
        return found == kept_.end() ? all_ : found->second;
    }

    Seq all_ = 0;
    /// The files that the last flush of all calls kept, each with the number up to which an earlier
    /// flush removed its lines.
    std::unordered_map<std::string, Seq, wire::TextHash> kept_;
    std::unordered_map<std::string, Seq, wire::TextHash> keys_;
};

}  // namespace ci::store
