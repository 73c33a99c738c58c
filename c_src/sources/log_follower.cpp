#include "sources/log_follower.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

/// The writer of a renamed file may take this long to turn to the new one.
constexpr auto last_lines_time = 100ms;

/// Whether `file` is the one that began so, and was not cut since.
bool is_that_file(const LogFile& file, std::string_view beginning, std::uint64_t size) {
    return file.state().size >= size && file.beginning().starts_with(beginning);
}

/// The index of that very file, or the list's size.
std::size_t find_file(const std::vector<RotatedLog>& logs, const FileIdentity& file) {
    const auto found = std::find_if(logs.begin(), logs.end(),
                                    [&](const RotatedLog& log) { return log.file == file; });
    return static_cast<std::size_t>(found - logs.begin());
}

}  // namespace

wire::expected<LogFollower, net::SocketError> LogFollower::open(
    const std::string& path, const std::optional<LogPlace>& place, std::uint64_t from,
    std::uint64_t replay) {
    LogFollower follower(path);
    if (place) {
        follower.resume(*place, from, replay);
        return follower;
    }
    auto file = LogFile::open(path);
    if (!file) return std::move(file.error());
    follower.start_live(*std::move(file), 0);
    return follower;
}

void LogFollower::start_live(LogFile file, std::uint64_t base) {
    beginning_ = file.beginning();
    was_empty_ = beginning_.empty();
    live_ = std::move(file);
    packed_.reset();
    base_ = base;
    offset_ = 0;
    quiet_since_.reset();
    trouble_.clear();
}

/// Finds the file that was read last, whatever its name is now.
void LogFollower::resume(const LogPlace& place, std::uint64_t from, std::uint64_t replay) {
    const std::uint64_t done = place.position - place.base;
    const std::uint64_t wanted = std::max(from, place.base) - place.base;
    const std::uint64_t offset = wanted - std::min(wanted, replay);
    base_ = place.base;
    auto file = LogFile::open(path_);
    const bool may_be_same = file && (!place.beginning.empty() || file->state().file == place.file);
    if (may_be_same && is_that_file(*file, place.beginning, done)) {
        start_live(*std::move(file), place.base);
        before_ = place.before;
        was_empty_ = place.beginning.empty();
        offset_ = offset;
        begins_in_the_middle_ = offset > 0;
        return;
    }
    const auto logs = rotated_logs(path_);
    const std::size_t found = place.beginning.empty() ? find_file(logs, place.file)
                                                      : find_rotated(logs, place.beginning, done);
    if (found < logs.size() && resume_in(logs[found], offset)) {
        queue_from(logs, found + 1);
        return;
    }
    notice_ = path_ +
              ": the file that was read last is not there any more; what it held behind "
              "octet " +
              std::to_string(done) + " is missing";
    base_ = place.untouched;
    if (file) return start_live(*std::move(file), place.untouched);
    trouble_ = file.error().why;
}

bool LogFollower::resume_in(const RotatedLog& log, std::uint64_t offset) {
    if (!open_rotated(log) || !skip(*packed_, offset)) return false;
    offset_ = offset;
    begins_in_the_middle_ = offset > 0;
    return true;
}

bool LogFollower::open_rotated(const RotatedLog& log) {
    auto file = PackedFile::open(log.path, {});
    if (!file) return false;
    packed_.emplace(*std::move(file));
    live_.reset();
    packed_log_ = log;
    offset_ = 0;
    beginning_.clear();
    if (auto start = PackedFile::open(log.path, {})) {
        beginning_.resize(beginning_size);
        beginning_.resize(start->read(std::as_writable_bytes(std::span(beginning_))));
    }
    const auto plain = LogFile::open(log.path);
    packed_size_ = plain ? plain->state().size : 0;
    return true;
}

/// The files from `first` on came after the one that is read now.
void LogFollower::queue_from(const std::vector<RotatedLog>& logs, std::size_t first) {
    for (std::size_t i = first; i < logs.size(); ++i) {
        // A copy of it that somebody made later holds nothing new.
        if (beginning_.empty() || find_rotated({logs[i]}, beginning_, 0) == 1) {
            queue_.push_back(logs[i]);
        }
    }
}

LogFollower::Read LogFollower::read(std::span<char> to) {
    if (packed_) return read_rotated(to);
    if (live_) return read_live(to);
    return next_file();
}

LogFollower::Read LogFollower::read_rotated(std::span<char> to) {
    const std::size_t got = packed_->read(std::as_writable_bytes(to));
    if (got == 0) {
        if (!packed_->trouble().empty()) {
            notice_ = packed_log_.path + ": " + packed_->trouble() + "; the rest of it is missing";
        }
        packed_.reset();
        return next_file();
    }
    offset_ += got;
    return {Step::data, {to.data(), got}};
}

/// Goes on with the next rotated file, or with the one that has the name now.
LogFollower::Read LogFollower::next_file() {
    const std::uint64_t base = position();
    if (!beginning_.empty()) before_ = beginning_;
    while (!queue_.empty()) {
        const RotatedLog log = std::move(queue_.front());
        queue_.pop_front();
        if (!open_rotated(log)) continue;
        base_ = base;
        return {Step::next_file, {}};
    }
    auto file = LogFile::open(path_);
    if (!file) {
        live_.reset();
        base_ = base;
        offset_ = 0;
        trouble_ = file.error().why;
        return {};
    }
    start_live(*std::move(file), base);
    return {Step::next_file, {}};
}

LogFollower::Read LogFollower::read_live(std::span<char> to) {
    if (is_cut()) return follow_cut();
    const ssize_t got = live_->read(offset_, to);
    if (got < 0) {
        trouble_ = net::last_socket_error().why;
        return {};
    }
    if (got == 0) return follow_name();
    if (was_empty_ && offset_ == 0 && queue_missed()) return next_file();
    if (beginning_.size() < beginning_size) beginning_ = live_->beginning();
    offset_ += static_cast<std::uint64_t>(got);
    trouble_.clear();
    return {Step::data, {to.data(), static_cast<std::size_t>(got)}};
}

/// A file that was empty may have been filled and rotated away unseen, even several times.
bool LogFollower::queue_missed() {
    was_empty_ = false;
    beginning_ = live_->beginning();
    const auto logs = rotated_logs(path_);
    const std::size_t last = find_rotated(logs, before_, 0);
    if (last == logs.size()) return false;
    queue_from(logs, last + 1);
    beginning_.clear();  // nothing of this file was read
    return !queue_.empty();
}

/// Whether the file was truncated (logrotate's copytruncate), and maybe written to since.
bool LogFollower::is_cut() const {
    return live_->state().size < offset_ || !live_->beginning().starts_with(beginning_);
}

/// What was not read before the truncation is in the copy.
LogFollower::Read LogFollower::follow_cut() {
    const auto logs = rotated_logs(path_);
    const std::size_t found = find_rotated(logs, beginning_, offset_);
    const std::uint64_t offset = std::exchange(offset_, 0);
    live_.reset();
    if (found < logs.size() && resume_in(logs[found], offset)) {
        queue_from(logs, found + 1);
        begins_in_the_middle_ = false;
        return {Step::data, {}};
    }
    packed_.reset();
    offset_ = offset;
    notice_ = path_ +
              " was truncated, and no copy of it is there: what was written shortly before "
              "may be missing";
    return next_file();
}

/// The file was read to its end: another one may have its name now.
LogFollower::Read LogFollower::follow_name() {
    auto named = LogFile::open(path_);
    if (!named) {
        trouble_ = named.error().why;
        return {};
    }
    const auto old = live_->state();
    const auto state = named->state();
    trouble_.clear();
    if (state.file == old.file) {
        quiet_since_.reset();
        return {};
    }
    if (state.size == 0) return {};  // its writer has not turned to it yet
    const auto now = Clock::now();
    if (!quiet_since_ || quiet_size_ != old.size) {
        quiet_since_ = now;
        quiet_size_ = old.size;
    }
    if (now < *quiet_since_ + last_lines_time) return {};
    const auto logs = rotated_logs(path_);
    auto found = find_file(logs, old.file);
    if (found == logs.size()) found = find_rotated(logs, beginning_, offset_);
    queue_from(logs, std::min(found + 1, logs.size()));
    return next_file();
}

void LogFollower::look_ahead(const std::function<bool(std::string_view)>& look) const {
    std::vector<char> octets(1U << 18U);
    if (packed_) {
        auto file = PackedFile::open(packed_log_.path, {});
        if (!file || !skip(*file, offset_)) return;
        while (const auto got = file->read(std::as_writable_bytes(std::span(octets)))) {
            if (look({octets.data(), got})) return;
        }
        return;
    }
    if (!live_) return;
    std::uint64_t at = offset_;
    while (true) {
        const ssize_t got = live_->read(at, octets);
        if (got <= 0 || look({octets.data(), static_cast<std::size_t>(got)})) return;
        at += static_cast<std::uint64_t>(got);
    }
}

LogPlace LogFollower::place() const {
    LogPlace place;
    if (packed_) place.file = packed_log_.file;
    if (!packed_ && live_) place.file = live_->state().file;
    place.beginning = beginning_;
    place.before = before_;
    place.base = base_;
    return place;
}

wire::Micros LogFollower::modified() const {
    if (packed_) return packed_log_.modified;
    return live_ ? live_->state().modified : 0;
}

std::uint64_t LogFollower::unread() const {
    std::uint64_t unread = 0;
    if (live_) {
        const auto size = live_->state().size;
        unread += size - std::min(size, offset_);
    }
    return unread;
}

}  // namespace ci::sources
