// Waits for many descriptors at once.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "os/descriptor.h"

namespace ci::net {

class Poller {
  public:
    Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    [[nodiscard]] bool is_open() const noexcept { return epoll_.is_open(); }

    /// Closing a descriptor removes it.
    bool add(int descriptor) noexcept { return control(EPOLL_CTL_ADD, descriptor, EPOLLIN); }

    /// Waits for `descriptor` to become writable (`write`) or readable.
    bool await_write(int descriptor, bool write) noexcept {
        return control(EPOLL_CTL_MOD, descriptor, write ? EPOLLOUT : EPOLLIN);
    }

    /// Stops waiting for `descriptor` (`away`), or resumes.
    bool look_away(int descriptor, bool away) noexcept {
        return control(EPOLL_CTL_MOD, descriptor, away ? 0U : EPOLLIN);
    }

    /// The descriptors that are ready or have failed; none if `timeout_ms` passed. -1: no timeout.
    [[nodiscard]] std::span<const epoll_event> wait(int timeout_ms) noexcept {
        const int count = ::epoll_wait(epoll_.get(), events_.data(),
                                       static_cast<int>(events_.size()), timeout_ms);
        return std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
    }

  private:
    bool control(int operation, int descriptor, std::uint32_t what) noexcept {
        epoll_event event{};
        event.events = what;
        event.data.fd = descriptor;
        return ::epoll_ctl(epoll_.get(), operation, descriptor, &event) == 0;
    }

    os::Descriptor epoll_;
    std::array<epoll_event, 64> events_{};
};

}  // namespace ci::net
