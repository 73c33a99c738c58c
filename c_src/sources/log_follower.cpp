#include "sources/log_follower.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

/// The writer of a renamed file may take this long to turn to the new one.
constexpr auto last_lines_time = 100ms;
/// How often a file is looked for that gets another name just now.
constexpr int most_attempts = 10;

/// Whether `file` is the one that began so, and was not cut since.
bool is_that_file(const LogFile& file, std::string_view beginning, std::uint64_t size) {
    return file.state().size >= size && file.beginning().starts_with(beginning);
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
    const auto state = file.state();
    current_ = {state.file, file.beginning(), state.modified};
    was_empty_ = current_.beginning.empty();
    live_ = std::move(file);
    packed_.reset();
    base_ = base;
    offset_ = 0;
    quiet_since_.reset();
    trouble_.clear();
}

/// Where it may be.
std::string LogFollower::hint() const {
    const std::string packed = unreadable_rotations(path_);
    return packed.empty() ? packed : "; " + packed;
}

/// Finds the file that was read last, whatever its name is now.
void LogFollower::resume(const LogPlace& place, std::uint64_t from, std::uint64_t replay) {
    const std::uint64_t done = place.position - place.base;
    const std::uint64_t wanted = std::max(from, place.base) - place.base;
    const std::uint64_t offset = wanted - std::min(wanted, replay);
    before_ = place.before;
    auto file = LogFile::open(path_);
    const bool may_be_same = file && (!place.beginning.empty() || file->state().file == place.file);
    if (may_be_same && is_that_file(*file, place.beginning, done)) {
        start_live(*std::move(file), place.base);
        was_empty_ = place.beginning.empty();
        offset_ = offset;
        begins_in_the_middle_ = offset > 0;
        return;
    }
    base_ = place.base;
    for (int again = 0; again < most_attempts; ++again) {  // it may be renamed meanwhile
        const auto logs = rotated_logs(path_);
        const std::size_t found = find_rotated(logs, place.beginning, done);
        if (found == logs.size()) break;
        if (resume_in(logs[found], offset)) return;
    }
    if (place.beginning.empty() && resume_behind(place)) return;
    notice_ = path_ +
              ": the file that was read last is not there any more; what it held behind "
              "octet " +
              std::to_string(done) + " is missing" + hint();
    base_ = place.untouched;
    if (file) return start_live(*std::move(file), place.untouched);
    trouble_ = file.error().why;
}

/// Nothing was read of the file yet: it follows the one before it.
bool LogFollower::resume_behind(const LogPlace& place) {
    constexpr auto never = std::numeric_limits<wire::Micros>::max();
    const bool is_first = place.before.empty();
    ReadLog last{is_first ? place.file : FileIdentity{}, place.before, never};
    const auto logs = rotated_logs(path_);
    const auto same = std::find_if(logs.begin(), logs.end(), [&](const RotatedLog& log) {
        return is_first && log.file == place.file && log.size > 0;
    });
    if (same != logs.end()) return resume_in(*same, 0);
    if (is_first || find_rotated(logs, place.before, 0) == logs.size()) return false;
    current_ = std::move(last);
    return true;
}

bool LogFollower::resume_in(const RotatedLog& log, std::uint64_t offset) {
    if (!open_rotated(log)) return false;
    offset_ = offset;
    begins_in_the_middle_ = offset > 0;
    return !packed_ || skip(*packed_, offset);
}

bool LogFollower::open_rotated(const RotatedLog& log) {
    auto plain = LogFile::open(log.path);
    auto file = PackedFile::open(log.path, {});
    // Another file may have got the name since it was listed.
    if (!plain || !file || plain->state().file != log.file) return false;
    if (file->is_packed()) {
        packed_.emplace(*std::move(file));
        packed_path_ = log.path;
        live_.reset();
        current_ = {log.file, beginning_of(log), log.modified};
        quiet_since_.reset();
    } else {
        start_live(*std::move(plain), base_);  // its writer may not have turned away from it yet
    }
    offset_ = 0;
    return true;
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
            notice_ = packed_path_ + ": " + packed_->trouble() + "; the rest of it is missing";
        }
        packed_.reset();
        return next_file();
    }
    offset_ += got;
    return {Step::data, {to.data(), got}};
}

/// Goes on with the next rotated file, or with the one that has the name now. Which one that is can
/// be told only now: rotations go on while a file is read.
LogFollower::Read LogFollower::next_file() {
    const std::uint64_t base = position();
    const std::string beginning = current_.beginning;
    if (const auto log = next_rotated(rotated_logs(path_), current_)) {
        if (open_rotated(*log)) {
            if (!beginning.empty()) before_ = beginning;
            base_ = base;
            return {Step::next_file, {}};
        }
        const auto logs = rotated_logs(path_);
        if (std::find(logs.begin(), logs.end(), *log) == logs.end()) return soon();
        notice_ = log->path + ": cannot be read: what it holds is missing";
        live_.reset();
        current_ = {log->file, {}, log->modified};
        return soon();
    }
    auto file = LogFile::open(path_);
    if (!file) {
        trouble_ = file.error().why;
        return {};
    }
    if (!beginning.empty()) before_ = beginning;
    start_live(*std::move(file), base);
    return {Step::next_file, {}};
}

/// Names change just now.
LogFollower::Read LogFollower::soon() {
    if (!quiet_since_) quiet_since_ = Clock::now();
    return {};
}

LogFollower::Read LogFollower::read_live(std::span<char> to) {
    if (is_cut()) return follow_cut();
    const ssize_t got = live_->read(offset_, to);
    if (got < 0) {
        trouble_ = net::last_socket_error().why;
        return {};
    }
    if (got == 0) return follow_name();
    if (was_empty_ && offset_ == 0 && has_missed()) return next_file();
    if (current_.beginning.size() < beginning_size) current_.beginning = live_->beginning();
    offset_ += static_cast<std::uint64_t>(got);
    trouble_.clear();
    return {Step::data, {to.data(), static_cast<std::size_t>(got)}};
}

/// A file that was empty may have been filled and rotated away unseen, even several times.
bool LogFollower::has_missed() {
    was_empty_ = false;
    ReadLog last{{}, before_, current_.modified};
    if (!next_rotated(rotated_logs(path_), last)) return false;
    live_.reset();
    current_ = std::move(last);
    return true;
}

/// Whether the file was truncated (logrotate's copytruncate), and maybe written to since.
bool LogFollower::is_cut() {
    const auto state = live_->state();
    if (state.size < offset_ || !live_->beginning().starts_with(current_.beginning)) return true;
    if (offset_ > 0) current_.modified = state.modified;
    return false;
}

/// What was not read before the truncation is in the copy.
LogFollower::Read LogFollower::follow_cut() {
    const std::uint64_t offset = offset_;
    const auto logs = rotated_logs(path_);
    const std::size_t found = find_rotated(logs, current_.beginning, offset);
    if (found < logs.size()) {
        if (!resume_in(logs[found], offset)) {
            offset_ = offset;
            return soon();
        }
        begins_in_the_middle_ = false;
        return {Step::data, {}};
    }
    live_.reset();
    current_.file = {};
    notice_ = path_ +
              " was truncated, and no copy of it is there: what was written shortly before "
              "may be missing" +
              hint();
    return next_file();
}

/// The file was read to its end: another one may follow.
LogFollower::Read LogFollower::follow_name() {
    const auto old = live_->state();
    const auto named = LogFile::open(path_);
    trouble_ = named ? "" : named.error().why;
    if (named && named->state().file == old.file) {
        quiet_since_.reset();
        return {};
    }
    // Until the named file has content, its writer has not turned to it.
    if ((!named || named->state().size == 0) && !next_rotated(rotated_logs(path_), current_)) {
        return {};
    }
    const auto now = Clock::now();
    if (!quiet_since_ || quiet_size_ != old.size) {
        quiet_since_ = now;
        quiet_size_ = old.size;
    }
    if (now < *quiet_since_ + last_lines_time) return {};
    return next_file();
}

void LogFollower::look_ahead(const std::function<bool(std::string_view)>& look) const {
    std::vector<char> octets(1U << 18U);
    if (packed_) {
        auto file = PackedFile::open(packed_path_, {});
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
    place.file = current_.file;
    place.beginning = current_.beginning;
    place.before = before_;
    place.base = base_;
    return place;
}

wire::Micros LogFollower::modified() const {
    if (packed_) return current_.modified;
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
