#include "commands/message_text.h"

#include "calls/findings/analysis_json.h"
#include "calls/hosts.h"
#include "ladder/clock_text.h"
#include "sip/sdp.h"
#include "sip/start_line.h"
#include "sip/text.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

/// "INVITE (SDP)", "200 OK"; of an event that is not SIP what happened.
std::string label_of(const chunk::Chunk& chunk) {
    std::string_view label = chunk.label;
    const auto start = chunk.event.empty() ? sip::read_start_line(label) : std::nullopt;
    if (!start) return wire::visible_line(label);
    if (start->is_request) {
        label = start->method;
    } else {
        label = sip::trim_left(label);
        (void)sip::next_word(label);
    }
    const auto parsed = sip::parse(chunk.message);
    const bool has_sdp = parsed && !sip::sdp_in(parsed->body).empty();
    return wire::visible_line(label) + (has_sdp ? " (SDP)" : "");
}

}  // namespace

std::string date_and_time(wire::Micros at) {
    const std::string micros = std::to_string(1'000 + (at % 1'000 + 1'000) % 1'000);
    return ladder::date(at) + " " + ladder::time_of_day(at) + micros.substr(1);
}

std::string named_endpoint(const std::string& endpoint, const calls::Rules& rules) {
    if (endpoint.empty()) return "?";
    std::string text = wire::visible_line(endpoint);
    const auto parsed = wire::parse_endpoint(endpoint);
    const std::string_view name =
        parsed ? calls::name_of(*parsed, rules.hosts) : std::string_view();
    return name.empty() ? text : text + " (" + wire::visible_line(name) + ")";
}

std::string message_line(const WholeCall& call, std::size_t event, const calls::Rules& rules) {
    const order::Event& one = call.flow.events[event];
    const chunk::Chunk& chunk = call.chunks[one.chunk];
    std::string line = "message " + std::to_string(event);
    line += ", leg " + calls::letter(call.leg_of[one.chunk]);
    line += ", " + ladder::time_of_day(one.at) + ", " + named_endpoint(chunk.src, rules) + " ─▶ " +
            named_endpoint(chunk.dst, rules) + ": " + label_of(chunk);
    if (one.retransmission > 0) line += ", retransmission " + std::to_string(one.retransmission);
    return line;
}

std::string difference_text(std::span<const calls::ChangedPart> parts, std::size_t most) {
    std::string text;
    std::size_t shown = 0, left_out = 0;
    for (const calls::ChangedPart& part : parts) {
        if (shown < most) text += wire::visible_line(part.name) + '\n';
        for (const calls::Change& change : part.changes) {
            if (shown == most) {
                ++left_out;
                continue;
            }
            ++shown;
            text += (change.is_added ? "+ " : "- ") + wire::visible_line(change.text) + '\n';
        }
    }
    if (left_out > 0) text += "and " + std::to_string(left_out) + " more lines\n";
    return text;
}

}  // namespace ci::commands
