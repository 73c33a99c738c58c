// Stores Kazoo's events of calls (amqp/call_event.h) beside the messages of the call. They give way
// to live traffic, and each ends as stored or in exactly one counter.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "amqp/call_event.h"
#include "amqp/message.h"
#include "chunk/chunk.h"
#include "commands/outcome.h"
#include "os/mutex.h"
#include "wire/micros.h"

namespace ci::fronts {

class CallEvents {
  public:
    /// Must not block. False: there is no room.
    using Keep = std::function<bool(const chunk::Draft&)>;

    struct Counts {
        std::uint64_t received = 0, stored = 0;
        std::uint64_t no_room = 0;
        std::uint64_t malformed[std::size(amqp::malformed_names)] = {};
    };

    explicit CallEvents(Keep keep) : keep_(std::move(keep)) {}

    /// The routing key of such an event begins so.
    static constexpr std::string_view key = "call.";

    /// From any thread, as the next one; returns at once.
    [[nodiscard]] commands::Outcome take(std::string_view body, wire::Micros arrival);
    [[nodiscard]] Counts counts() const;

  private:
    [[nodiscard]] bool stores(const amqp::CallEvent& event, wire::Micros arrival) const;

    const Keep keep_;
    mutable os::Mutex mutex_;
    Counts counts_ GUARDED_BY(mutex_);
};

}  // namespace ci::fronts
