// Draft to JSON line. The hot path of intake: no JSON library, each byte is copied once.
#include <array>
#include <charconv>

#include "chunk/chunk.h"
#include "chunk/keys.h"
#include "wire/base64.h"
#include "wire/text.h"
#include "wire/utf8.h"
#include "wire/visible.h"

namespace ci::chunk {
namespace {

using wire::crlf;

/// The escape that a byte needs inside a JSON string (RFC 8259 section 7).
constexpr std::array<char, 256> escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
    table[0x7f] = 'u';
    for (std::size_t c = 0x80; c < 256; ++c) table[c] = '8';
    table['\b'] = 'b';
    table['\f'] = 'f';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    table['"'] = '"';
    table['\\'] = '\\';
    return table;
}();

void append_control(unsigned char byte, std::string& out) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u00";
    out += hex[byte >> 4U];
    out += hex[byte & 15U];
}

template <class Int>
void append_number(Int value, std::string& out) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_key(std::string_view key, std::string& out) {
    out += ",\"";
    out += key;
    out += "\":";
}

void append_member(std::string_view key, std::string_view value, std::string& out) {
    if (value.empty()) return;
    append_key(key, out);
    append_json_string(value, out);
}

void append_endpoint(std::string_view key, const wire::Endpoint& endpoint, std::string& out) {
    if (endpoint.address.family == wire::Family::none) return;
    append_key(key, out);
    out += '"';
    wire::append(endpoint, out);
    out += '"';
}

/// The lines between CRLFs without the empty ones at the end, as Kazoo shows a message. The number
/// of the line ends is written as well, so that the octets can be restored.
void append_raw(std::string_view message, std::string& out) {
    std::size_t removed = 0;
    while (message.ends_with(crlf)) {
        message.remove_suffix(crlf.size());
        ++removed;
    }
    append_key(keys::raw, out);
    char before = '[';
    while (true) {
        const std::size_t end = message.find(crlf);
        out += before;
        append_json_string(message.substr(0, end), out);
        if (end == std::string_view::npos) break;
        message.remove_prefix(end + crlf.size());
        before = ',';
    }
    out += ']';
    append_key(keys::crlfs, out);
    append_number(removed, out);
}

void append_payload(std::string_view message, std::string& out) {
    append_key(keys::payload, out);
    out += '"';
    wire::append_base64(message, out);
    out += '"';
}

void append_transport(std::uint8_t protocol, std::string& out) {
    struct Name {
        std::uint8_t number;
        std::string_view name;
    };
    // IP protocol numbers; 22 and 50 are the capture agents' own numbers for TLS and WebSocket.
    constexpr Name names[] = {{17, "udp"}, {6, "tcp"}, {22, "tls"}, {132, "sctp"}, {50, "ws"}};
    for (const Name& name : names) {
        if (name.number == protocol) return append_member(keys::transport, name.name, out);
    }
    if (protocol != 0) append_member(keys::transport, std::to_string(protocol), out);
}

void append_flags(Flags flags, std::string& out) {
    if (flags.empty()) return;
    append_key(keys::flags, out);
    char before = '[';
    for (std::size_t i = 0; i < std::size(flag_names); ++i) {
        if (!flags.has(static_cast<Flag>(i))) continue;
        out += before;
        append_json_string(flag_names[i], out);
        before = ',';
    }
    out += ']';
}

void append_links(std::span<const Link> links, std::string& out) {
    if (links.empty()) return;
    append_key(keys::links, out);
    char before = '{';
    for (const Link& link : links) {
        out += before;
        append_json_string(link.protocol, out);
        out += ':';
        append_json_string(link.id, out);
        before = ',';
    }
    out += '}';
}

void append_trace(const wire::Trace& trace, std::string& out) {
    if (trace.ip_id != 0) {
        append_key(keys::ip_id, out);
        append_number(trace.ip_id, out);
    }
    if (trace.ttl != 0) {
        append_key(keys::ttl, out);
        append_number(static_cast<unsigned>(trace.ttl), out);
    }
    append_member(keys::mac, trace.mac, out);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    std::size_t plain = 0;  // start of the bytes that are copied unchanged
    std::size_t at = 0;
    const auto copy_plain = [&] { out.append(text, plain, at - plain); };
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const char escape = escapes[byte];
        if (escape == 0) {
            ++at;
            continue;
        }
        if (escape == '8') {
            const std::size_t length = wire::utf8_length(text.substr(at));
            const auto character = text.substr(at, length);
            if (length != 0 && wire::find_hidden(character) != std::string_view::npos) {
                copy_plain();
                out += wire::visible(std::string(character));
                plain = at += length;
                continue;
            }
            if (length != 0) {
                at += length;
                continue;
            }
        }
        copy_plain();
        if (escape == 'u' || (escape == '8' && byte < 0xa0)) {
            append_control(byte, out);
        } else if (escape == '8') {
            wire::append_utf8(byte, out);
        } else {
            out += '\\';
            out += escape;
        }
        plain = ++at;
    }
    copy_plain();
    out += '"';
}

Place append_line(const Draft& draft, std::string& out) {
    out.append("{\"").append(keys::call_id).append("\":");
    const std::size_t call_id_at = out.size() + 1;
    append_json_string(draft.call_id, out);
    const Place call_id{call_id_at, out.size() - 1 - call_id_at};
    append_key(keys::timestamp, out);
    wire::append_gregorian(draft.timestamp, out);
    append_key(keys::ref_timestamp, out);
    if (draft.ref_timestamp_text.empty()) {
        out += '"';
        wire::append_gregorian(draft.ref_timestamp, out);
        out += '"';
    } else {
        append_json_string(draft.ref_timestamp_text, out);
    }
    append_member(keys::label, draft.label, out);
    append_raw(draft.message, out);
    append_endpoint(keys::src, draft.src, out);
    append_endpoint(keys::dst, draft.dst, out);
    append_member(keys::parser, draft.parser, out);
    append_member(keys::c_seq, draft.c_seq, out);
    append_member(keys::observer, draft.observer, out);
    if (draft.capture_id) {
        append_key(keys::capture_id, out);
        append_number(*draft.capture_id, out);
    }
    append_member(keys::correlation_id, draft.correlation_id, out);
    if (draft.log_position) {
        append_key(keys::log_position, out);
        append_number(*draft.log_position, out);
    }
    if (draft.hep_version != 0) {
        append_key(keys::hep, out);
        append_number(static_cast<unsigned>(draft.hep_version), out);
    }
    append_transport(draft.ip_protocol, out);
    if (!wire::count_utf8(draft.message)) append_payload(draft.message, out);
    append_flags(draft.flags, out);
    append_member(keys::event, draft.event, out);
    append_member(keys::direction, draft.direction, out);
    append_links(draft.links, out);
    append_trace(draft.trace, out);
    out += "}\n";
    return call_id;
}

}  // namespace ci::chunk
