#include "commands/messages.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "calls/course/course.h"
#include "calls/differences/passed_on.h"
#include "calls/findings/analysis_json.h"
#include "commands/message_text.h"
#include "commands/read_call.h"
#include "sip/text.h"
#include "wire/result.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

/// A request that is forked is passed on as many.
constexpr std::size_t most_branches = 8;
constexpr std::size_t most_changed_lines = 100'000;

/// Why there is nothing to show; empty: there is.
std::optional<Outcome> nothing_to_show(const WholeCall& call, const std::string& call_id) {
    if (!call.error.empty()) {
        return Outcome{Status::failed, wire::visible_line("cannot read: " + call.error) + "\n"};
    }
    if (!call.flow.events.empty()) return std::nullopt;
    return Outcome{Status::failed, "no messages are stored for " +
                                       wire::visible_line(chunk::to_utf8(call_id)) + "\n"};
}

wire::expected<std::size_t, Outcome> place_of(const WholeCall& call, const std::string& text) {
    const auto place = sip::read_decimal<std::size_t>(text);
    const std::size_t count = call.flow.events.size();
    if (place && *place < count) return *place;
    std::string why = "no message " + wire::visible_line(chunk::to_utf8(text)) + ": the call has ";
    why += count == 1 ? "one, which is 0"
                      : std::to_string(count) + ", from 0 to " + std::to_string(count - 1);
    return Outcome{Status::failed, why + " (the places in call_details)\n"};
}

/// The octets as lines, each made visible.
std::string whole_text(std::string_view octets) {
    std::string text;
    while (!octets.empty()) {
        const auto end = std::min(octets.find('\n'), octets.size());
        auto line = octets.substr(0, end);
        octets.remove_prefix(std::min(end + 1, octets.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        text += wire::visible_line(line) + '\n';
    }
    return text;
}

std::string seen_by(const chunk::Chunk& chunk) {
    std::string line = "seen by " + wire::visible_line(chunk.observer);
    if (chunk.timestamp) line += ", stamp " + date_and_time(*chunk.timestamp);
    if (chunk.ref_timestamp) line += ", arrival " + date_and_time(*chunk.ref_timestamp);
    return line + '\n';
}

class Differ {
  public:
    Differ(const WholeCall& call, const calls::Rules& rules)
        : call_(call),
          rules_(rules),
          course_(calls::course_of(call.chunks, call.flow, call.leg_of, rules)) {}

    /// By place in the flow; none: an event that is not SIP.
    [[nodiscard]] std::size_t find(std::size_t event) const {
        for (std::size_t m = 0; m < course_.messages.size(); ++m) {
            if (course_.messages[m].event == event) return m;
        }
        return calls::none;
    }

    [[nodiscard]] Outcome no_sip(std::size_t event) const {
        return {Status::failed,
                message_line(call_, event, rules_) + ": an event, and no SIP to compare\n"};
    }

    [[nodiscard]] Outcome between(std::size_t before, std::size_t after) const {
        const auto& old = course_.messages[before];
        const auto& now = course_.messages[after];
        const auto parts = calls::message_difference(old.sip, now.sip);
        std::string text = "- " + message_line(call_, old.event, rules_) + '\n';
        text += "+ " + message_line(call_, now.event, rules_) + '\n';
        text += parts.empty() ? "no difference\n" : difference_text(parts, most_changed_lines);
        return {Status::ok, std::move(text)};
    }

    [[nodiscard]] Outcome to_what_was_made_of(std::size_t m) const {
        const std::vector<std::size_t> made = calls::passed_on(course_, m);
        const auto& one = course_.messages[m];
        if (made.empty()) {
            const std::string host = wire::visible_line(course_.name(one.dst));
            return {Status::failed, "no message shows what " + host + " made of message " +
                                        std::to_string(one.event) +
                                        "; name the other one: diff CALLID N M\n"};
        }
        Outcome outcome;
        for (std::size_t i = 0; i < std::min(made.size(), most_branches); ++i) {
            if (i > 0) outcome.text += '\n';
            outcome.text += between(m, made[i]).text;
        }
        if (made.size() > most_branches) {
            outcome.text +=
                "and " + std::to_string(made.size() - most_branches) + " more branches\n";
        }
        return outcome;
    }

  private:
    const WholeCall& call_;
    const calls::Rules& rules_;
    calls::Course course_;
};

}  // namespace

Outcome show_message(inspector::Inspector& inspector, std::span<const std::string> arguments,
                     const WholeCall& call) {
    if (auto nothing = nothing_to_show(call, arguments[0])) return *std::move(nothing);
    const auto place = place_of(call, arguments[1]);
    if (!place) return place.error();
    const order::Event& event = call.flow.events[*place];
    const chunk::Chunk& chunk = call.chunks[event.chunk];
    std::string text = message_line(call, *place, inspector.settings().rules) + '\n';
    text += "leg " + calls::letter(call.leg_of[event.chunk]) + " is " +
            wire::visible_line(chunk.call_id) + '\n';
    text += "time " + date_and_time(event.at) + ", on the common clock, UTC\n";
    for (const std::size_t seen : event.seen) text += seen_by(call.chunks[seen]);
    text += '\n' + whole_text(chunk.message);
    return {Status::ok, std::move(text)};
}

Outcome show_diff(inspector::Inspector& inspector, std::span<const std::string> arguments,
                  const WholeCall& call) {
    if (auto nothing = nothing_to_show(call, arguments[0])) return *std::move(nothing);
    const Differ differ(call, inspector.settings().rules);
    std::vector<std::size_t> messages;
    for (const std::string& text : arguments.subspan(1)) {
        const auto place = place_of(call, text);
        if (!place) return place.error();
        messages.push_back(differ.find(*place));
        if (messages.back() == calls::none) return differ.no_sip(*place);
    }
    return messages.size() == 2 ? differ.between(messages[0], messages[1])
                                : differ.to_what_was_made_of(messages[0]);
}

Outcome message(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return show_message(inspector, arguments, read_whole_call(inspector, arguments[0]));
}

Outcome diff(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return show_diff(inspector, arguments, read_whole_call(inspector, arguments[0]));
}

}  // namespace ci::commands
