#include "fronts/port_events.h"

#include <limits>
#include <utility>

#include "erlang/port_terms.h"

namespace ci::fronts {

std::optional<std::string> PortEvents::add(std::string exchange, std::string key, std::string body,
                                           Clock::time_point now) {
    events_.push_back({std::move(exchange), std::move(key), std::move(body)});
    bytes_ += events_.back().size();
    while (events_.size() > 1 && (events_.size() > max_ || bytes_ > max_bytes_)) {
        bytes_ -= events_.front().size();
        events_.pop_front();
        ++dropped_;
    }
    return complain(now);
}

void PortEvents::grant(std::uint64_t events) noexcept {
    const auto room = std::numeric_limits<std::uint64_t>::max() - credit_;
    credit_ += std::min(events, room);
}

void PortEvents::append_granted(std::string& out) {
    for (; credit_ > 0 && !events_.empty(); --credit_) {
        const Event& event = events_.front();
        erlang::append_publish(++seq_, event.exchange, event.key, event.body, out);
        bytes_ -= event.size();
        events_.pop_front();
    }
}

std::optional<std::string> PortEvents::complain(Clock::time_point now) {
    using namespace std::chrono_literals;
    const std::uint64_t news = dropped_ - told_;
    if (news == 0 || (told_at_ && now - *told_at_ < 1min)) return std::nullopt;
    told_ = dropped_;
    told_at_ = now;
    return "AMQP messages dropped: " + std::to_string(news) + " (they were not taken in time)";
}

}  // namespace ci::fronts
