// Any frames give messages or counts, in bounded memory, and the same twice.
//
//   input := (link:1 frame)*       only the first link counts
//   frame := length:2 (big-endian) bytes
// `link` is the number of a Layer, in the order of the list. Its second bit asks for HEP, too. The
// top bit puts each frame into a packet of its own: IPv4, its protocol the frame's first byte, so
// that the fuzzer gets at transports without finding link layers.
#include <string>
#include <vector>

#include "must.h"
#include "packets/decoder.h"
#include "sip/message.h"
#include "sip/start_line.h"
#include "sip/text.h"

namespace ci::fuzz {
namespace {

std::string wrap(std::string_view payload) {
    std::string packet("\x45\0\0\0\0\1\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2", 20);
    if (!payload.empty()) {
        packet[9] = payload.front();
        payload.remove_prefix(1);
    }
    const std::size_t total = std::min<std::size_t>(packet.size() + payload.size(), 65'535);
    packet[2] = static_cast<char>(total >> 8U);
    packet[3] = static_cast<char>(total & 0xffU);
    return packet.append(payload);
}

struct Result {
    std::vector<std::string> messages;
    packets::Counts counts;
};

Result decode(std::string_view input) {
    using packets::Link;
    // The first five are where older seeds have them.
    constexpr Link links[] = {
        Link::ethernet,     Link::cooked, Link::cooked2,     Link::bsd,          Link::raw,
        Link::ppp,          Link::hdlc,   Link::frame_relay, Link::wlan,         Link::radiotap,
        Link::prism,        Link::avs,    Link::llc,         Link::mpls,         Link::pppoe,
        Link::ppi,          Link::pktap,  Link::nflog,       Link::docsis,       Link::token_ring,
        Link::fddi,         Link::erf,    Link::switch_4,    Link::exported_pdu, Link::ipnet,
        Link::ppp_direction};
    constexpr std::size_t exported_pdu = 23;
    static_assert(links[exported_pdu] == Link::exported_pdu);
    const auto first = static_cast<unsigned char>(input.front());
    const bool wraps = (first & 0x80U) != 0;
    input.remove_prefix(1);
    Result result;
    packets::Decoder::Limits limits;
    limits.tcp.flows = 4;
    limits.tcp.bytes = 65'536;  // a WebSocket's window alone takes 48 KiB
    limits.fragments.datagrams = 4;
    limits.fragments.pieces = 8;
    limits.fragments.bytes = 4'096;
    limits.sctp.flows = 4;
    limits.sctp.pieces = 8;
    limits.sctp.bytes = 4'096;
    limits.takes_hep = (first & 0x40U) != 0;
    wire::Micros now = 1'000'000;
    packets::Decoder decoder(
        wraps ? Link::raw : links[first % std::size(links)],
        [&](const packets::Message& message) {
            const auto text = wire::as_text(message.bytes);
            // Of several in one frame each is a microsecond later.
            must(message.at > 0 && message.at <= now + 65'536, "a message was captured in time");
            const bool is_exported = first % std::size(links) == exported_pdu && !wraps;
            if (!is_exported) {
                must(message.protocol == 6 || message.protocol == 17 || message.protocol == 132 ||
                         message.protocol == 50,
                     "by what can carry it");
                must(message.source.address.family != wire::Family::none, "from somewhere");
            }
            must(!message.is_hep || limits.takes_hep, "HEP was asked for");
            std::string where;
            if (message.trace) append(message.trace->link, where);
            must(where.size() <= 40, "and a place is short");
            // Lone CRs within: UDP's and a stream's first line may differ, sip::parse decides.
            const auto line = sip::trim_right(text.substr(0, text.find('\n')));
            must(message.is_hep ||
                     (message.protocol == 6 && !is_exported ? sip::read_start_line(line).has_value()
                                                            : sip::looks_like_sip(text)),
                 "and begins like SIP");
            must(text.size() <= packets::SipReader::max_message + packets::SipReader::max_head,
                 "a message has an end");
            result.messages.emplace_back(text);
        },
        limits);
    while (input.size() >= 2) {
        const std::size_t length = wire::be_at<std::uint16_t>(wire::as_bytes(input), 0);
        const auto bytes = input.substr(2, length);
        input.remove_prefix(std::min(input.size(), length + 2));
        const std::string frame = wraps ? wrap(bytes) : std::string(bytes);
        now += 1'000 * static_cast<wire::Micros>(1 + length % 7 * 200);
        decoder.decode(wire::as_bytes(frame), now);
    }
    decoder.end();
    result.counts = decoder.counts();
    return result;
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci::fuzz;
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const Result once = decode(input);
    std::uint64_t frames = 0;
    for (const auto count : once.counts.fates) frames += count;
    must(frames == once.counts.frames, "each frame has one fate");
    must(once.counts.messages == once.messages.size(), "each message is counted");
    const Result again = decode(input);
    must(again.messages == once.messages, "the same frames give the same messages");
    must(again.counts.fates == once.counts.fates, "and the same counts");
    return 0;
}
