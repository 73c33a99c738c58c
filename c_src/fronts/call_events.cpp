#include "fronts/call_events.h"

#include <string>

#include "calls/key.h"

namespace ci::fronts {
namespace {

/// Kazoo's stamps have whole seconds only, so the arrival is the time of an event.
chunk::Draft draft_of(const amqp::CallEvent& event, const std::string& observer,
                      wire::Micros arrival) {
    chunk::Draft draft;
    draft.call_id = event.call_id;
    draft.parser = "amqp";
    draft.observer = observer;
    draft.timestamp = arrival;
    draft.ref_timestamp = arrival;
    draft.flags.set(chunk::Flag::no_clock);
    draft.label = event.label;
    draft.message = event.text;
    draft.event = calls::kazoo_event;
    return draft;
}

}  // namespace

bool CallEvents::stores(const amqp::CallEvent& event, wire::Micros arrival) const {
    const std::string observer = event.node.empty() ? "amqp" : event.node + "@amqp";
    return keep_(draft_of(event, observer, arrival));
}

commands::Outcome CallEvents::take(std::string_view body, wire::Micros arrival) {
    const auto event = amqp::read_call_event(body);
    const bool is_stored = event && stores(*event, arrival);
    const os::MutexLock lock(mutex_);
    ++counts_.received;
    if (event) {
        ++(is_stored ? counts_.stored : counts_.no_room);
    } else {
        ++counts_.malformed[static_cast<std::size_t>(event.error())];
    }
    return {commands::Status::ok, ""};
}

CallEvents::Counts CallEvents::counts() const {
    const os::MutexLock lock(mutex_);
    return counts_;
}

}  // namespace ci::fronts
