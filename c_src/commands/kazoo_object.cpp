#include "commands/kazoo_object.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "sip/message.h"
#include "sip/text.h"
#include "wire/text.h"

namespace ci::commands {
namespace {

using erlang::Term;
using Kind = Term::Kind;
using wire::npos;

/// Positions in the record. Position 0 is its name.
enum Field : std::uint8_t {
    call_id = 1,
    lines,
    timestamp,
    ref_timestamp,
    src_ip,
    src_port,
    dst_ip,
    dst_port,
    parser,
    label,
    c_seq
};

bool is_record(const Term& term, std::string_view name, std::size_t least, std::size_t most) {
    return term.kind == Kind::tuple && term.items.size() >= least && term.items.size() <= most &&
           term.items[0].kind == Kind::atom && term.items[0].text == name;
}

/// Empty if the value is unknown.
std::string_view text_of(const Term& term) {
    const bool is_unknown = term.kind == Kind::atom && term.text == "undefined";
    return is_unknown || !term.items.empty() ? std::string_view() : term.text;
}

/// Reads Gregorian seconds, also in the form that ~p gives round numbers: "6.36e10". Empty:
/// unknown, or one of the small numbers 1, 2, ... that replace the time in logs without times.
std::optional<wire::Micros> time_of(const Term& term) {
    std::string_view text = text_of(term);
    std::array<char, 64> plain{};
    if (text.find_first_of("eE") != npos) {
        double value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
            return std::nullopt;
        }
        const auto written = std::to_chars(plain.data(), plain.data() + plain.size(), value,
                                           std::chars_format::fixed, 6);
        if (written.ec != std::errc{}) return std::nullopt;
        text = {plain.data(), static_cast<std::size_t>(written.ptr - plain.data())};
    }
    const auto time = wire::parse_gregorian(text);
    return time && *time > 0 ? time : std::nullopt;
}

wire::Endpoint endpoint_of(const Term& ip, const Term& port) {
    const auto address = wire::parse_address(text_of(ip));
    if (!address) return {};
    const wire::Endpoint endpoint{*address, wire::parse_port(text_of(port)).value_or(0)};
    const bool is_nobody = wire::to_string(endpoint) == "0.0.0.0:0";  // kazoo_term.h
    return is_nobody ? wire::Endpoint{} : endpoint;
}

/// True for a line of sofia-sip's log such as "recv 819 bytes from udp/[192.0.2.1]:5060 at
/// 12:00:00.123456".
bool is_log_stamp(std::string_view line) {
    return (line.starts_with("recv ") || line.starts_with("send ")) && line.find(" bytes ") != npos;
}

/// True for a line of a head after the start line: a header or a continuation.
bool is_header(std::string_view line) {
    if (line.starts_with(' ') || line.starts_with('\t')) return true;
    std::size_t name = 0;
    while (name < line.size() && sip::is_token(line[name])) ++name;
    return name > 0 && sip::trim_left(line.substr(name)).starts_with(':');
}

/// Joins the lines with CRLF and ends the head with an empty line. `lost_empty`: the lines lack the
/// empty line also before a body.
std::string join(const std::vector<std::string_view>& all, bool lost_empty) {
    std::string message;
    bool in_head = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) message += "\r\n";
        if (i > 0 && in_head && (lost_empty ? !is_header(all[i]) : all[i].empty())) {
            if (lost_empty) message += "\r\n";
            in_head = false;
        }
        message += all[i];
    }
    if (in_head) message += "\r\n\r\n";
    return message;
}

/// Restores the CRLFs that Kazoo removed from the body's end; Content-Length tells how many.
void restore_end(std::string& message) {
    constexpr std::size_t most = 4;
    const auto parsed = sip::parse(message);
    if (!parsed || parsed->body.empty()) return;
    const auto length =
        sip::read_decimal<std::size_t>(sip::find_header(*parsed, "Content-Length", 'l'));
    if (!length) {
        message += "\r\n";
        return;
    }
    const std::size_t there = parsed->body.size();
    if (*length <= there || *length - there > most || (*length - there) % 2 != 0) return;
    for (std::size_t i = there; i < *length; i += 2) message += "\r\n";
}

}  // namespace

std::optional<KazooSkip> read_kazoo_object(const Term& object, KazooTexts& texts,
                                           chunk::Draft& draft) {
    if (!is_record(object, "object", 5, 5)) return KazooSkip::not_a_chunk;
    if (object.items[3].text == "analysis") return KazooSkip::analysis;
    const Term& record = object.items[4];
    if (!is_record(record, "ci_chunk", c_seq, c_seq + 1U)) return KazooSkip::not_a_chunk;
    const auto field = [&](Field name) -> const Term& { return record.items[name]; };

    draft = {};
    texts.call_id = text_of(field(call_id));
    if (texts.call_id.empty()) return KazooSkip::no_call_id;
    std::vector<std::string_view> all;
    for (const Term& line : field(lines).items) all.push_back(line.text);
    const bool is_log = !all.empty() && is_log_stamp(all.front());
    if (is_log) {
        draft.direction = all.front().starts_with("recv") ? "in" : "out";
        all.erase(all.begin());
    }
    if (all.empty()) return KazooSkip::no_message;
    texts.parser = text_of(field(parser));
    texts.label = text_of(field(label));
    texts.c_seq = record.items.size() > c_seq ? text_of(field(c_seq)) : std::string_view();
    texts.message = join(all, is_log);
    restore_end(texts.message);

    draft.call_id = texts.call_id;
    draft.parser = texts.parser;
    draft.message = texts.message;
    draft.src = endpoint_of(field(src_ip), field(src_port));
    draft.dst = endpoint_of(field(dst_ip), field(dst_port));
    using chunk::Flag;
    if (draft.src == wire::Endpoint{} || draft.dst == wire::Endpoint{}) {
        draft.flags.set(Flag::unknown_endpoint);
    }
    if (const auto message = sip::parse(texts.message)) {
        draft.message = draft.message.substr(0, message->size);
        if (texts.label.empty()) texts.label = message->start_line;
        if (texts.c_seq.empty()) texts.c_seq = message->cseq_value;
        if (message->truncated) draft.flags.set(Flag::truncated);
        if (message->duplicate_call_id) draft.flags.set(Flag::dup_callid);
    } else {
        draft.event = "log";
        if (texts.label.empty()) texts.label = all.front();
    }
    draft.label = texts.label;
    draft.c_seq = texts.c_seq;
    const auto stamp = time_of(field(timestamp));
    const auto stored = time_of(object.items[2]);
    const auto arrival = time_of(field(ref_timestamp));
    draft.ref_timestamp = arrival.value_or(stored.value_or(stamp.value_or(0)));
    texts.arrival = text_of(field(ref_timestamp));
    // As Kazoo shows it, unless Erlang wrote a round number as 6.36e10.
    if (arrival && texts.arrival.find_first_of("eE") == npos) {
        draft.ref_timestamp_text = texts.arrival;
    }
    draft.timestamp = stamp.value_or(draft.ref_timestamp);
    if (!stamp) draft.flags.set(Flag::no_clock);
    return std::nullopt;
}

}  // namespace ci::commands
