// A SIP message as a trace needs it: the start line, the headers that identify call, transaction
// and hop, and the body. Nothing is copied: every view points into the bytes given to parse().
//
// Source: RFC 3261 sections 7 and 25; deviations found in traces are tolerated (docs/formats.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace ci::sip {

/// The names are those of the counters (docs/formats.md).
enum class Reason : std::uint8_t {
    sip_empty,         ///< only line ends and blanks
    sip_no_start_line  ///< the first line is neither `METHOD uri SIP/2.0` nor `SIP/2.0 code ...`
};
inline constexpr std::string_view reason_names[] = {"sip_empty", "sip_no_start_line"};
using Rejection = wire::Rejection<Reason>;

struct CSeq {
    std::uint64_t number = 0;
    std::string_view method;  ///< the start line's if the header has none
};

struct Message {
    std::string_view start_line;  ///< without line end; folds and padding are kept
    bool is_request = false;
    std::string_view method;  ///< a request's from the start line; a response's from CSeq, if any
    std::string_view request_uri;
    std::uint16_t status = 0;  ///< 100 to 699 in a response
    std::string_view headers;  ///< from the line after the start line up to the empty line
    std::string_view body;     ///< the bytes behind the empty line, cut to Content-Length
    std::size_t size = 0;      ///< octets from the first given byte to the message's last, without
                               ///< padding behind it, but with the body's own NULs

    std::string_view call_id;     ///< trimmed, byte-exact; empty: none
    std::string_view cseq_value;  ///< the CSeq header's value, trimmed; empty: none
    std::optional<CSeq> cseq;     ///< parsed; empty: none or malformed
    std::optional<std::uint32_t> max_forwards;
    bool duplicate_call_id = false;  ///< several Call-ID headers; the first one counts
    bool truncated = false;          ///< no empty line, or a body shorter than Content-Length
};

/// Total and linear; never throws or allocates. Leading line ends and blanks are skipped. Parsing
/// the first `size` bytes again gives the same message.
[[nodiscard]] wire::Result<Message, Reason> parse(std::string_view bytes) noexcept;

/// A quick test that tells SIP from other traffic on a shared port. True: the bytes begin like a
/// SIP message, after any line ends and blanks.
[[nodiscard]] bool looks_like_sip(std::string_view bytes) noexcept;

/// A header line: the name as written, the value trimmed (a folded one keeps inner line ends).
struct Header {
    std::string_view name, value;
};

/// Takes the next header off the front of `headers` (Message::headers); empty at the end. Lines
/// without a colon are skipped.
[[nodiscard]] std::optional<Header> next_header(std::string_view& headers) noexcept;

/// RFC 3261 7.3.1, 7.3.3: names are case-insensitive; `compact` is the one-letter form or 0.
[[nodiscard]] bool is_named(const Header& header, std::string_view name, char compact) noexcept;

/// The value of the first header named `name` or `compact`; empty: none.
[[nodiscard]] std::string_view find_header(const Message& message, std::string_view name,
                                           char compact) noexcept;

/// One hop of the Via stack.
struct Via {
    std::string_view transport;                ///< "UDP", "TLS" ... as written
    std::string_view sent_by;                  ///< host[:port]
    std::string_view branch, received, rport;  ///< empty: absent
    std::string_view text;                     ///< the whole value, for a Via without a branch
};

/// All Vias, topmost first; several in one header are split at commas outside quotes.
[[nodiscard]] std::vector<Via> vias(const Message& message);

/// The tag parameter of a From or To value: behind `>`, or behind the URI if there is no `<`.
[[nodiscard]] std::string_view tag(std::string_view from_or_to) noexcept;
[[nodiscard]] std::string_view from_tag(const Message& message) noexcept;
[[nodiscard]] std::string_view to_tag(const Message& message) noexcept;

}  // namespace ci::sip
