#include "commands/compare.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "calls/course/course.h"
#include "calls/differences/flow_difference.h"
#include "calls/differences/message_difference.h"
#include "calls/findings/attempt.h"
#include "commands/good_call.h"
#include "commands/message_text.h"
#include "commands/read_call.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

constexpr std::size_t most_lines = 200;  ///< of one pair of messages
constexpr std::size_t most_hosts = 50;

/// One of the calls that are compared.
struct Side {
    const WholeCall& call;
    calls::Course course;
    calls::Attempt attempt;
};

Side side_of(const WholeCall& call, const calls::Rules& rules) {
    calls::Course course = calls::course_of(call.chunks, call.flow, call.leg_of, rules);
    calls::Attempt attempt = calls::attempt_of(course);
    return {call, std::move(course), std::move(attempt)};
}

/// `one` is the call that was asked for: what it has is added.
class Comparison {
  public:
    Comparison(const WholeCall& one, const WholeCall& other, const calls::Rules& rules)
        : rules_(rules), one_(side_of(one, rules)), other_(side_of(other, rules)) {}

    std::string tell(const std::string& why_other) {
        text_ += "- " + title(other_) + (why_other.empty() ? "" : ": " + why_other) + '\n';
        text_ += "+ " + title(one_) + '\n';
        tell_flow();
        pair(first_requests(), "the request that began the call");
        pair({one_.attempt.answer, other_.attempt.answer}, "the final response");
        tell_where_it_differs();
        tell_incomplete("- ", other_);
        tell_incomplete("+ ", one_);
        return std::move(text_);
    }

  private:
    using Pair = std::pair<std::size_t, std::size_t>;  ///< message of `one_`, of `other_`

    static std::string title(const Side& side) {
        std::string title = wire::visible_line(side.call.legs.front().call_id) + ", ";
        title += date_and_time(side.course.messages.front().at) + " UTC, ";
        const std::uint16_t status = side.attempt.status(side.course);
        return title + (status == 0 ? "no final response" : "got " + std::to_string(status));
    }

    [[nodiscard]] std::string line(const Side& side, std::size_t m) const {
        if (m == calls::none) return "nothing more";
        return message_line(side.call, side.course.messages[m].event, rules_);
    }

    void tell_flow() {
        flow_ = calls::flow_difference(one_.course, other_.course);
        if (flow_.is_alike()) {
            text_ += "\nthe flows are alike: " + std::to_string(flow_.alike) + " messages\n";
        } else {
            text_ += "\nthe flows differ first here:\n- " + line(other_, flow_.other) + "\n+ " +
                     line(one_, flow_.one) + '\n';
        }
        for (std::size_t i = 0; i < std::min(flow_.other_hosts.size(), most_hosts); ++i) {
            const auto& [host, instead_of] = flow_.other_hosts[i];
            text_ += "host " + wire::visible_line(one_.course.name(host)) + " in place of " +
                     wire::visible_line(other_.course.name(instead_of)) + '\n';
        }
    }

    /// Of the try that counts; a challenged one before it is the same without credentials.
    [[nodiscard]] Pair first_requests() const {
        const auto first = [](const Side& side) {
            if (side.attempt.last == calls::none) return calls::none;
            const auto& requests = side.course.transactions[side.attempt.last].requests;
            return requests.empty() ? calls::none : requests.front();
        };
        return {first(one_), first(other_)};
    }

    /// The requests of the hop where the flows differ first, if it is the same for both.
    void tell_where_it_differs() {
        const auto transaction = [](const Side& side, std::size_t m) {
            const std::size_t t =
                m == calls::none ? calls::none : side.course.messages[m].transaction;
            return t == calls::none ? nullptr : &side.course.transactions[t];
        };
        const auto* one = transaction(one_, flow_.one);
        const auto* other = transaction(other_, flow_.other);
        if (one == nullptr || other == nullptr || one->method != other->method) return;
        if (one->requests.empty() || other->requests.empty()) return;
        if (!plays_part(one->from, other->from) || !plays_part(one->to, other->to)) return;
        const Pair requests{one->requests.front(), other->requests.front()};
        if (requests == first_requests()) return;
        pair(requests, "the request of the hop where the flows differ");
    }

    [[nodiscard]] bool plays_part(std::size_t host, std::size_t other) const {
        if (host == calls::none || other == calls::none) return host == other;
        return one_.course.hosts[host].name == other_.course.hosts[other].name ||
               std::count(flow_.other_hosts.begin(), flow_.other_hosts.end(),
                          std::pair{host, other}) > 0;
    }

    void pair(const Pair& messages, const std::string& what) {
        const auto& [one, other] = messages;
        if (one == calls::none && other == calls::none) return;
        text_ += '\n' + what + '\n';
        text_ += "- " + line(other_, other) + "\n+ " + line(one_, one) + '\n';
        if (one == calls::none || other == calls::none) return;
        const sip::Message& theirs = other_.course.messages[other].sip;
        const sip::Message& ours = one_.course.messages[one].sip;
        auto parts = calls::message_difference(theirs, ours, {true, rules_.headers});
        // An answer has a session description and a refusal has none, which is nothing to
        // tell.
        if ((theirs.status < 300) != (ours.status < 300)) {
            std::erase_if(parts, [](const calls::ChangedPart& part) {
                return part.name != "start line" && part.name != "headers";
            });
        }
        text_ += parts.empty() ? "no difference but what always differs\n"
                               : difference_text(parts, most_lines);
    }

    void tell_incomplete(const char* sign, const Side& side) {
        if (side.call.incomplete.empty()) return;
        text_ += sign + ("incomplete: " + wire::visible_line(side.call.incomplete)) + '\n';
    }

    const calls::Rules& rules_;
    Side one_, other_;
    calls::FlowDifference flow_;
    std::string text_;
};

}  // namespace

std::optional<Outcome> nothing_to_compare(const WholeCall& call, const std::string& call_id) {
    if (!call.error.empty()) {
        return Outcome{Status::failed, wire::visible_line("cannot read: " + call.error) + "\n"};
    }
    const bool has_sip =
        std::any_of(call.flow.events.begin(), call.flow.events.end(),
                    [&](const auto& one) { return call.chunks[one.chunk].event.empty(); });
    if (has_sip) return std::nullopt;
    return Outcome{Status::failed, "no messages are stored for " +
                                       wire::visible_line(chunk::to_utf8(call_id)) + "\n"};
}

Outcome show_comparison(inspector::Inspector& inspector, const WholeCall& one,
                        const WholeCall& other, const std::string& why_other) {
    return {Status::ok, Comparison(one, other, inspector.settings().rules).tell(why_other)};
}

Outcome compare(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const WholeCall one = read_whole_call(inspector, arguments[0]);
    if (auto nothing = nothing_to_compare(one, arguments[0])) return *std::move(nothing);
    GoodCall good;
    if (arguments.size() > 1) {
        good.call_id = arguments[1];
    } else {
        auto found = last_good_call(inspector, one);
        if (!found) return found.error();
        good = *std::move(found);
    }
    const WholeCall other = read_whole_call(inspector, good.call_id);
    if (auto nothing = nothing_to_compare(other, good.call_id)) return *std::move(nothing);
    return show_comparison(inspector, one, other, good.why);
}

}  // namespace ci::commands
