// What an operator can switch on and off while a source runs. By default all are on.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ci::sources {

enum class Switch : std::uint8_t {
    capture,          ///< off: packets are only counted
    capture_bad_msgs  ///< off: SIP without a Call-ID, and text that is not SIP, is refused
};

/// By value of Switch.
using SwitchSettings = std::array<bool, 2>;

/// Set by any thread, read by the source's.
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
