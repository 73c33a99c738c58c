#include "index/changes.h"

#include <algorithm>
#include <utility>

namespace ci::index {
namespace {

/// An inspector does not write a million rows a second for as long as it runs.
Changes::Number first_number() {
    return static_cast<Changes::Number>(std::chrono::duration_cast<std::chrono::microseconds>(
                                            std::chrono::system_clock::now().time_since_epoch())
                                            .count());
}

std::size_t size_of(const Change& change) {
    return sizeof(Change) + change.call_id.size() + change.before.size() + change.after.size();
}

}  // namespace

Changes::Changes(const Room& room) : room_(room), first_(first_number()), next_(first_) {}

void Changes::drop_oldest() {
    bytes_ -= size_of(*kept_.front());
    kept_.pop_front();
}

void Changes::add(std::vector<Change> changes) {
    const os::MutexLock lock(mutex_);
    next_ += changes.size();
    const bool is_asked =
        asked_ != Clock::time_point::min() && Clock::now() - asked_ < room_.unasked;
    if (!is_asked) {
        kept_.clear();
        bytes_ = 0;
        return;
    }
    for (Change& change : changes) {
        bytes_ += size_of(change);
        kept_.push_back(std::make_shared<const Change>(std::move(change)));
        while (bytes_ > room_.bytes) drop_oldest();
    }
}

Changes::Number Changes::next() {
    const os::MutexLock lock(mutex_);
    asked_ = Clock::now();
    return next_;
}

Changes::Read Changes::since(Number number, std::size_t most) {
    const os::MutexLock lock(mutex_);
    asked_ = Clock::now();
    Read read;
    const Number oldest = next_ - kept_.size();
    read.is_another_run = number < first_ || number > next_;
    if (read.is_another_run) number = next_;
    if (number < oldest) {
        read.left_out = oldest - number;
        number = oldest;
    }
    const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(number - oldest);
    const auto count = std::min<std::size_t>(most, next_ - number);
    read.changes.assign(from, from + static_cast<std::ptrdiff_t>(count));
    read.next = number + count;
    return read;
}

}  // namespace ci::index
