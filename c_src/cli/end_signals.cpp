#include "cli/end_signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <utility>

namespace ci::cli {
namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};

/// The event that a signal sets; negative: none.
std::atomic<int> event{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler takes no lock");

void set_event(int /*signal*/) {
    const int error = errno;
    const std::uint64_t one = 1;
    // A signal more than the event counts changes nothing.
    [[maybe_unused]] const auto written = ::write(event, &one, sizeof one);
    errno = error;
}

bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

int new_event() {
    const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    return descriptor;
}

}  // namespace

EndSignals::EndSignals(boost::asio::io_context& io) : came_(io, new_event()) {}

EndSignals::~EndSignals() {
    for (const int signal : ending) std::signal(signal, SIG_IGN);
    event = -1;
}

void EndSignals::listen(std::function<void()> end) {
    event = came_.native_handle();
    struct sigaction action {};
    action.sa_handler = set_event;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : ending) {
        if (signal != SIGHUP || !is_ignored(signal)) ::sigaction(signal, &action, nullptr);
    }
    came_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [end = std::move(end)](const boost::system::error_code& failure) {
                         if (!failure) end();
                     });
}

}  // namespace ci::cli
