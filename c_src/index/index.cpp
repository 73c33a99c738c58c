#include "index/index.h"

#include <sys/stat.h>

#include <cmath>

#include "index/inode.h"
#include "index/joined_look_ups.h"
#include "index/search.h"
#include "store/disk/path.h"

namespace ci::index {

Index::Index(Options options)
    : options_(std::move(options)),
      path_((options_.directory.empty() ? options_.root / directory_name : options_.directory) /
            file_name),
      files_(store::disk(), options_.root, options_.group),
      hand_over_(options_.room),
      readers_(path_),
      changes_(options_.changes),
      walked_(no_walk) {}

bool Index::is_stored(std::string_view call_id) {
    const std::string relative = store::relative_path(call_id);
    const std::string path = (options_.root / relative).string();
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0 ||
        ::lstat((path + std::string(store::compressed_suffix)).c_str(), &info) == 0) {
        return true;
    }
    hand_over_.changed(relative);
    return false;
}

Index::Answer Index::search(const calls::Expression& expression, std::size_t most,
                            const std::function<void(calls::Row& row)>& analyse,
                            const std::function<bool(calls::Row& row)>& accept) {
    Answer answer;
    // What was incomplete when the rows were read may be complete afterwards.
    answer.incomplete = stats().incomplete;
    try {
        answer.rows = readers_.with([&](Database& database) {
            return index::search(database, expression, most, [&](calls::Row& row) {
                if (!is_stored(row.call_id())) return false;
                if (expression.asks_for_findings()) {
                    if (!row.has_findings() && analyse) analyse(row);
                    if (!calls::matches(row, expression)) return false;
                }
                return !accept || accept(row);
            });
        });
        if (answer.incomplete.empty()) answer.incomplete = stats().incomplete;
    } catch (const Failure& failure) {
        // Before the first message there is no database, and nothing to find.
        if (answer.incomplete.empty() && inode_of(path_)) answer.incomplete = failure.what();
        if (failure.is_damage() && inode_of(path_)) rebuild_ = true;
    }
    return answer;
}

std::vector<Due> Index::due(wire::Micros now, std::size_t most) {
    if (!hand_over_.takes_analysed() || !inode_of(path_)) return {};
    return readers_.with([&](Database& database) { return due_dialogues(database, now, most); });
}

DueCount Index::count_due(wire::Micros now) {
    if (!inode_of(path_)) return {};
    return readers_.with([&](Database& database) { return index::count_due(database, now); });
}

std::unique_ptr<calls::Dialogues> Index::dialogues() {
    return std::make_unique<JoinedLookUps>(readers_);
}

bool Index::rebuild() {
    if (rebuild_.exchange(true)) return false;
    is_complete_ = false;
    hand_over_.ask_for_walk();
    return true;
}

Stats Index::stats() const {
    Stats stats;
    const HandOver::Waiting waiting = hand_over_.waiting();
    const auto now = HandOver::Clock::now();
    stats.dialogues = dialogues_;
    stats.waiting_bytes = waiting.bytes;
    stats.waiting_files = waiting.files;
    {
        const os::MutexLock lock(mutex_);
        stats.trouble = trouble_;
    }
    if (waiting.oldest < now) {
        stats.lag_ms = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now - waiting.oldest).count());
    }
    const std::size_t walked = walked_;
    if (walked < no_walk) {
        stats.percent =
            std::floor(100.0 * static_cast<double>(walked) / static_cast<double>(directories));
    }
    const bool has_begun = inode_of(path_).has_value() || inode_of(options_.root).has_value();
    if (!stats.trouble.empty()) {
        stats.incomplete = stats.trouble;
    } else if (has_begun && !is_complete_) {
        stats.incomplete = "the index is being made from the calls' files: " +
                           std::to_string(static_cast<int>(stats.percent.value_or(0))) + " %";
    } else if (waiting.is_behind) {
        // While the last of them are being read, none is left to be taken.
        const std::string files = waiting.files > 0 ? std::to_string(waiting.files) : "the last";
        stats.incomplete = "the index has " + files +
                           " calls' files to read, because messages came faster than it took them";
    }
    return stats;
}

}  // namespace ci::index
