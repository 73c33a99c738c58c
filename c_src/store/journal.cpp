#include "store/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "store/write.h"

namespace ci::store {
namespace {

constexpr std::string_view suffix = ".jsonl";

bool was_deleted(const File& file) {
    struct stat now {};
    return ::fstat(file.descriptor(), &now) == 0 && now.st_nlink == 0;
}

/// The bytes up to the last line feed.
int whole_lines(const File& file, std::size_t size, std::size_t& whole) {
    std::string tail;
    for (std::size_t length = 65'536;; length *= 8) {
        const std::size_t begin = size > length ? size - length : 0;
        const int error = read_at(file, static_cast<off_t>(begin), size - begin, tail);
        if (error != 0) return error;
        const std::size_t end = tail.rfind('\n');
        if (end == std::string::npos && begin > 0) continue;
        whole = end == std::string::npos ? 0 : begin + end + 1;
        return 0;
    }
}

}  // namespace

wire::expected<bool, JournalError> Journal::lock() {
    if (lock_.is_open() && !was_deleted(lock_)) return true;
    const auto path = directory_ / "lock";
    File file(disk_.open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!file.is_open()) {
        if (errno == ENOENT) return false;
        return JournalError{describe(path, errno)};
    }
    if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
        return JournalError{directory_.parent_path().string() + ": another inspector stores there",
                            true};
    }
    give_to(file.descriptor(), group_);
    lock_ = std::move(file);
    return true;
}

bool Journal::is_gone() const {
    return !current_ || current_->size >= largest_ || was_deleted(current_->file);
}

wire::expected<bool, JournalError> Journal::begin_segment(Seq first) {
    if (const int error = make_directories(disk_, directory_, group_); error != 0) {
        return JournalError{describe(directory_, error)};
    }
    if (const auto locked = lock(); !locked) return locked.error();
    auto segment = std::make_shared<Segment>();
    segment->path = (directory_ / (std::to_string(first) + std::string(suffix))).string();
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC;
    segment->file = File(disk_.open(segment->path.c_str(), flags, file_mode));
    if (!segment->file.is_open() && errno == EEXIST) {
        // Ours: no line of that number was ever written whole, and removing it failed then.
        (void)disk_.unlink(segment->path.c_str());
        segment->file = File(disk_.open(segment->path.c_str(), flags, file_mode));
    }
    if (!segment->file.is_open()) return JournalError{describe(segment->path, errno)};
    give_to(segment->file.descriptor(), group_);
    current_ = std::move(segment);
    return true;
}

wire::expected<Journal::Place, JournalError> Journal::append(std::string_view lines, Seq first) {
    if (is_gone()) {
        if (const auto begun = begin_segment(first); !begun) return begun.error();
    }
    Segment& segment = *current_;
    const int error = append_whole(disk_, segment.file, static_cast<off_t>(segment.size), lines);
    if (error != 0) {
        const JournalError why{describe(segment.path, error)};
        if (segment.size == 0) (void)disk_.unlink(segment.path.c_str());
        // What was half written could not be taken back, maybe: never write behind it.
        current_.reset();
        return why;
    }
    const std::size_t offset = segment.size;
    segment.size += lines.size();
    return Place{current_, offset};
}

int Journal::sync() {
    return !current_ || disk_.sync(current_->file.descriptor()) == 0 ? 0 : errno;
}

Journal::Left Journal::left() const {
    Left result;
    std::error_code failed;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, failed)) {
        if (entry.path().extension() == suffix) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());  // numbers of as many digits
    for (const auto& path : paths) {
        auto segment = std::make_shared<Segment>();
        segment->path = path.string();
        segment->closed = true;
        segment->file = File(disk_.open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0));
        struct stat info {};
        int error =
            !segment->file.is_open() || ::fstat(segment->file.descriptor(), &info) != 0 ? errno : 0;
        const auto size = static_cast<std::size_t>(info.st_size);
        if (error == 0) error = whole_lines(segment->file, size, segment->size);
        if (error != 0) {
            result.problems.push_back(describe(path, error));
            continue;
        }
        if (segment->size < size) ++result.torn;
        result.segments.push_back(std::move(segment));
    }
    return result;
}

}  // namespace ci::store
