// Any messages give a capture that reads to its end, in which SIP over UDP comes back as it was.
//
//   input   := message*
//   message := kind:1 length:2 (big-endian) octets
// The lowest bits of `kind` are the transport, the next ones the two ends; the top one is the
// format of the file. The octets are the comment, too.
#include <array>
#include <string>
#include <vector>

#include "must.h"
#include "packets/capture_file.h"
#include "packets/decoder.h"
#include "packets/synthesis/capture_text.h"
#include "packets/synthesis/packetizer.h"
#include "packets/synthesis/times.h"
#include "sip/message.h"

namespace ci::fuzz {
namespace {

using synthesis::Sent;
using synthesis::Transport;

const std::array<wire::Endpoint, 5> ends{wire::Endpoint{}, *wire::parse_endpoint("192.0.2.1:5060"),
                                         *wire::parse_endpoint("192.0.2.2:40000"),
                                         *wire::parse_endpoint("[2001:db8::1]:5060"),
                                         *wire::parse_endpoint("[2001:db8::2]:40000")};

std::vector<Sent> sent_by(std::string_view input) {
    constexpr Transport transports[] = {Transport::udp, Transport::tcp, Transport::websocket,
                                        Transport::udp};
    std::vector<Sent> all;
    while (input.size() >= 3) {
        const unsigned kind = static_cast<unsigned char>(input[0]);
        const std::size_t length = wire::be_at<std::uint16_t>(wire::as_bytes(input), 1);
        const std::string octets(input.substr(3, length));
        input.remove_prefix(std::min(3 + length, input.size()));
        const auto at = static_cast<synthesis::Nanos>(all.size()) * synthesis::step;
        all.push_back({at, ends.at((kind >> 2U) % ends.size()), ends.at((kind >> 4U) % ends.size()),
                       transports[kind & 3U], octets, octets});
    }
    return all;
}

/// SIP that a datagram holds alone: readers of captures take no other for a message.
bool is_datagram(const Sent& sent) {
    constexpr std::size_t largest = 65'507;
    return sent.transport == Transport::udp && !sent.octets.empty() &&
           sent.octets.size() <= largest && sip::looks_like_sip(sent.octets);
}

void check(const std::string& file, const std::vector<Sent>& all) {
    std::vector<std::string> datagrams;
    packets::Decoder decoder(packets::Link::none, [&](const packets::Message& message) {
        if (message.protocol == packets::proto_udp) {
            datagrams.emplace_back(wire::as_text(message.bytes));
        }
    });
    std::string_view rest = file;
    packets::CaptureFile reader([&](std::span<std::byte> to) {
        const auto part = wire::as_bytes(rest.substr(0, to.size()));
        std::copy(part.begin(), part.end(), to.begin());
        rest.remove_prefix(part.size());
        return part.size();
    });
    must(reader.open(), "a capture is known by its beginning");
    packets::Record record;
    auto state = packets::RecordState::frame;
    while ((state = reader.next(record)) == packets::RecordState::frame) {
        decoder.decode(packets::link_of(record.link_type), record.bytes, record.at);
    }
    must(state == packets::RecordState::end, "a capture reads to its end");
    decoder.end();
    std::size_t next = 0;
    for (const Sent& one : all) {
        if (!is_datagram(one)) continue;
        while (next < datagrams.size() && datagrams[next] != one.octets) ++next;
        must(next++ < datagrams.size(), "SIP over UDP comes back, in its order");
    }
}

}  // namespace

void run(std::string_view input) {
    const std::vector<Sent> all = sent_by(input);
    const bool is_pcapng = !input.empty() && (input.front() & 0x80) != 0;
    synthesis::CaptureText text(is_pcapng ? synthesis::Format::pcapng : synthesis::Format::pcap,
                                "of a fuzzer");
    synthesis::Packetizer packetizer;
    std::vector<synthesis::Frame> frames;
    for (const Sent& one : all) packetizer.add(one, frames);
    for (const synthesis::Frame& frame : frames) {
        constexpr std::size_t largest = 14 + 65'535;  // Ethernet, and what IP's length can tell
        must(frame.bytes.size() <= 14 + synthesis::mtu, "no frame is larger than the MTU");
        must(frame.bytes.size() + frame.missing <= largest, "lengths fit their fields");
        text.add(frame);
    }
    check(std::move(text).take(), all);
}

}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ci::fuzz::run({reinterpret_cast<const char*>(data), size});
    return 0;
}
