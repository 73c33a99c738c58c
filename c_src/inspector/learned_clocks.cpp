#include "inspector/learned_clocks.h"

#include <cerrno>
#include <chrono>

#include "clocks/kept_clocks.h"
#include "os/sleep.h"
#include "store/disk/disk.h"
#include "store/disk/file_io.h"

namespace ci::inspector {
namespace {

using namespace std::chrono_literals;

constexpr auto keep_every = 60s;
constexpr auto looked_hold = 1s;
/// After this time without a message an observer's name may belong to another clock.
constexpr auto forgotten_after = std::chrono::hours(24 * 7);

wire::Micros now() {
    using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

LearnedClocks::LearnedClocks(const std::filesystem::path& root, store::Group group, Notice notice)
    : path_(root / ".clocks"), group_(group), notice_(std::move(notice)) {
    restore();
    keeper_ = std::jthread([this](const std::stop_token& end) {
        while (os::sleep_for(end, keep_every)) keep();
    });
}

LearnedClocks::~LearnedClocks() {
    keeper_.request_stop();
    keeper_.join();
    keep();
}

void LearnedClocks::restore() {
    const store::Error error = store::read_whole(path_, kept_);
    if (error.code == ENOENT || error.code == ENOTDIR) return;
    if (error) return notice_("kept clocks: " + error.text());
    const auto kept =
        clocks::read_clocks(kept_, now() - std::chrono::microseconds(forgotten_after).count());
    learner_.restore(kept.rows);
    if (kept.skipped > 0) {
        notice_(path_.string() + ": " + std::to_string(kept.skipped) + " lines cannot be read");
    }
}

void LearnedClocks::keep() {
    auto text = clocks::to_text(learner_.table().rows());
    if (text == kept_) return;
    const store::Error error = store::replace_whole(store::disk(), path_, text, group_);
    if (!error) {
        kept_ = std::move(text);
    } else if (error.code != ENOENT &&
               !is_troubled_) {  // before the first call there is no directory
        notice_("cannot keep the clocks: " + error.text());
    }
    is_troubled_ = static_cast<bool>(error);
}

template <class Value>
template <class Look>
std::shared_ptr<const Value> LearnedClocks::Looked<Value>::get(Look look) {
    const auto moment = std::chrono::steady_clock::now();
    if (value == nullptr || moment - from > looked_hold) {
        value = std::make_shared<const Value>(look());
        from = moment;
    }
    return value;
}

LearnedClocks::Priors LearnedClocks::priors() {
    const os::MutexLock lock(looked_mutex_);
    return priors_.get([&] { return learner_.table().priors(); });
}

LearnedClocks::Known LearnedClocks::known() {
    const os::MutexLock lock(looked_mutex_);
    return known_.get([&] { return learner_.table().known(); });
}

}  // namespace ci::inspector
