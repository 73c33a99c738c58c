// What an operator turns on and off while a source runs; all are on to begin with.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ci::sources {

enum class Switch : std::uint8_t {
    capture,          ///< off: what comes in is counted and nothing else
    capture_bad_msgs  ///< off: SIP that names no call or is none is refused, not kept
};

/// By value of Switch.
using SwitchSettings = std::array<bool, 2>;

/// Turned by any thread, looked at by the source's.
class Switches {
  public:
    explicit Switches(const SwitchSettings& settings) {
        for (std::size_t i = 0; i < settings.size(); ++i) on_[i] = settings[i];
    }
    void set(Switch which, bool on) noexcept {
        on_[static_cast<std::size_t>(which)].store(on, std::memory_order_relaxed);
    }
    [[nodiscard]] bool is_on(Switch which) const noexcept {
        return on_[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<bool>, std::tuple_size_v<SwitchSettings>> on_;
};

}  // namespace ci::sources
