#include "erlang/distribution.h"

namespace ci::erlang {
namespace {

/// A fun may be among the arguments of a call, which is answered all the same.
constexpr Limits in_packets{.depth = 32, .terms = 1'000'000, .funs = true};

}  // namespace

Result<Packet> decode_packet(wire::Bytes payload) {
    if (payload[0] != pass_through) return Rejection{Reason::no_version, 0};
    const wire::Bytes terms = payload.subspan(1);
    const auto size = first_term(terms, in_packets);
    if (!size) return Rejection{size.error().reason, size.error().at + 1};
    const auto elements = tuple_of(wire::as_text(terms.subspan(1, *size - 1)));
    const auto operation =
        elements && !elements->empty() ? number_of(elements->front()) : std::nullopt;
    if (!operation) return Rejection{Reason::not_a_request, 1};
    Packet packet{*operation, {elements->begin() + 1, elements->end()}, {}, {}};
    const wire::Bytes message = terms.subspan(*size);
    if (message.size() > 1) {
        auto& taken = check_term(message, in_packets) ? packet.message : packet.refused;
        taken = wire::as_text(message.subspan(1));
    }
    return packet;
}

std::string encode_packet(std::string_view control, std::string_view message) {
    const std::size_t length = 1 + control.size() + message.size();
    std::string out;
    out.reserve(4 + length);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        out.push_back(static_cast<char>(length >> shift));
    }
    out.push_back(std::to_integer<char>(pass_through));
    return out.append(control).append(message);
}

std::string encode_send(RawTerm to, const TermWriter& message) {
    TermWriter control;
    control.tuple(3).number(static_cast<std::uint64_t>(Operation::send)).atom("").raw(to);
    return encode_packet(control.bytes(), message.bytes());
}

}  // namespace ci::erlang
