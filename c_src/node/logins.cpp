#include "node/logins.h"

#include <algorithm>
#include <utility>

namespace ci::node {
namespace {

constexpr double unpunished = 5;
constexpr auto penalty = std::chrono::milliseconds(1'000);
constexpr auto between_lines = std::chrono::minutes(1);
constexpr std::size_t most_lines = 30;  // meanwhile, however many addresses there are
constexpr std::size_t most_addresses = 1'000;

}  // namespace

double Logins::recent(const Failures& failures, Clock::time_point now) {
    const std::chrono::duration<double> passed = now - failures.last;
    return std::max(0.0, failures.recent - passed.count());
}

std::chrono::milliseconds Logins::wait(const std::string& address, Clock::time_point now) const {
    const auto found = of_address_.find(address);
    if (found == of_address_.end()) return {};
    return recent(found->second, now) < unpunished ? std::chrono::milliseconds(0) : penalty;
}

Logins::Report Logins::failed(const std::string& address, Clock::time_point now) {
    ++failures_;
    if (of_address_.size() >= most_addresses && !of_address_.contains(address)) {
        // The longest silent one goes.
        of_address_.erase(std::min_element(
            of_address_.begin(), of_address_.end(),
            [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    }
    Failures& failures = of_address_[address];
    failures.recent = std::min(recent(failures, now) + 1, 2 * unpunished);
    failures.last = now;
    ++failures.untold;
    if (failures.was_told && now - failures.told < between_lines) return {};
    if (now - minute_ >= between_lines) {
        minute_ = now;
        lines_ = 0;
    }
    if (++lines_ > most_lines) return {};
    failures.was_told = true;
    failures.told = now;
    return {true, std::exchange(failures.untold, 0)};
}

}  // namespace ci::node
