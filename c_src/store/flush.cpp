#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/path.h"
#include "store/flushing.h"
#include "store/store.h"

namespace ci::store {
namespace {

/// How long a flush waits for its mark to be in the journal. If the journal cannot be written, the
/// flush holds only until the program ends.
Backlog::Clock::time_point patience() {
    return Backlog::Clock::now() + std::chrono::seconds(1);
}

/// A symbolic link or a file in place of a directory holds no calls of the store.
bool is_not_ours(int error) noexcept {
    return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

}  // namespace

void Flushed::failed(Error why) {
    if (!why || why.code == ENOENT) return;  // already removed, as wanted
    if (failures++ == 0) error = std::move(why);
}

std::string Flushed::text() const {
    if (failures < 2) return error.text();
    return error.text() + " (and " + std::to_string(failures - 1) + " more)";
}

Flushed Flushing::run(const Mark& mark) {
    const os::MutexLock only(one_at_a_time_);
    {
        const auto all = files_.lock_all();
        const std::vector<std::string> kept = pins_.all();
        mark(kept);
        const os::MutexLock lock(mutex_);
        spared_.insert(kept.begin(), kept.end());
        running_ = true;
    }
    Flushed result;
    // Through descriptors, level by level, so that a symbolic link cannot lead out of the root.
    const std::string name = files_.root().string();
    const File root = open_root(name);
    if (root.is_open()) {
        const Names outer_names = names_in(root, name, is_directory_name);
        result.failed(outer_names.error);
        for (const std::string& first : outer_names.names) {
            const File outer = open_directory(root, first.c_str());
            if (!outer.is_open()) {
                if (!is_not_ours(errno)) result.failed({errno, files_.root() / first});
                continue;
            }
            const Names inner_names = names_in(outer, files_.root() / first, is_directory_name);
            result.failed(inner_names.error);
            for (const std::string& second : inner_names.names) {
                empty(outer, first, second, result);
            }
            (void)disk_.unlink_at(root.get(), first.c_str(), AT_REMOVEDIR);
        }
    } else {
        result.failed({errno, name});
    }
    const os::MutexLock lock(mutex_);
    running_ = false;
    spared_.clear();
    return result;
}

void Flushing::empty(const File& outer, const std::string& first, const std::string& second,
                     Flushed& result) {
    const auto directory = files_.root() / first / second;
    const File inner = open_directory(outer, second.c_str());
    if (!inner.is_open()) {
        if (!is_not_ours(errno)) result.failed({errno, directory});
        return;
    }
    const Names names = names_in(inner, directory, is_file_name);
    result.failed(names.error);
    for (const std::string& name : names.names) {
        std::string relative = first;
        relative.append("/").append(second).append("/").append(plain_name(name));
        const auto lock = files_.lock(relative);
        if (stays(relative)) continue;
        struct stat info {};
        (void)::fstatat(inner.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW);
        if (disk_.unlink_at(inner.get(), name.c_str(), 0) == 0) {
            ++result.files;
            result.bytes += static_cast<std::uint64_t>(info.st_size);
            files_.note_change(relative);
        } else {
            result.failed({errno, directory / name});
        }
    }
    // Fails, as intended, if the directory holds files that are not the store's.
    (void)disk_.unlink_at(outer.get(), second.c_str(), AT_REMOVEDIR);
}

bool Flushing::stays(const std::string& relative) const {
    if (pins_.has(relative)) return true;
    const os::MutexLock lock(mutex_);
    return spared_.count(relative) != 0;
}

void Flushing::before_append(const std::string& relative) {
    {
        const os::MutexLock lock(mutex_);
        if (!running_ || pins_.has(relative) || !spared_.insert(relative).second) return;
    }
    (void)files_.remove(relative);
}

Flushed Store::flush(std::string_view call_id) {
    Flushed result;
    pins_.reread();
    if (result.error = pins_.problem(); result.error) return result;
    const std::string relative = relative_path(call_id);
    if (pins_.has(relative)) {
        result.error = {pinned, {}};
        return result;
    }
    // Locked before the mark is set: lines after the mark must not be in the file that is removed.
    auto lock = files_.lock(relative);
    const Seq mark = backlog_.flush({key_for(call_id), {}});
    const CallFiles::Removed removed = files_.remove(relative);
    lock.unlock();
    (void)backlog_.wait_until_journalled(mark, patience());
    if (removed.any) {
        result.files = 1;
        housekeeper_->removed(1, static_cast<std::uint64_t>(removed.bytes));
        const auto directory = (root() / relative).parent_path();
        if (is_durable_ && disk_.sync_directory(directory.c_str()) != 0) {
            result.failed({errno, directory});
        }
    }
    result.failed(removed.error);
    return result;
}

Flushed Store::flush() {
    Flushed result;
    pins_.reread();
    if (result.error = pins_.problem(); result.error) return result;
    Seq mark = 0;
    result = flushing_.run([&](const auto& kept) { mark = backlog_.flush({std::nullopt, kept}); });
    (void)backlog_.wait_until_journalled(mark, patience());
    housekeeper_->removed(result.files, result.bytes);
    if (is_durable_ && result.files > 0) {
        const File directory = open_root(root());
        if (!directory.is_open() || disk_.sync_filesystem(directory.get()) != 0) {
            result.failed({errno, root()});
        }
    }
    return result;
}

}  // namespace ci::store
