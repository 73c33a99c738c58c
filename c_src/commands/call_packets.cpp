#include "commands/call_packets.h"

#include <optional>
#include <utility>

#include "calls/course/course.h"
#include "calls/findings/analysis.h"
#include "calls/findings/analysis_json.h"
#include "calls/joining.h"
#include "packets/synthesis/packetizer.h"
#include "packets/synthesis/times.h"
#include "sip/message.h"
#include "sip/text.h"
#include "wire/patience.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

using synthesis::Format;
using synthesis::Sent;
using synthesis::Transport;

struct TransportRow {
    std::string_view name;
    Transport transport;
};
/// As chunks and Vias write them. What was encrypted is plain here.
constexpr TransportRow transports[] = {{"udp", Transport::udp},      {"tcp", Transport::tcp},
                                       {"tls", Transport::tcp},      {"sctp", Transport::tcp},
                                       {"ws", Transport::websocket}, {"wss", Transport::websocket}};

std::optional<Transport> transport_named(std::string_view name) {
    for (const TransportRow& row : transports) {
        if (sip::equal_without_case(row.name, name)) return row.transport;
    }
    return std::nullopt;
}

std::optional<Transport> told_transport(const chunk::Chunk& chunk) {
    auto text = chunk::find_member(chunk.json, "transport");
    if (!text || text->size() < 2) return std::nullopt;
    return transport_named(text->substr(1, text->size() - 2));
}

/// The observers' word; WebSocket if one says so, because others see the TCP below it. A message
/// of which none tells has the transport of its topmost Via.
Transport transport_of(const WholeCall& call, const order::Event& event,
                       const sip::Message* message) {
    std::optional<Transport> told;
    for (const std::size_t seen : event.seen) {
        const auto one = told_transport(call.chunks[seen]);
        if (one == Transport::websocket) return *one;
        if (!told) told = one;
    }
    if (told) return *told;
    if (message == nullptr) return Transport::udp;
    const auto vias = sip::vias(*message);
    return vias.empty() ? Transport::udp
                        : transport_named(vias.front().transport).value_or(Transport::udp);
}

/// A proxy's log tells a message's start line, CSeq and Call-ID alone: no more is made of it.
std::string described(const chunk::Chunk& chunk) {
    if (!sip::looks_like_sip(chunk.label)) return {};
    std::string octets = wire::visible_line(chunk.label) + "\r\n";
    octets += "Call-ID: " + wire::visible_line(chunk.call_id) + "\r\n";
    if (!chunk.c_seq.empty()) octets += "CSeq: " + wire::visible_line(chunk.c_seq) + "\r\n";
    return octets + "Content-Length: 0\r\n\r\n";
}

class Comments {
  public:
    Comments(const WholeCall& call, const calls::Rules& rules, const calls::FindingLimits& limits)
        : call_(call), of_event_(call.flow.events.size()) {
        for (const order::CauseOverLegs& one : call.flow.over_legs) {
            std::string& lines = of_event_[one.effect];
            lines += "because of message " + std::to_string(one.cause) + ": ";
            lines.append(one.why).append("\n");
        }
        const auto course = calls::course_of(call.chunks, call.flow, call.leg_of, rules);
        for (const calls::Finding& finding : calls::analysis_of(course, limits, rules).findings) {
            std::string line(calls::severity_names[static_cast<std::size_t>(finding.severity)]);
            line += ": " + wire::visible_line(finding.text) + '\n';
            for (const std::size_t event : finding.messages) of_event_[event] += line;
        }
    }

    [[nodiscard]] std::string of(std::size_t place) const {
        constexpr std::size_t most = 16'384;
        const order::Event& event = call_.flow.events[place];
        std::string text = "message " + std::to_string(place);
        if (call_.legs.size() > 1) text += ", leg " + calls::letter(call_.leg_of[event.chunk]);
        if (event.retransmission > 0) {
            text += ", retransmission " + std::to_string(event.retransmission);
        }
        text += '\n';
        std::string last;
        for (const std::size_t seen : event.seen) {
            const std::string& observer = call_.chunks[seen].observer;
            if (observer == last) continue;
            last = observer;
            text += "seen by " + wire::visible_line(observer) + '\n';
        }
        for (const std::size_t clock : event.missed_by) {
            text += "not seen by " + wire::visible_line(call_.flow.clocks[clock].observer) + '\n';
        }
        text += of_event_[place];
        if (text.size() > most) text.erase(text.rfind('\n', most));
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }

  private:
    const WholeCall& call_;
    std::vector<std::string> of_event_;  ///< lines: what made it, and its findings
};

}  // namespace

CallPackets packets_of(const WholeCall& call, const calls::Rules& rules,
                       const calls::FindingLimits& limits, Format format) {
    CallPackets packets;
    std::optional<Comments> comments;
    if (format == Format::pcapng) comments.emplace(call, rules, limits);
    std::vector<wire::Micros> times;
    for (std::size_t place = 0; place < call.flow.events.size(); ++place) {
        wire::may_go_on();
        const order::Event& event = call.flow.events[place];
        const chunk::Chunk& chunk = call.chunks[event.chunk];
        const auto message = sip::parse(chunk.message);
        Sent sent;
        // What pads a message behind its end would be taken for the next one on a connection.
        if (chunk.event.empty()) {
            sent.octets = message ? chunk.message.substr(0, message->size) : described(chunk);
        }
        if (sent.octets.empty()) {
            ++packets.left_out;
            continue;
        }
        sent.source = wire::parse_endpoint(chunk.src).value_or(wire::Endpoint());
        sent.destination = wire::parse_endpoint(chunk.dst).value_or(wire::Endpoint());
        sent.transport = transport_of(call, event, message ? &*message : nullptr);
        if (comments) sent.comment = comments->of(place);
        times.push_back(event.at);
        packets.sent.push_back(std::move(sent));
    }
    const auto rising = synthesis::rising(times);
    for (std::size_t i = 0; i < rising.size(); ++i) packets.sent[i].at = rising[i];
    return packets;
}

Capture capture_of(const std::vector<Sent>& sent, Format format) {
    synthesis::CaptureText text(
        format,
        "Made by Call Inspector of what observers reported: hosts, ports, SIP and the order are "
        "theirs; link addresses, IP and TCP around it are not.");
    synthesis::Packetizer packetizer;
    Capture capture;
    std::vector<synthesis::Frame> frames;
    for (const Sent& one : sent) {
        wire::may_go_on();
        frames.clear();
        packetizer.add(one, frames);
        for (const synthesis::Frame& frame : frames) text.add(frame);
        capture.frames += frames.size();
    }
    capture.octets = std::move(text).take();
    return capture;
}

}  // namespace ci::commands
