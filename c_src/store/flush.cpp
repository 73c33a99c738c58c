#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "store/flushing.h"
#include "store/path.h"
#include "store/store.h"
#include "store/tree.h"
#include "store/write.h"

namespace ci::store {
namespace {

void note(Flushed& result, const std::string& what, int error) {
    if (error == ENOENT) return;  // somebody else was faster, and that is what was wanted
    result.error = what + ": " + std::system_category().message(error);
}

/// While nothing can be written, what was flushed is gone only as long as the program runs.
Backlog::Clock::time_point patience() {
    return Backlog::Clock::now() + std::chrono::seconds(1);
}

}  // namespace

Flushed Flushing::run(const std::function<void()>& mark) {
    const std::scoped_lock only(one_at_a_time_);
    {
        const auto all = files_.lock_all();
        mark();
        const std::scoped_lock lock(mutex_);
        running_ = true;
    }
    Flushed result;
    // Through descriptors, level by level: a link put in the way cannot lead out of the root.
    const File root = open_directory(AT_FDCWD, files_.root().c_str());
    if (root.is_open()) {
        for (const std::string& first : names_in(root, is_directory_name)) {
            const File outer = open_directory(root.descriptor(), first.c_str());
            if (!outer.is_open()) continue;
            for (const std::string& second : names_in(outer, is_directory_name)) {
                empty(outer.descriptor(), first, second, result);
            }
            (void)::unlinkat(root.descriptor(), first.c_str(), AT_REMOVEDIR);
        }
    } else {
        note(result, files_.root().string(), errno);
    }
    const std::scoped_lock lock(mutex_);
    running_ = false;
    new_.clear();
    return result;
}

void Flushing::empty(int outer, const std::string& first, const std::string& second,
                     Flushed& result) {
    const File inner = open_directory(outer, second.c_str());
    if (!inner.is_open()) return;
    for (const std::string& name : names_in(inner, is_file_name)) {
        std::string relative = first;
        relative.append("/").append(second).append("/").append(plain_name(name));
        const auto lock = files_.lock(relative);
        if (stays(relative)) continue;
        struct stat info {};
        (void)::fstatat(inner.descriptor(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW);
        if (::unlinkat(inner.descriptor(), name.c_str(), 0) == 0) {
            ++result.files;
            result.bytes += static_cast<std::uint64_t>(info.st_size);
        } else {
            note(result, (files_.root() / first / second / name).string(), errno);
        }
    }
    // Left as it is where files are that are not ours.
    (void)::unlinkat(outer, second.c_str(), AT_REMOVEDIR);
}

bool Flushing::stays(const std::string& relative) const {
    if (pins_.has(relative)) return true;
    const std::scoped_lock lock(mutex_);
    return new_.count(relative) != 0;
}

void Flushing::before_append(const std::string& relative) {
    {
        const std::scoped_lock lock(mutex_);
        if (!running_ || pins_.has(relative) || !new_.insert(relative).second) return;
    }
    (void)files_.remove(relative);
}

Flushed Store::flush(std::string_view call_id) {
    Flushed result;
    const std::string relative = relative_path(call_id);
    if (pins_.has(relative)) {
        result.error = "the call is pinned";
        return result;
    }
    // Locked before the mark: what comes after it must not be in the file that is removed.
    auto lock = files_.lock(relative);
    const Seq mark = backlog_.flush(key_for(call_id));
    const CallFiles::Removed removed = files_.remove(relative);
    lock.unlock();
    (void)backlog_.wait_until_journalled(mark, patience());
    if (removed.any) {
        result.files = 1;
        housekeeper_->removed(1, static_cast<std::uint64_t>(removed.bytes));
    }
    if (removed.error != 0) result.error = describe(root() / relative, removed.error);
    return result;
}

Flushed Store::flush() {
    // What is on its way is forgotten whosever it is, so pinned calls' lines must have arrived.
    if (!pins_.empty()) (void)settle(Backlog::Clock::now() + std::chrono::seconds(5));
    Seq mark = 0;
    Flushed result = flushing_.run([&] { mark = backlog_.flush(std::nullopt); });
    (void)backlog_.wait_until_journalled(mark, patience());
    housekeeper_->removed(result.files, result.bytes);
    return result;
}

}  // namespace ci::store
