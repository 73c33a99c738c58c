#include "intake/intake.h"

#include "hep/json.h"
#include "hep/payload.h"
#include "intake/epoch.h"
#include "intake/event.h"
#include "intake/inference.h"
#include "intake/plain_sip.h"
#include "wire/inflate.h"

namespace ci::intake {
namespace {

using chunk::Flag;
/// Empty: the packet was taken.
using Refusal = std::optional<Refused>;

/// Names the observer, that is the clock. One address may send for several agents (a relay), and
/// one agent from several ports, so the name has address, capture id and agent name. It also has
/// the parser, because ids are often left at their default, and some sites distinguish agents by
/// the port that they send to.
void name_observer(const hep::Capture& capture, const wire::Address& peer, std::string_view parser,
                   std::string& out) {
    out.clear();
    wire::append(peer, out);
    if (capture.capture_id) {
        out += '#';
        out += std::to_string(*capture.capture_id);
    }
    if (!capture.agent_name.empty()) {
        out += '/';
        out += capture.agent_name;
    }
    out += '@';
    out += parser;
}

/// Reads the ids in OpenSIPS's field 0x65. The one that the chunk is filed under is removed later.
void read_links(std::string_view object, std::vector<chunk::Link>& links) {
    constexpr std::size_t most = 16;  // there are five protocols
    while (links.size() < most) {
        const auto member = hep::next_member(object);
        if (!member) return;
        if (member->is_cut || !member->is_string || member->value.empty()) continue;
        chunk::Link& link = links.emplace_back();
        hep::append_unescaped(member->name, link.protocol);
        hep::append_unescaped(member->value, link.id);
    }
}

/// OpenSIPS writes "<null>" where there is no id.
bool names_something(std::string_view id) {
    return !id.empty() && id != "<null>";
}

/// One packet on its way to a chunk.
class Packet {
  public:
    Packet(const wire::Datagram& datagram, const hep::Capture& capture, std::string_view parser,
           Memory& memory, const Options& options, Intake& intake)
        : datagram_(datagram),
          capture_(capture),
          parser_(parser),
          memory_(memory),
          options_(options),
          intake_(intake),
          draft_(intake.draft) {}

    Refusal read(std::string_view direction = {}) {
        begin();
        draft_.direction = direction;
        using hep::PayloadType;
        const auto type = capture_.payload_type.value_or(PayloadType::sip);
        const bool is_sip = type == PayloadType::sip || type == PayloadType::reserved;
        std::string_view payload = capture_.payload;
        if (capture_.compressed && !is_readable(payload)) {
            memory_.unpacked.clear();
            if (!wire::inflate(payload, options_.largest_inflated, memory_.unpacked)) {
                intake_.complaint = Refused(Reason::inflate_failed);
                // Secrets in a compressed event cannot be removed, so its payload is not kept.
                return read_event(event_of_unreadable(is_sip ? payload : ""));
            }
            payload = memory_.unpacked;
        }
        if (!is_sip) return read_event(event_of(type, payload, memory_));
        return read_sip(payload);
    }

    /// A message that a log describes, without its text.
    Refusal read_described(const logs::Record& record, std::string_view direction) {
        begin();
        memory_.label = record.label;
        memory_.c_seq = record.c_seq;
        memory_.method = record.method;
        draft_.direction = direction;
        draft_.call_id = memory_.call_id;
        draft_.label = memory_.label;
        draft_.c_seq = memory_.c_seq;
        draft_.method = memory_.method;
        draft_.message = capture_.payload;
        draft_.is_described = true;
        fill_in_addresses(nullptr);
        return std::nullopt;
    }

  private:
    static bool is_readable(std::string_view payload) {
        payload = hep::skip_blanks(payload);
        return hep::begins_with_sip(payload) || hep::begins_with_json(payload);
    }

    void begin() {
        if (datagram_.captured) {
            memory_.observer = parser_;
            draft_.trace = datagram_.captured->trace;
        } else {
            name_observer(capture_, datagram_.peer.address, parser_, memory_.observer);
        }
        memory_.links.clear();
        if (!capture_.links.empty()) read_links(capture_.links, memory_.links);
        draft_.parser = parser_;
        draft_.observer = memory_.observer;
        draft_.src = capture_.source;
        draft_.dst = capture_.destination;
        draft_.timestamp = capture_.captured_at.value_or(datagram_.arrival);
        if (const auto meant = from_ntp_epoch(draft_.timestamp, datagram_.arrival)) {
            draft_.timestamp = *meant;
            draft_.flags.set(Flag::ntp_epoch);
        }
        draft_.ref_timestamp = datagram_.arrival;
        draft_.correlation_id = capture_.correlation_id;
        draft_.capture_id = capture_.capture_id;
        draft_.hep_version = capture_.version;
        draft_.ip_protocol = capture_.ip_protocol;
        if (!capture_.captured_at) {
            draft_.flags.set(capture_.bad_time ? Flag::bad_time : Flag::no_clock);
        }
        if (capture_.damage) intake_.damage = capture_.damage->reason;
    }

    Refusal read_sip(std::string_view payload) {
        bool is_cut = false;
        if (hep::begins_with_json(payload)) {
            if (const auto wrapped = hep::find_member(payload, "payload");
                wrapped && wrapped->is_string) {
                memory_.message.clear();
                hep::append_unescaped(wrapped->value, memory_.message);
                payload = memory_.message;
                is_cut = wrapped->is_cut;
            }
        }
        const auto message = sip::parse(payload);
        if (!message) return read_bad(payload, message.error().reason);

        draft_.call_id = message->call_id;
        draft_.label = message->start_line;
        draft_.c_seq = message->cseq_value;
        draft_.method = message->method;
        draft_.message = payload.substr(0, message->size);
        const auto& captured = datagram_.captured;
        if (captured && captured->is_cut) is_cut = true;
        if (captured && captured->bad_length) {
            draft_.flags.set(Flag::bad_length);
            intake_.complaint = Refused(Reason::bad_length);
        }
        if (message->truncated || is_cut) {
            draft_.flags.set(Flag::truncated);
            // The message may be cut within its Call-ID; the packet has the whole one.
            if (!names_whole_call(*message) && names_something(capture_.correlation_id)) {
                draft_.call_id = capture_.correlation_id;
            }
        }
        if (message->duplicate_call_id) draft_.flags.set(Flag::dup_callid);
        if (draft_.call_id.empty()) {
            if (!options_.keep_bad_sip) return Refused(Reason::sip_no_call_id);
            file_under_reason(Reason::sip_no_call_id);
        }
        fill_in_addresses(&*message);
        draft_.links = memory_.links;
        return std::nullopt;
    }

    static bool names_whole_call(const sip::Message& message) {
        if (message.call_id.empty()) return false;
        const char* const end = message.call_id.data() + message.call_id.size();
        const char* const headers_end = message.headers.data() + message.headers.size();
        const std::string_view rest(end, static_cast<std::size_t>(headers_end - end));
        return rest.find_first_of("\r\n") != std::string_view::npos;
    }

    void fill_in_addresses(const sip::Message* message) {
        if (!may_be_wrong(draft_.src, draft_.dst, draft_.hep_version)) return;
        if (message != nullptr && infer_addresses(*message, draft_.src, draft_.dst)) {
            draft_.flags.set(Flag::address_inferred);
        }
        if (is_unknown(draft_.src.address) || is_unknown(draft_.dst.address)) {
            draft_.flags.set(Flag::unknown_endpoint);
        }
    }

    template <class Why>
    void file_under_reason(Why why) {
        intake_.complaint = Refused(why);
        memory_.call_id = bad_key;
        memory_.call_id += Refused::name(intake_.complaint->index());
        draft_.call_id = memory_.call_id;
    }

    Refusal read_bad(std::string_view payload, sip::Reason reason) {
        // Keepalives and STUN are sent to SIP ports, so mirrors of SIP ports contain them.
        const auto inner = hep::decode(wire::as_bytes(payload), datagram_.arrival);
        if (!inner && (inner.error().reason == hep::Reason::keepalive ||
                       inner.error().reason == hep::Reason::stun)) {
            return Refused(inner.error().reason);
        }
        const bool is_noise = capture_.version == 0 || reason == sip::Reason::sip_empty;
        if (!options_.keep_bad_sip || is_noise) return Refused(reason);
        file_under_reason(reason);
        fill_in(event_of_no_sip(payload, memory_));
        return std::nullopt;
    }

    Refusal read_event(const Event& event) {
        fill_in(event);
        file();
        return std::nullopt;
    }

    void fill_in(const Event& event) {
        draft_.event = event.name;
        draft_.label = event.label;
        draft_.message = event.lines;
        draft_.links = memory_.links;
        if (capture_.damage) draft_.flags.set(Flag::truncated);
        fill_in_addresses(nullptr);
    }

    /// Files an event under the call that OpenSIPS names; else under its correlation id, which is
    /// the Call-ID for logs, RTCP and reports; else under its observer.
    void file() {
        for (auto link = memory_.links.begin(); link != memory_.links.end(); ++link) {
            if (link->protocol != "sip" || !names_something(link->id)) continue;
            memory_.call_id = std::move(link->id);
            memory_.links.erase(link);
            draft_.links = memory_.links;
            draft_.call_id = memory_.call_id;
            return;
        }
        draft_.call_id = capture_.correlation_id;
        if (names_something(draft_.call_id)) return;
        memory_.call_id = events_key;
        memory_.call_id += memory_.observer;
        draft_.call_id = memory_.call_id;
    }

    const wire::Datagram& datagram_;
    const hep::Capture& capture_;
    std::string_view parser_;
    Memory& memory_;
    const Options& options_;
    Intake& intake_;
    chunk::Draft& draft_;
};

}  // namespace

wire::expected<Intake, Refused> make_draft(const logs::Record& record, wire::Micros arrival,
                                           std::string_view parser, Memory& memory,
                                           const Options& options) {
    constexpr hep::PayloadType log{100};
    memory.unpacked = record.text;
    memory.call_id = record.call_id;
    wire::Datagram datagram;
    datagram.arrival = arrival;
    datagram.captured = wire::Datagram::Captured{.is_cut = record.is_truncated};
    hep::Capture capture;
    capture.source = record.src;
    capture.destination = record.dst;
    capture.captured_at = record.time.at;
    capture.ip_protocol = record.ip_protocol;
    capture.correlation_id = memory.call_id;
    capture.payload = memory.unpacked;
    const bool is_event = record.kind == logs::Record::Kind::event;
    if (is_event) capture.payload_type = log;
    wire::expected<Intake, Refused> taken{Intake{}};
    Packet packet(datagram, capture, parser, memory, options, *taken);
    const std::string_view direction = is_event ? "" : record.is_sent ? "out" : "in";
    const auto refusal = record.kind == logs::Record::Kind::observed
                             ? packet.read_described(record, direction)
                             : packet.read(direction);
    if (refusal) return *refusal;
    chunk::Draft& draft = taken->draft;
    if (!record.host
             .empty()) {  // one file may hold the lines of several hosts, each with its clock
        memory.observer = record.host;
        memory.observer += '@';
        memory.observer += parser;
        draft.observer = memory.observer;
    }
    if (draft.correlation_id == draft.call_id) draft.correlation_id = {};
    draft.log_position = record.position;
    // FreeSWITCH's trace tells the other end only.
    if (record.kind == logs::Record::Kind::message) draft.flags.set(Flag::address_inferred);
    if (record.time.resolution > 1) draft.flags.set(Flag::whole_seconds);
    if (record.time.zone_unsure) draft.flags.set(Flag::zone_unsure);
    return taken;
}

wire::expected<Intake, Refused> make_draft(const wire::Datagram& packet,
                                           const hep::Result<hep::Capture>& capture,
                                           std::string_view parser, Memory& memory,
                                           const Options& options) {
    // Constructed in place, because a copy is expensive.
    wire::expected<Intake, Refused> taken{Intake{}};
    Intake& intake = *taken;
    Refusal refusal;
    const auto bytes = wire::as_text(packet.bytes);
    if (capture) {
        refusal = Packet(packet, *capture, parser, memory, options, intake).read();
    } else if (capture.error().reason == hep::Reason::unknown_magic && sip::looks_like_sip(bytes)) {
        const PlainSip plain = read_plain_sip(packet, memory.unpacked);
        // A mirror's copy of a message that the capture sees itself, and on a path that the message
        // never took.
        refusal = packet.captured && plain.is_mirror
                      ? Refusal(Reason::mirrored)
                      : Packet(packet, plain.capture, parser, memory, options, intake)
                            .read(plain.direction);
    } else {
        refusal = capture.error().reason;
    }
    if (refusal) taken = *refusal;
    return taken;
}

}  // namespace ci::intake
