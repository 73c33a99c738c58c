#include "hep/hep3.h"

#include <algorithm>
#include <limits>

#include "hep/payload.h"
#include "hep/stamp.h"

namespace ci::hep {
namespace {

using wire::Bytes;

/// OpenSIPS correlates two protocols with a packet that has no payload.
constexpr std::uint8_t correlation_control = 96;

/// Stands for an unreadable number: too large for any time.
constexpr auto no_number = std::numeric_limits<std::uint64_t>::max();

/// Some agents write a number in another width than the specification's. Any width is accepted if
/// the value fits.
template <class Int>
std::optional<Int> read_number(Bytes value) noexcept {
    std::uint64_t number = 0;
    switch (value.size()) {
        case 1:
            number = wire::be_at<std::uint8_t>(value, 0);
            break;
        case 2:
            number = wire::be_at<std::uint16_t>(value, 0);
            break;
        case 4:
            number = wire::be_at<std::uint32_t>(value, 0);
            break;
        case 8:
            number = wire::be_at<std::uint64_t>(value, 0);
            break;
        default:
            return std::nullopt;
    }
    if (number > std::numeric_limits<Int>::max()) return std::nullopt;
    return static_cast<Int>(number);
}

/// Sets `kept` if the field's value fits.
template <class Int>
void keep_number(Bytes value, Int& kept) noexcept {
    kept = read_number<Int>(value).value_or(kept);
}

void keep_address(Bytes value, wire::Family family, wire::Address& kept) noexcept {
    const std::size_t size = family == wire::Family::ipv6 ? 16 : 4;
    if (value.size() != size) return;
    wire::Address address{family, {}};
    std::transform(value.begin(), value.end(), address.bytes.begin(),
                   [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    kept = wire::unmapped(address);
}

/// FreeSWITCH before May 2019, captagent and sngrep put a 16-bit number into the upper half.
std::uint32_t repaired_capture_id(std::uint32_t id) noexcept {
    return (id & 0xffffU) == 0 ? id >> 16U : id;
}

/// Collects the fields of one vendor.
class Fields {
  public:
    explicit Fields(bool is_draft) noexcept : is_draft_(is_draft) {}

    void keep(std::uint16_t type, Bytes value) noexcept;
    /// The Capture that the fields make up. Empty: there is no payload.
    [[nodiscard]] std::optional<Capture> together() noexcept;

  private:
    Capture capture_;
    std::uint64_t seconds_ = 0;
    std::uint64_t micros_ = 0;
    std::optional<std::string_view> plain_, compressed_;
    bool is_draft_;  ///< "EEP1": fields 16 and 17 mean something else
};

void Fields::keep(std::uint16_t type, Bytes value) noexcept {
    switch (static_cast<FieldType>(type)) {
        case FieldType::ip_family:
            break;  // ignored, because an old agent always says IPv4: the addresses tell the family
        case FieldType::ip_protocol:
            return keep_number(value, capture_.ip_protocol);
        case FieldType::ipv4_source:
            return keep_address(value, wire::Family::ipv4, capture_.source.address);
        case FieldType::ipv4_destination:
            return keep_address(value, wire::Family::ipv4, capture_.destination.address);
        case FieldType::ipv6_source:
            return keep_address(value, wire::Family::ipv6, capture_.source.address);
        case FieldType::ipv6_destination:
            return keep_address(value, wire::Family::ipv6, capture_.destination.address);
        case FieldType::source_port:
            return keep_number(value, capture_.source.port);
        case FieldType::destination_port:
            return keep_number(value, capture_.destination.port);
        case FieldType::seconds:
            seconds_ = read_number<std::uint64_t>(value).value_or(no_number);
            break;
        case FieldType::micros:
            micros_ = read_number<std::uint64_t>(value).value_or(no_number);
            break;
        case FieldType::payload_type:
            if (const auto number = read_number<std::uint8_t>(value)) {
                capture_.payload_type = static_cast<PayloadType>(*number);
            }
            break;
        case FieldType::capture_id:
            if (const auto number = read_number<std::uint32_t>(value)) {
                capture_.capture_id = repaired_capture_id(*number);
            }
            break;
        case FieldType::auth_key:
            capture_.auth_key = wire::as_text(value);
            break;
        case FieldType::payload:
            plain_ = wire::as_text(value);
            break;
        case FieldType::compressed_payload:
            if (!is_draft_) compressed_ = wire::as_text(value);
            break;
        case FieldType::correlation_id:
            if (!is_draft_) capture_.correlation_id = wire::as_text(value);
            break;
        case FieldType::agent_name:
            capture_.agent_name = wire::as_text(value);
            break;
        case FieldType::links:
            capture_.links = wire::as_text(value);
            break;
    }
}

std::optional<Capture> Fields::together() noexcept {
    const bool is_event = capture_.payload_type == PayloadType{correlation_control};
    if (!plain_ && !compressed_ && !is_event) return std::nullopt;
    capture_.version = 3;
    if (seconds_ != 0) {
        capture_.captured_at = stamp(seconds_, micros_);
        capture_.bad_time = !capture_.captured_at;
    }
    capture_.payload = plain_.value_or("");
    const auto plain = skip_blanks(capture_.payload);
    if (compressed_ && !begins_with_sip(plain) && !begins_with_json(plain)) {
        capture_.payload = *compressed_;
        capture_.compressed = true;
    }
    return capture_;
}

/// The result of one walk over the fields of `vendor`.
struct Walk {
    std::optional<Rejection> damage;
    std::size_t of_vendor = 0;            ///< number of the vendor's fields
    std::optional<std::uint16_t> vendor;  ///< of all fields; empty: none, or several
};

Walk walk(Bytes packet, std::uint16_t vendor, Fields& fields) noexcept {
    Walk met;
    for (std::size_t at = hep3_packet_head; at < packet.size();) {
        const auto left = packet.subspan(at);
        if (left.size() < hep3_field_head) {
            met.damage = Rejection{Reason::hep3_tail, at};
            return met;
        }
        const auto field_vendor = wire::be_at<std::uint16_t>(left, 0);
        const auto type = wire::be_at<std::uint16_t>(left, 2);
        const std::size_t length = wire::be_at<std::uint16_t>(left, 4);
        if (length < hep3_field_head) {
            met.damage = Rejection{Reason::hep3_chunk_short, at + 4};
            return met;
        }
        const bool is_cut = length > left.size();
        const auto value =
            left.subspan(hep3_field_head, std::min(length, left.size()) - hep3_field_head);
        const bool is_payload = type == static_cast<std::uint16_t>(FieldType::payload) ||
                                type == static_cast<std::uint16_t>(FieldType::compressed_payload);
        if (at == hep3_packet_head) met.vendor = field_vendor;
        if (met.vendor != field_vendor) met.vendor.reset();
        if (field_vendor == vendor) {
            ++met.of_vendor;
            // Half a message is worth showing, half an address is not.
            if (!is_cut || (is_payload && !value.empty())) fields.keep(type, value);
        }
        if (is_cut) {
            met.damage = Rejection{Reason::hep3_chunk_over, at + 4};
            return met;
        }
        at += length;
    }
    return met;
}

}  // namespace

bool has_hep3_magic(Bytes bytes) noexcept {
    const auto text = wire::as_text(bytes);
    return text.starts_with("HEP3") || text.starts_with("EEP3") || text.starts_with("EEP1");
}

Result<Capture> decode_hep3(Bytes datagram) noexcept {
    if (datagram.size() < hep3_packet_head) return Rejection{Reason::hep3_short, datagram.size()};
    const std::size_t total = wire::be_at<std::uint16_t>(datagram, 4);
    if (total < hep3_packet_head) return Rejection{Reason::hep3_bad_total, 4};
    const auto packet = datagram.first(std::min(total, datagram.size()));
    if (total == hep3_packet_head) return Rejection{Reason::keepalive, packet.size()};

    const bool is_draft = wire::as_text(datagram).starts_with("EEP1");
    Fields fields(is_draft);
    Walk met = walk(packet, 0, fields);
    if (met.of_vendor == 0 && met.vendor) {
        // hep-erlang puts its own vendor on every field, generic ones included.
        met = walk(packet, *met.vendor, fields);
    }
    if (total > datagram.size()) met.damage = Rejection{Reason::hep3_cut, 4};

    auto capture = fields.together();
    if (!capture) {
        return met.damage.value_or(Rejection{Reason::hep3_no_payload, packet.size()});
    }
    capture->damage = met.damage;
    capture->size = packet.size();
    return *capture;
}

}  // namespace ci::hep
