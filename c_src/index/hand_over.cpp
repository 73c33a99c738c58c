#include "index/hand_over.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ci::index {

bool HandOver::has_work() const {
    return !lines_.empty() || !files_.empty() || !analysed_.empty() || walk_;
}

void HandOver::note(const FileKey& file) {
    if (files_.size() < room_.files) {
        files_.insert(file);
        return;
    }
    walk_ = true;
    is_behind_ = true;
}

void HandOver::shelved(const store::ShelvedLines& lines) {
    if (lines.key.starts_with('@')) return;  // messages and events without a call
    const FileKey file = file_key(lines.relative);
    {
        const os::MutexLock lock(mutex_);
        if (bytes_ + lines.lines.size() <= room_.bytes) {
            bytes_ += lines.lines.size();
            lines_.push_back({file, std::string(lines.key), std::string(lines.lines), lines.created,
                              lines.goes_on, lines.size, Clock::now()});
        } else {
            is_behind_ = true;
            note(file);
        }
    }
    work_.notify_one();
}

void HandOver::changed(std::string_view relative) {
    const FileKey file = file_key(relative);
    if (file.empty()) return;  // not a call's file
    {
        const os::MutexLock lock(mutex_);
        note(file);
    }
    work_.notify_one();
}

void HandOver::analysed(std::vector<Analysed> batch) {
    {
        const os::MutexLock lock(mutex_);
        analysed_.insert(analysed_.end(), std::make_move_iterator(batch.begin()),
                         std::make_move_iterator(batch.end()));
    }
    work_.notify_one();
}

bool HandOver::takes_analysed() const {
    const os::MutexLock lock(mutex_);
    return analysed_.empty() && !writes_analysed_;
}

HandOver::Work HandOver::take(Clock::time_point until, std::chrono::milliseconds gather,
                              const Portion& most) {
    Work work;
    os::MutexLock lock(mutex_);
    writes_analysed_ = false;
    taken_ = Clock::time_point::max();
    work_.wait_until(lock, until, [this]() REQUIRES(mutex_) { return ended_ || has_work(); });
    if (has_work()) {
        work_.wait_for(lock, gather, [&]() REQUIRES(mutex_) {
            return ended_ || bytes_ >= most.bytes || !files_.empty();
        });
    }
    if (!lines_.empty()) taken_ = lines_.front().since;
    for (std::size_t taken = 0; taken < most.bytes && !lines_.empty(); lines_.pop_front()) {
        taken += lines_.front().lines.size();
        bytes_ -= lines_.front().lines.size();
        work.lines.push_back(std::move(lines_.front()));
    }
    work.analysed = std::exchange(analysed_, {});
    writes_analysed_ = !work.analysed.empty();
    work.walk = std::exchange(walk_, false);
    for (auto it = files_.begin(); it != files_.end() && work.files.size() < most.files;) {
        work.files.push_back(*it);
        it = files_.erase(it);
    }
    if (files_.empty() && !work.walk && work.files.empty()) is_behind_ = false;
    return work;
}

void HandOver::put_back(const Work& work) {
    const os::MutexLock lock(mutex_);
    for (const Shelved& one : work.lines) note(one.file);
    for (const FileKey& file : work.files) note(file);
    walk_ = walk_ || work.walk;
    is_behind_ = true;
}

void HandOver::put_back(std::span<const FileKey> files) {
    const os::MutexLock lock(mutex_);
    for (const FileKey& file : files) note(file);
}

void HandOver::ask_for_walk() {
    {
        const os::MutexLock lock(mutex_);
        walk_ = true;
    }
    work_.notify_one();
}

HandOver::Waiting HandOver::waiting() const {
    const os::MutexLock lock(mutex_);
    Waiting waiting;
    waiting.bytes = bytes_;
    waiting.files = files_.size();
    waiting.is_behind = is_behind_;
    waiting.oldest = taken_;
    if (!lines_.empty()) waiting.oldest = std::min(taken_, lines_.front().since);
    return waiting;
}

void HandOver::end() {
    {
        const os::MutexLock lock(mutex_);
        ended_ = true;
    }
    work_.notify_all();
}

bool HandOver::has_ended() const {
    const os::MutexLock lock(mutex_);
    return ended_;
}

}  // namespace ci::index
