// Cancels a computation that takes too long. The caller makes a Patience for its thread, and
// another thread requests the stop. Loops that outside bytes can make long call may_go_on().
#pragma once

#include <exception>
#include <stop_token>
#include <utility>

namespace ci::wire {

/// The input may be valid, but the computation took too long.
class TookTooLong : public std::exception {
  public:
    [[nodiscard]] const char* what() const noexcept override { return "took too long"; }
};

class Patience {
  public:
    /// Applies to this thread for the lifetime of the Patience.
    explicit Patience(std::stop_token end) : end_(std::move(end)), before_(current) {
        current = &end_;
    }
    ~Patience() { current = before_; }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

  private:
    friend void may_go_on();
    static inline constinit thread_local const std::stop_token* current = nullptr;
    std::stop_token end_;
    const std::stop_token* before_;
};

/// Throws TookTooLong once the stop was requested. Nearly free in a thread without a Patience.
inline void may_go_on() {
    if (Patience::current != nullptr && Patience::current->stop_requested()) throw TookTooLong();
}

}  // namespace ci::wire
