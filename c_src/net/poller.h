// Waits for many descriptors at once.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "net/descriptor.h"

namespace ci::net {

class Poller {
  public:
    Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    [[nodiscard]] bool is_open() const noexcept { return epoll_.is_open(); }

    /// A descriptor leaves by being closed.
    bool add(int descriptor) noexcept { return control(EPOLL_CTL_ADD, descriptor, EPOLLIN); }

    /// From now on `descriptor` is waited for until it can be written, or read.
    bool await_write(int descriptor, bool write) noexcept {
        return control(EPOLL_CTL_MOD, descriptor, write ? EPOLLOUT : EPOLLIN);
    }

    /// From now on `descriptor` is not waited for, or again.
    bool look_away(int descriptor, bool away) noexcept {
        return control(EPOLL_CTL_MOD, descriptor, away ? 0U : EPOLLIN);
    }

    /// Those that are ready now, or never again. Empty after `timeout_ms`; -1: waits for ever.
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

    Descriptor epoll_;
    std::array<epoll_event, 64> events_{};
};

}  // namespace ci::net
