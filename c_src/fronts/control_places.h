// Who is connected to the control socket: so many at a time, and so many bytes of answers that are
// not read yet. Who holds others up goes: who asks nothing, then who does not read its answer.
//
// Not locked: all of it belongs to the event loop's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>

namespace ci::fronts {

/// One connection, as far as room is concerned.
class Guest {
  public:
    enum class Doing : std::uint8_t { asking, waiting, reading };
    using Clock = std::chrono::steady_clock;

    virtual ~Guest() = default;
    Guest() = default;
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    /// Hangs up. Its answer is gone by then, or soon.
    virtual void end() = 0;

    [[nodiscard]] Doing doing() const noexcept { return doing_; }
    [[nodiscard]] Clock::time_point since() const noexcept { return since_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  protected:
    void now(Doing doing, std::size_t bytes = 0) {
        doing_ = doing;
        since_ = Clock::now();
        bytes_ = bytes;
    }

  private:
    Doing doing_ = Doing::asking;
    Clock::time_point since_ = Clock::now();
    std::size_t bytes_ = 0;  ///< of an answer that is being written
};

struct ControlLimits {
    std::size_t guests = 256;
    std::size_t bytes = 256UL * 1024 * 1024;  ///< of answers; one alone may have more
    int descriptors = 1 << 20;                ///< a guest's descriptor is less than this
};

class Places {
  public:
    explicit Places(const ControlLimits& limits) : limits_(limits) {}

    void enter(Guest& guest) { guests_.push_back(&guest); }
    void leave(Guest& guest) { guests_.remove(&guest); }

    /// For one more, whom the kernel gave `descriptor`; ends another one if need be. False: all are
    /// waiting for their answers.
    bool make_room(int descriptor);
    /// Ends one that may be ended, whatever room there is; false: there is none.
    bool end_one();
    /// For an answer of so many bytes.
    void make_room_for(std::size_t bytes);

  private:
    [[nodiscard]] Guest* longest(Guest::Doing doing) const;
    void end(Guest& guest);

    const ControlLimits limits_;
    std::list<Guest*> guests_;
};

}  // namespace ci::fronts
