// SDP (RFC 4566): where media is to be sent, and the session that `o=` names.
#include <string>

#include "calls/evidence_parts.h"
#include "sip/text.h"
#include "wire/endpoint.h"
#include "wire/text.h"

namespace ci::calls {
namespace {

constexpr int most_streams = 8;
constexpr std::size_t longest_sdp = 65'536;
/// RFC 4566 5.2 wants an NTP time stamp as session, and many senders write a random number. A
/// shorter one is a constant or a counter.
constexpr std::size_t least_session_digits = 9;

/// Takes the next line off the front; SDP ends lines by CRLF or LF (RFC 4566 5).
std::string_view next_line(std::string_view& text) noexcept {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == wire::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// "IN IP4 192.0.2.1": an address at which one host listens.
wire::Address connection_of(std::string_view value) noexcept {
    (void)sip::next_word(value);
    (void)sip::next_word(value);
    const auto text = sip::next_word(value);
    const auto address = wire::parse_address(text.substr(0, text.find('/')));
    if (!address) return {};
    const bool is_unspecified = *address == wire::Address{address->family, {}};
    return is_unspecified ? wire::Address{} : *address;
}

/// "audio 49170 RTP/AVP 0": the port; 0: the stream is refused or the line is broken.
std::uint16_t port_of(std::string_view value) noexcept {
    (void)sip::next_word(value);
    const auto text = sip::next_word(value);
    return wire::parse_port(text.substr(0, text.find('/'))).value_or(0);
}

/// "alice 2890844526 2890844526 IN IP4 host": user and session.
void add_origin(std::string_view value, KeyList& keys) {
    const auto user = sip::next_word(value);
    const auto session = sip::next_word(value);
    if (session.size() < least_session_digits) return;
    keys.add(Evidence::media, Role::shares, "o=" + std::string(user) + ' ' + std::string(session));
}

class Streams {
  public:
    explicit Streams(KeyList& keys) : keys_(keys) {}

    void line(std::string_view text) {
        if (text.size() < 3 || text[1] != '=') return;
        const auto value = text.substr(2);
        if (text[0] == 'm') {
            end();
            port_ = port_of(value);
            own_ = {};
            ++streams_;
        } else if (text[0] == 'c') {
            (streams_ == 0 ? session_ : own_) = connection_of(value);
        }
    }
    /// The current stream is complete: its own address counts before the session's.
    void end() {
        const auto& address = own_.family == wire::Family::none ? session_ : own_;
        if (streams_ > 0 && streams_ <= most_streams && port_ != 0 &&
            address.family != wire::Family::none) {
            keys_.add(Evidence::media, Role::shares,
                      wire::to_string(wire::Endpoint{address, port_}));
        }
        port_ = 0;
    }

  private:
    KeyList& keys_;
    wire::Address session_, own_;
    std::uint16_t port_ = 0;
    int streams_ = 0;
};

/// The SDP in a body: the whole, or the part of a multipart body that is SDP.
std::string_view sdp_in(std::string_view body) noexcept {
    body = body.substr(0, longest_sdp);
    if (body.starts_with("v=0")) return body;
    const auto begin = body.find("\nv=0");
    if (begin == wire::npos) return {};
    body = body.substr(begin + 1);
    return body.substr(0, body.find("\n--"));
}

}  // namespace

void add_media_keys(const sip::Message& message, KeyList& keys) {
    // Only what begins a dialog: a phone may answer two callers with the same port.
    if (message.method != "INVITE" || !message.is_request || !sip::to_tag(message).empty()) return;
    auto sdp = sdp_in(message.body);
    Streams streams(keys);
    while (!sdp.empty()) {
        const auto line = next_line(sdp);
        if (line.starts_with("o=")) add_origin(line.substr(2), keys);
        streams.line(line);
    }
    streams.end();
}

}  // namespace ci::calls
