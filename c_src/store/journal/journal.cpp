#include "store/journal/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

constexpr std::string_view segment_suffix = ".jsonl", next_suffix = ".next";

bool was_deleted(const File& file) {
    struct stat now {};
    return ::fstat(file.get(), &now) == 0 && now.st_nlink == 0;
}

/// A segment is closed at this age even if little was written. Its lines are in calls' files by
/// then, and if those are removed, a kill must not restore them.
constexpr auto longest_time = std::chrono::seconds(10);

/// How many numbers are reserved at a time.
constexpr Seq reserve_size = 1'000'000;

/// Matches "1795266546123456.jsonl"; files of other names are left alone.
bool is_number(std::string_view name, std::string_view suffix) {
    return name.size() == seq_digits + suffix.size() && name.ends_with(suffix) &&
           name.substr(0, seq_digits).find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_segment(std::string_view name) {
    return is_number(name, segment_suffix);
}
bool is_next(std::string_view name) {
    return is_number(name, next_suffix);
}
bool is_half_made(std::string_view name) {
    if (!name.ends_with(temporary_suffix)) return false;
    name.remove_suffix(temporary_suffix.size());
    return is_segment(name);
}

}  // namespace

wire::expected<bool, Error> Journal::lock() {
    if (lock_.is_open() && !was_deleted(lock_)) return true;
    is_reserved_ = false;
    const auto path = directory_ / "lock";
    if (Error error = check_directory(directory_)) {
        if (error.code == ENOENT) return false;
        return error;
    }
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    File file(disk_.open(path.c_str(), flags, file_mode));
    if (!file.is_open()) {
        if (errno == ENOENT) return false;
        return Error{errno, path};
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return Error{in_use, directory_.parent_path()};
    }
    give_to(file.get(), group_);
    lock_ = std::move(file);
    return true;
}

bool Journal::is_over() const {
    return !current_ || current_->size >= policy_.segment_size || was_deleted(current_->file) ||
           was_deleted(lock_) || std::chrono::steady_clock::now() - begun_ >= longest_time;
}

std::filesystem::path Journal::next_path() const {
    return directory_ / (std::to_string(next_) + std::string(next_suffix));
}

/// Reserves numbers up to `last`, with one rename for a million numbers.
int Journal::reserve(Seq last) {
    if (is_reserved_ && last < next_) return 0;
    const auto old = next_path();
    const bool is_there = next_ != 0;
    next_ = std::max(next_, last + reserve_size);
    const auto path = next_path();
    is_directory_unsynced_ = true;
    if (!is_there || disk_.rename(old.c_str(), path.c_str()) != 0) {
        constexpr int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        const File file(disk_.open(path.c_str(), flags, file_mode));
        if (!file.is_open()) return errno;
        give_to(file.get(), group_);
    }
    is_reserved_ = true;
    return 0;
}

Error Journal::begin_segment(Seq first) {
    if (Error error = make_directories(disk_, directory_, group_, &made_)) return error;
    if (const auto locked = lock(); !locked) return locked.error();
    auto segment = std::make_shared<Segment>();
    segment->path = (directory_ / (std::to_string(first) + std::string(segment_suffix))).string();
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC;
    segment->file = File(disk_.open(segment->path.c_str(), flags, file_mode));
    if (!segment->file.is_open() && errno == EEXIST) {
        // Left by this program: the segment's first write failed, and so did its removal.
        (void)disk_.unlink(segment->path.c_str());
        segment->file = File(disk_.open(segment->path.c_str(), flags, file_mode));
    }
    if (!segment->file.is_open()) return {errno, segment->path};
    give_to(segment->file.get(), group_);
    is_directory_unsynced_ = true;
    std::erase_if(unsynced_, [](const auto& one) { return was_deleted(one->file); });
    current_ = std::move(segment);
    begun_ = std::chrono::steady_clock::now();
    return {};
}

wire::expected<Journal::Place, Error> Journal::append(std::string_view lines, Seq first, Seq last) {
    if (is_over()) {
        if (Error failed = begin_segment(first)) return failed;
    }
    Segment& segment = *current_;
    int error = reserve(last);
    if (error == 0) {
        error = append_whole(disk_, segment.file, static_cast<off_t>(segment.size), lines);
    }
    if (error != 0) {
        const Error why{error, segment.path};
        if (segment.size == 0) (void)disk_.unlink(segment.path.c_str());
        // A partial write may still be in the segment, so the next append begins a new one.
        current_.reset();
        return why;
    }
    if (policy_.syncs && (unsynced_.empty() || unsynced_.back() != current_)) {
        unsynced_.push_back(current_);
    }
    const std::size_t offset = segment.size;
    segment.size += lines.size();
    return Place{current_, offset};
}

Error Journal::sync() {
    Error error;
    for (const auto& segment : unsynced_) {
        if (disk_.sync(segment->file.get()) != 0) error = {errno, segment->path};
    }
    unsynced_.clear();
    if (is_directory_unsynced_) {
        if (Error failed = sync_directories(disk_, directory_, made_)) return failed;
        is_directory_unsynced_ = false;
        made_.clear();
    }
    return error;
}

Journal::Left Journal::left() {
    Left result;
    const auto names_of = [&](IsOurs is_ours) {
        Names found = names_in(directory_, is_ours);
        if (found.error) result.problems.push_back(std::move(found.error));
        std::sort(found.names.begin(), found.names.end());  // all numbers have the same length
        return found.names;
    };
    for (const std::string& name : names_of(is_half_made)) {
        (void)disk_.unlink((directory_ / name).c_str());
    }
    // If there are several, the highest counts.
    for (const std::string& name : names_of(is_next)) {
        if (next_ != 0) (void)disk_.unlink(next_path().c_str());
        next_ = std::min<Seq>(std::stoull(name), max_seq);
    }
    result.next = next_;
    for (const std::string& name : names_of(is_segment)) {
        const auto path = directory_ / name;
        auto segment = std::make_shared<Segment>();
        segment->path = path.string();
        segment->closed = true;
        // O_NONBLOCK, so that a FIFO of this name does not block the open.
        constexpr int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        segment->file = File(disk_.open(path.c_str(), flags, 0));
        off_t size = 0;
        const int error = segment->file.is_open() ? check_regular(segment->file, size) : errno;
        segment->size = static_cast<std::size_t>(size);
        if (error == 0) {
            result.segments.push_back(std::move(segment));
        } else {
            result.problems.push_back({error, path});
        }
    }
    return result;
}

}  // namespace ci::store
