#include "hep/maker.h"

#include "hep/hep12.h"
#include "hep/hep3.h"

namespace ci::hep {
namespace {

/// OpenSIPS adds the size of both addresses twice, which leaves NULs behind the message.
bool has_opensips_padding(const Capture& capture) noexcept {
    constexpr std::size_t ipv4_pair = 8, ipv6_pair = 32;
    const std::size_t last = capture.payload.find_last_not_of('\0');
    if (last == std::string_view::npos) return false;
    const std::size_t padding = capture.payload.size() - last - 1;
    return padding == (capture.source.address.family == wire::Family::ipv6 ? ipv6_pair : ipv4_pair);
}

Maker maker_of_hep12(wire::Bytes packet, const Capture& capture) noexcept {
    if (packet.size() < hep12_addresses_at) return Maker::unknown;
    if (has_opensips_padding(capture)) return Maker::opensips;
    if (capture.version == 1) return Maker::unknown;  // Kamailio's and FreeSWITCH's are the same
    const bool is_ipv6 = capture.source.address.family == wire::Family::ipv6;
    const std::size_t addresses_end = hep12_addresses_at + (is_ipv6 ? 32U : 8U);
    const auto length = std::to_integer<std::size_t>(packet[1]);
    // Only FreeSWITCH counts the time.
    if (length == addresses_end + hep2_time_block) return Maker::freeswitch;
    return length == addresses_end ? Maker::kamailio : Maker::unknown;
}

Maker maker_of_hep3(wire::Bytes packet, const Capture& capture) noexcept {
    constexpr std::size_t byte_field = hep3_field_head + 1;  // the family's, and the protocol's
    constexpr std::size_t third_type = hep3_packet_head + 2 * byte_field + 2;
    constexpr std::uint16_t ipv4_source = 3, ipv6_source = 5, source_port = 7;
    if (packet.size() < third_type + 2) return Maker::unknown;
    const auto third = wire::be_at<std::uint16_t>(packet, third_type);
    if (third == ipv4_source || third == ipv6_source) return Maker::kamailio;
    if (third != source_port) return Maker::unknown;
    // OpenSIPS alone puts what correlates behind the payload.
    if (!capture.links.empty()) return Maker::opensips;
    if (!capture.correlation_id.empty()) {
        return capture.correlation_id.data() > capture.payload.data() ? Maker::opensips
                                                                      : Maker::unknown;
    }
    return capture.agent_name.empty() && capture.auth_key.empty() ? Maker::freeswitch
                                                                  : Maker::unknown;
}

}  // namespace

Maker maker_of(wire::Bytes packet, const Capture& capture) noexcept {
    return capture.version == 3 ? maker_of_hep3(packet, capture) : maker_of_hep12(packet, capture);
}

}  // namespace ci::hep
