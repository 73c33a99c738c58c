// The clients of the control socket: at most so many at a time, and so many bytes of unread
// answers. When room is needed, a client that has not asked is disconnected first, then one that
// does not read its answer.
//
// Not locked: only the event loop's thread uses it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>

namespace ci::fronts {

/// One connection, as far as the limits are concerned.
class Guest {
  public:
    enum class Doing : std::uint8_t { asking, waiting, reading };
    using Clock = std::chrono::steady_clock;

    virtual ~Guest() = default;
    Guest() = default;
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    /// Closes the connection. The memory of its answer is released now or soon after.
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
    std::size_t bytes_ = 0;  ///< bytes of an answer that is being written
};

struct ControlLimits {
    std::size_t guests = 256;
    std::size_t bytes = 256UL * 1024 * 1024;  ///< of all answers; one alone may be larger
    int descriptors = 1 << 20;                ///< a guest's descriptor must be less than this
    std::chrono::milliseconds patience = std::chrono::seconds(30);  ///< to ask, and to read
};

class Places {
  public:
    explicit Places(const ControlLimits& limits) : limits_(limits) {}

    void enter(Guest& guest) { guests_.push_back(&guest); }
    void leave(Guest& guest) { guests_.remove(&guest); }

    [[nodiscard]] std::chrono::milliseconds patience() const noexcept { return limits_.patience; }

    /// Makes room for one more client with `descriptor`, and disconnects another one if need be.
    /// False: all wait for their answers.
    bool make_room(int descriptor);
    /// Disconnects one client that may be disconnected, whatever room there is. False: there is
    /// none.
    bool end_one();
    /// Makes room for an answer of so many bytes.
    void make_room_for(std::size_t bytes);

  private:
    [[nodiscard]] Guest* longest(Guest::Doing doing) const;
    void end(Guest& guest);

    const ControlLimits limits_;
    std::list<Guest*> guests_;
};

}  // namespace ci::fronts
