#include "commands/kazoo_term.h"

#include <algorithm>

#include "sip/header.h"
#include "sip/message.h"
#include "wire/text.h"

namespace ci::commands {
namespace {

using wire::crlf;
using wire::npos;

bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/// Writes <<"plain",195,171,"plain">>, which gives the same octets in any encoding of the file.
void append_binary(std::string_view octets, std::string& out) {
    out += "<<";
    for (std::size_t at = 0; at < octets.size();) {
        if (at > 0) out += ',';
        const auto* const end = std::find_if_not(octets.begin() + at, octets.end(), is_plain);
        const auto plain = static_cast<std::size_t>(end - octets.begin()) - at;
        if (plain == 0) {
            out += std::to_string(static_cast<unsigned char>(octets[at++]));
            continue;
        }
        out += '"';
        out += octets.substr(at, plain);
        out += '"';
        at += plain;
    }
    out += ">>";
}

/// Writes the lines without the empty ones at the end, like Kazoo's parsers.
void append_lines(std::string_view message, std::string& out) {
    while (message.ends_with(crlf)) message.remove_suffix(crlf.size());
    out += '[';
    while (true) {
        const std::size_t end = message.find(crlf);
        append_binary(message.substr(0, end), out);
        if (end == npos) break;
        message.remove_prefix(end + crlf.size());
        out += ',';
    }
    out += ']';
}

/// The digits of the stored line, if possible: a float has not enough precision.
std::string arrival_text(const chunk::Chunk& chunk) {
    const auto member = chunk::find_member(chunk.json, "ref_timestamp");
    if (member && member->size() > 2) {
        const auto text = member->substr(1, member->size() - 2);
        const bool is_number = text.find_first_not_of("0123456789.") == npos;
        if (is_number && text.find('.') != 0 && !text.ends_with('.') &&
            wire::parse_gregorian(text) == chunk.ref_timestamp) {
            return std::string(text);
        }
    }
    return wire::to_gregorian(*chunk.ref_timestamp);
}

void append_end(std::string_view text, std::string& out) {
    const auto endpoint = wire::parse_endpoint(text).value_or(wire::Endpoint{});
    append_binary(wire::to_string(endpoint.address), out);
    out += ',';
    out += std::to_string(endpoint.port);
}

}  // namespace

std::string kazoo_call_id(const chunk::Chunk& chunk) {
    if (const auto message = sip::parse(chunk.message)) {
        const auto octets = sip::find_header(*message, "Call-ID", 'i');
        if (chunk::to_utf8(octets) == chunk.call_id) return std::string(octets);
    }
    return chunk.call_id;
}

std::optional<KazooOmission> append_kazoo_object(const chunk::Chunk& chunk,
                                                 std::string_view call_id, std::string& out) {
    if (!chunk.event.empty()) return KazooOmission::event;
    if (chunk.c_seq.find(' ') == npos) return KazooOmission::no_cseq;
    if (chunk.message.find_first_not_of(crlf) == npos) return KazooOmission::no_message;
    const auto arrival = chunk.ref_timestamp ? chunk.ref_timestamp : chunk.timestamp;
    if (!arrival || *arrival < 0) return KazooOmission::no_time;
    const bool has_stamp =
        chunk.timestamp && *chunk.timestamp >= 0 && !chunk.flags.has(chunk::Flag::no_clock);

    out += "{object,";
    append_binary(call_id, out);
    const std::string stored = wire::to_gregorian(*arrival);
    out += ',' + stored.substr(0, stored.find('.')) + ",chunk,{ci_chunk,";
    append_binary(call_id, out);
    out += ',';
    append_lines(chunk.message, out);
    out += ',' + (has_stamp ? wire::to_gregorian(*chunk.timestamp) : "undefined");
    out += ',' + (chunk.ref_timestamp ? arrival_text(chunk) : stored) + ',';
    append_end(chunk.src, out);
    out += ',';
    append_end(chunk.dst, out);
    out += ',';
    append_binary(chunk.parser.empty() ? "call_inspector" : chunk.parser, out);
    out += ',';
    append_binary(chunk.label, out);
    out += ',';
    append_binary(chunk.c_seq, out);
    out += "}}.\n";
    return std::nullopt;
}

}  // namespace ci::commands
