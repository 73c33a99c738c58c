#include "sources/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

#include "net/socket_error.h"
#include "sources/log_file.h"

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

/// How long a change may stay unnoticed where inotify does not tell.
constexpr auto poll_time = 100ms;
constexpr auto gather_time = 20ms;
/// inotify does not tell of everything: a directory above that was renamed, a lost event.
constexpr auto idle_time = 1'000ms;

}  // namespace

FileWatch::FileWatch(std::string path)
    : path_(std::move(path)),
      inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      end_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      tells_all_(false) {
    if (!inotify_.is_open()) {
        why_polling_ = "fs.inotify.max_user_instances: " + net::last_socket_error().why;
        return;
    }
    const std::string directory = std::filesystem::path(path_).parent_path().string();
    tells_all_ = watch(directory, IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE) >= 0 &&
                 !is_on_network(directory);
    look_again();
}

int FileWatch::watch(const std::string& path, std::uint32_t events) {
    const int watch = ::inotify_add_watch(inotify_.get(), path.c_str(), events);
    if (watch < 0 && errno == ENOSPC) {
        why_polling_ = "fs.inotify.max_user_watches: " + net::last_socket_error().why;
    }
    return watch;
}

void FileWatch::look_again() {
    if (!inotify_.is_open()) return;
    const std::string before = std::exchange(why_polling_, {});
    const int next = watch(path_, IN_MODIFY | IN_ATTRIB);
    if (!tells_all_) why_polling_ = before;
    if (next < 0 || next == file_) return;
    // The writer of a renamed file may not have turned to the new one yet.
    if (previous_ >= 0) ::inotify_rm_watch(inotify_.get(), previous_);
    previous_ = file_;
    file_ = next;
}

void FileWatch::wait(bool is_urgent) {
    std::array<pollfd, 2> waits{{{end_.get(), POLLIN, 0}, {inotify_.get(), POLLIN, 0}}};
    // A busy log changes thousands of times a second.
    if (::poll(waits.data(), 1, static_cast<int>(gather_time.count())) != 0) return;
    const bool is_told = tells_all_ && file_ >= 0 && why_polling_.empty();
    const auto longest = is_urgent ? gather_time : is_told ? idle_time : poll_time;
    if (::poll(waits.data(), waits.size(), static_cast<int>(longest.count())) <= 0) return;
    std::array<char, 4'096> events{};
    while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    }
}

void FileWatch::end() noexcept {
    (void)::eventfd_write(end_.get(), 1);
}

}  // namespace ci::sources
