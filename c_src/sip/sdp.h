// The parts of a session description (RFC 4566) that tell where media goes and how it is coded.
// Nothing is copied: every view points into the text given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wire/endpoint.h"

namespace ci::sip {

/// RFC 3264 5.1, from the view of who sends the description.
enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

struct MediaStream {
    std::string_view media;      ///< "audio"
    std::uint16_t port = 0;      ///< 0: refused, or the line is broken
    std::string_view transport;  ///< "RTP/AVP"
    wire::Address address;       ///< its own, else the session's; Family::none: none, or a name
    Direction direction = Direction::sendrecv;
    /// RFC 8839: it is one of several that both ends try, if both name their credentials.
    bool has_ice = false;
    /// Encoding names ("PCMA/8000", as written) in the order of preference; of a payload type
    /// without `rtpmap` the name that RFC 3551 gives it, else its number.
    std::vector<std::string_view> codecs;
};

struct SessionDescription {
    std::string_view origin_user, origin_session;
    std::vector<MediaStream> streams;
};

inline constexpr std::size_t most_media_streams = 8;

/// The description in a body: the whole, or the part of a multipart body that is one. Empty: none.
[[nodiscard]] std::string_view sdp_in(std::string_view body) noexcept;

/// Total: lines that are broken are skipped, and so are streams after the first eight.
[[nodiscard]] SessionDescription parse_sdp(std::string_view text);

}  // namespace ci::sip
