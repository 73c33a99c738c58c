#include "sip/sdp.h"

#include <algorithm>
#include <optional>

#include "sip/text.h"
#include "wire/text.h"

namespace ci::sip {
namespace {

constexpr std::size_t longest_sdp = 65'536;
constexpr std::size_t most_formats = 32;

/// RFC 3551 6: payload types that need no `rtpmap`.
struct StaticType {
    std::string_view number, name;
};
constexpr StaticType static_types[] = {
    {"0", "PCMU/8000"},   {"3", "GSM/8000"},    {"4", "G723/8000"},   {"8", "PCMA/8000"},
    {"9", "G722/8000"},   {"13", "CN/8000"},    {"15", "G728/8000"},  {"18", "G729/8000"},
    {"26", "JPEG/90000"}, {"31", "H261/90000"}, {"34", "H263/90000"},
};

std::string_view static_name(std::string_view number) noexcept {
    const auto* found = std::find_if(std::begin(static_types), std::end(static_types),
                                     [&](const StaticType& one) { return one.number == number; });
    return found == std::end(static_types) ? number : found->name;
}

/// Takes the next line off the front; SDP ends lines by CRLF or LF (RFC 4566 5).
std::string_view next_sdp_line(std::string_view& text) noexcept {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == wire::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// "IN IP4 192.0.2.1", with or without the TTL of a group.
wire::Address connection_of(std::string_view value) noexcept {
    (void)next_word(value);
    (void)next_word(value);
    const auto text = next_word(value);
    return wire::parse_address(text.substr(0, text.find('/'))).value_or(wire::Address{});
}

std::optional<Direction> direction_of(std::string_view attribute) noexcept {
    if (attribute == "sendrecv") return Direction::sendrecv;
    if (attribute == "sendonly") return Direction::sendonly;
    if (attribute == "recvonly") return Direction::recvonly;
    if (attribute == "inactive") return Direction::inactive;
    return std::nullopt;
}

/// "audio 49170 RTP/AVP 0 8 101"; codecs are payload types yet.
MediaStream stream_of(std::string_view value) {
    MediaStream stream;
    stream.media = next_word(value);
    const auto port = next_word(value);
    stream.port = wire::parse_port(port.substr(0, port.find('/'))).value_or(0);
    stream.transport = next_word(value);
    while (!value.empty() && stream.codecs.size() < most_formats) {
        stream.codecs.push_back(next_word(value));
    }
    return stream;
}

}  // namespace

std::string_view sdp_in(std::string_view body) noexcept {
    body = body.substr(0, longest_sdp);
    if (body.starts_with("v=0")) return body;
    const auto begin = body.find("\nv=0");
    if (begin == wire::npos) return {};
    body = body.substr(begin + 1);
    return body.substr(0, body.find("\n--"));
}

SessionDescription parse_sdp(std::string_view text) {
    SessionDescription sdp;
    wire::Address session_address;
    Direction session_direction = Direction::sendrecv;
    bool has_session_ice = false;
    std::vector<bool> is_named;  // the payload type has its name by now
    const auto end_stream = [&] {
        if (sdp.streams.empty()) return;
        auto& codecs = sdp.streams.back().codecs;
        for (std::size_t i = 0; i < codecs.size(); ++i) {
            if (!is_named[i]) codecs[i] = static_name(codecs[i]);
        }
    };
    while (!text.empty()) {
        const auto line = next_sdp_line(text);
        if (line.size() < 3 || line[1] != '=') continue;
        auto value = line.substr(2);
        if (line[0] == 'm') {
            end_stream();
            if (sdp.streams.size() == most_media_streams) return sdp;
            MediaStream stream = stream_of(value);
            stream.address = session_address;
            stream.direction = session_direction;
            stream.has_ice = has_session_ice;
            is_named.assign(stream.codecs.size(), false);
            sdp.streams.push_back(std::move(stream));
        } else if (line[0] == 'o' && sdp.streams.empty()) {
            sdp.origin_user = next_word(value);
            sdp.origin_session = next_word(value);
        } else if (line[0] == 'c') {
            (sdp.streams.empty() ? session_address : sdp.streams.back().address) =
                connection_of(value);
        } else if (line[0] == 'a') {
            if (const auto direction = direction_of(trim(value))) {
                (sdp.streams.empty() ? session_direction : sdp.streams.back().direction) =
                    *direction;
            } else if (value.starts_with("ice-ufrag:")) {
                (sdp.streams.empty() ? has_session_ice : sdp.streams.back().has_ice) = true;
            } else if (value.starts_with("rtpmap:") && !sdp.streams.empty()) {
                value.remove_prefix(std::string_view("rtpmap:").size());
                const auto number = next_word(value);
                auto& codecs = sdp.streams.back().codecs;
                for (std::size_t i = 0; i < codecs.size(); ++i) {
                    if (is_named[i] || codecs[i] != number) continue;
                    codecs[i] = next_word(value);
                    is_named[i] = true;
                    break;
                }
            }
        }
    }
    end_stream();
    return sdp;
}

}  // namespace ci::sip
