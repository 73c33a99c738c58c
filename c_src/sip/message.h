// A SIP message as a trace needs it: start line, the headers that tell calls, transactions and hops
// apart, body. Nothing is copied: every view points into the bytes given to parse().
//
// Source: RFC 3261 sections 7 and 25; lenient where traces are (docs/formats.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/result.h"

namespace ci::sip {

/// Names are the counters' (docs/formats.md).
enum class Reason : std::uint8_t {
    sip_empty,         ///< nothing but line ends and blanks
    sip_no_start_line  ///< the first line is neither `METHOD uri SIP/2.0` nor `SIP/2.0 code ...`
};
inline constexpr std::string_view reason_names[] = {"sip_empty", "sip_no_start_line"};
using Rejection = wire::Rejection<Reason>;

struct CSeq {
    std::uint64_t number = 0;
    std::string_view method;  ///< the request's, where the header has none
};

struct Message {
    std::string_view start_line;  ///< without line end; a folded or padded one as it stands
    bool is_request = false;
    std::string_view method;  ///< a request's own; a response's from CSeq, may be empty
    std::string_view request_uri;
    std::uint16_t status = 0;  ///< 100 to 699 in a response
    std::string_view headers;  ///< from the line after the start line up to the empty line
    std::string_view body;     ///< what follows the empty line, cut to Content-Length
    std::size_t size = 0;      ///< octets from the first byte given to the message's last: padding
                               ///< behind it is not part of it, a body's own NULs are

    std::string_view call_id;     ///< trimmed, byte-exact; empty: none
    std::string_view cseq_value;  ///< the CSeq header's value, trimmed; empty: none
    std::optional<CSeq> cseq;     ///< parsed; empty: none or broken
    std::optional<std::uint32_t> max_forwards;
    bool duplicate_call_id = false;  ///< several; the first one counts
    bool truncated = false;          ///< no empty line, or a body shorter than Content-Length
};

/// Total and linear; never throws or allocates. Leading line ends and blanks are skipped. Parsing
/// the first `size` bytes again gives the same message.
[[nodiscard]] wire::Result<Message, Reason> parse(std::string_view bytes) noexcept;

/// True for bytes that begin like a SIP message (after line ends and blanks): a quick test that
/// tells SIP from everything else on a shared port.
[[nodiscard]] bool looks_like_sip(std::string_view bytes) noexcept;

/// A header's line, name as written, value trimmed (folded lines keep their inner line ends).
struct Header {
    std::string_view name, value;
};

/// Takes the next header off the front of `headers` (Message::headers); empty at the end. Lines
/// without a colon are skipped.
[[nodiscard]] std::optional<Header> next_header(std::string_view& headers) noexcept;

/// RFC 3261 7.3.1 and 7.3.3: names compare without case; `compact` is the one-letter form or 0.
[[nodiscard]] bool is_named(const Header& header, std::string_view name, char compact) noexcept;

/// The value of the first header of that name; empty: none.
[[nodiscard]] std::string_view find_header(const Message& message, std::string_view name,
                                           char compact) noexcept;

/// One hop of the Via stack.
struct Via {
    std::string_view transport;                ///< "UDP", "TLS" ... as written
    std::string_view sent_by;                  ///< host[:port]
    std::string_view branch, received, rport;  ///< empty: not there
    std::string_view text;                     ///< the whole value, for a Via without a branch
};

/// All Vias, topmost first; several in one header are split at commas outside quotes.
[[nodiscard]] std::vector<Via> vias(const Message& message);

/// The tag parameter of a From or To value: after `>`, or after the URI where there is no `<`.
[[nodiscard]] std::string_view tag(std::string_view from_or_to) noexcept;
[[nodiscard]] std::string_view from_tag(const Message& message) noexcept;
[[nodiscard]] std::string_view to_tag(const Message& message) noexcept;

}  // namespace ci::sip
