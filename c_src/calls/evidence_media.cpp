// Media (RFC 4566): where it is to be sent, and the session that `o=` names.
#include <string>

#include "calls/evidence_parts.h"
#include "sip/sdp.h"
#include "wire/endpoint.h"

namespace ci::calls {
namespace {

/// RFC 4566 5.2 wants an NTP time stamp as session, and many senders write a random number. A
/// shorter one is a constant or a counter.
constexpr std::size_t least_session_digits = 9;

/// An address at which one host listens.
bool is_one_host(const wire::Address& address) noexcept {
    return address != wire::Address{address.family, {}};
}

}  // namespace

void add_media_keys(const sip::Message& message, KeyList& keys) {
    // Only what begins a dialog: a phone may answer two callers with the same port.
    if (message.method != "INVITE" || !message.is_request || !sip::to_tag(message).empty()) return;
    const auto sdp = sip::parse_sdp(sip::sdp_in(message.body));
    if (sdp.origin_session.size() >= least_session_digits) {
        keys.add(Evidence::media, Role::shares,
                 "o=" + std::string(sdp.origin_user) + ' ' + std::string(sdp.origin_session));
    }
    for (const sip::MediaStream& stream : sdp.streams) {
        if (stream.port == 0 || !is_one_host(stream.address)) continue;
        keys.add(Evidence::media, Role::shares,
                 wire::to_string(wire::Endpoint{stream.address, stream.port}));
    }
}

}  // namespace ci::calls
