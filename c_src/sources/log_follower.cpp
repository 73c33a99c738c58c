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
    const auto logs = rotated_logs(path_);
    // A beginning that was short then may be that of any file.
    std::size_t found = find_file(logs, place.file);
    if (found < logs.size() && !beginning_of(logs[found]).starts_with(place.beginning)) {
        found = logs.size();  // another file has its inode now
    }
    const bool may_be_same = file && (file->state().file == place.file ||
                                      (found == logs.size() && !place.beginning.empty()));
    if (may_be_same && is_that_file(*file, place.beginning, done)) {
        start_live(*std::move(file), place.base);
        before_.beginning = place.before;
        was_empty_ = place.beginning.empty();
        offset_ = offset;
        begins_in_the_middle_ = offset > 0;
        return;
    }
    if (found == logs.size()) found = find_rotated(logs, place.beginning, done);
    if (found < logs.size() && resume_in(logs[found], offset)) return;
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
    const auto opened = LogFile::open(log.path);
    // It may have been renamed since it was listed.
    if (!file || !opened || opened->state().file != log.file) return false;
    packed_.emplace(*std::move(file));
    live_.reset();
    packed_log_ = log;
    offset_ = 0;
    beginning_ = beginning_of(log);
    return true;
}

/// The first file that was rotated away after the one that was read last, and before `named` got
/// the name.
std::optional<RotatedLog> LogFollower::find_missed(const std::optional<LogFile>& named) const {
    const auto logs = rotated_logs(path_);
    std::size_t i = find_file(logs, before_.file);
    if (i == logs.size()) i = find_rotated(logs, before_.beginning, 0);
    for (++i; i < logs.size(); ++i) {
        if (named && logs[i].file == named->state().file) return std::nullopt;
        const std::string beginning = beginning_of(logs[i]);
        // A copy of it that somebody made later holds nothing new.
        if (!beginning.empty() && beginning != before_.beginning) return logs[i];
    }
    return std::nullopt;
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
        leave();
        return next_file();
    }
    offset_ += got;
    return {Step::data, {to.data(), got}};
}

/// Notes that this file was read to its end.
void LogFollower::leave() {
    if (beginning_.empty()) return;  // nothing was read of it
    before_ = {live_ ? live_->state().file : packed_log_.file, beginning_};
}

/// Goes on with the next rotated file, or with the one that has the name now.
LogFollower::Read LogFollower::next_file() {
    const std::uint64_t base = position();
    live_.reset();
    packed_.reset();
    beginning_.clear();
    base_ = base;
    offset_ = 0;
    auto named = LogFile::open(path_);
    trouble_ = named ? "" : named.error().why;
    std::optional<LogFile> file;
    if (named) file = *std::move(named);
    // Listed after the name was looked up, so that no file can slip away in between.
    if (const auto missed = find_missed(file)) {
        if (!open_rotated(*missed)) return {Step::data, {}};  // the next call looks again
        return {Step::next_file, {}};
    }
    if (!file) return {};
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
    if (was_empty_ && offset_ == 0 && missed_some()) return next_file();
    if (beginning_.size() < beginning_size) beginning_ = live_->beginning();
    offset_ += static_cast<std::uint64_t>(got);
    trouble_.clear();
    return {Step::data, {to.data(), static_cast<std::size_t>(got)}};
}

/// A file that was empty may have been filled and rotated away unseen, even several times.
bool LogFollower::missed_some() {
    const bool missed = find_missed(std::nullopt).has_value();
    if (missed) beginning_.clear();  // nothing of this file was read
    was_empty_ = !missed && live_->beginning().empty();
    return missed;
}

/// Whether the file was truncated (logrotate's copytruncate), and maybe written to since.
bool LogFollower::is_cut() const {
    return live_->state().size < offset_ || !live_->beginning().starts_with(beginning_);
}

/// What was not read before the truncation is in the copy.
LogFollower::Read LogFollower::follow_cut() {
    const auto logs = rotated_logs(path_);
    const std::size_t found = find_rotated(logs, beginning_, offset_);
    const std::uint64_t offset = offset_;
    leave();
    if (found < logs.size() && resume_in(logs[found], offset)) {
        begins_in_the_middle_ = false;
        return {Step::data, {}};
    }
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
        if (was_empty_ && offset_ == 0 && missed_some()) return next_file();
        return {};
    }
    leave();
    // Its writer has not turned to it yet, unless there were others in between.
    if (state.size == 0 && !find_missed(std::optional(*std::move(named)))) return {};
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
    place.before = before_.beginning;
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
