// How a computation is given up that takes too long. Whoever begins one says so for its thread, and
// asks for the end later, from another; loops that outside bytes can make long look now and then.
#pragma once

#include <exception>
#include <stop_token>
#include <utility>

namespace ci::wire {

/// Nothing is wrong with the input but that it takes too long.
class TookTooLong : public std::exception {
  public:
    [[nodiscard]] const char* what() const noexcept override { return "took too long"; }
};

class Patience {
  public:
    /// For this thread, as long as it lives.
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

/// Throws TookTooLong once the end was asked for. Where nobody will, it costs next to nothing.
inline void may_go_on() {
    if (Patience::current != nullptr && Patience::current->stop_requested()) throw TookTooLong();
}

}  // namespace ci::wire
