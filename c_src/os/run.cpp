#include "os/run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "os/descriptor.h"

namespace ci::os {
namespace {

struct Pipe {
    Descriptor read, write;
};

bool open(Pipe& pipe) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    pipe.read = Descriptor(ends[0]);
    pipe.write = Descriptor(ends[1]);
    return true;
}

/// 0, or why not.
int start(const std::vector<std::string>& words, const Pipe& output, const Pipe& errors,
          pid_t& child) {
    std::vector<std::string> copies = words;
    std::vector<char*> pointers;
    pointers.reserve(copies.size() + 1);
    for (std::string& copy : copies) pointers.push_back(copy.data());
    pointers.push_back(nullptr);
    // Nothing else of our environment, in which there may be a password.
    const char* const path = std::getenv("PATH");
    std::string where = std::string("PATH=") + (path == nullptr ? "/usr/sbin:/usr/bin" : path);
    std::string language = "LC_ALL=C";
    char* const environment[] = {where.data(), language.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.write.get(), STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // Threads of ours block signals, which a child would inherit.
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int failure =
        ::posix_spawnp(&child, pointers[0], &actions, &attributes, pointers.data(), environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

/// False: there is no more to come.
bool take(int descriptor, std::string& text, std::size_t most) {
    std::array<char, 65'536> bytes;
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    text.append(bytes.data(), std::min(static_cast<std::size_t>(count), most - text.size()));
    return count > 0;
}

}  // namespace

Ran run(const std::vector<std::string>& words, std::chrono::milliseconds patience,
        std::size_t most) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + patience;
    Ran ran;
    Pipe output, errors;
    pid_t child = 0;
    if (!open(output) || !open(errors)) {
        ran.failure = errno;
        return ran;
    }
    ran.failure = start(words, output, errors, child);
    if (ran.failure != 0) return ran;
    output.write = Descriptor();
    errors.write = Descriptor();
    std::array<pollfd, 2> polled{{{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}}};
    while (polled[0].fd >= 0 || polled[1].fd >= 0) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) break;
        if (::poll(polled.data(), polled.size(), static_cast<int>(left)) <= 0) continue;
        for (std::size_t i = 0; i < polled.size(); ++i) {
            if (polled[i].revents == 0) continue;
            std::string& text = i == 0 ? ran.output : ran.errors;
            if (!take(polled[i].fd, text, most)) polled[i].fd = -1;
        }
    }
    if (polled[0].fd >= 0 || polled[1].fd >= 0) {
        ran.failure = ETIMEDOUT;
        ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

}  // namespace ci::os
