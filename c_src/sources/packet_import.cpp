#include "sources/packet_import.h"

#include <optional>

#include "packets/capture_file.h"
#include "sources/packed_file.h"
#include "sources/packet_messages.h"
#include "sources/pcap.h"

namespace ci::sources {
namespace {

/// An imported message counts as arrived this long after its capture, about as long as in a live
/// capture. So the order treats files and live captures alike, and does not take the capture times
/// for arrival times.
constexpr wire::Micros delay = 1'000;

/// A decompression error explains errors in the content.
std::string why(const PackedFile& packed, const packets::CaptureFile& file) {
    return packed.trouble().empty() ? file.trouble() : packed.trouble();
}

}  // namespace

PacketImport::PacketImport(std::string path, bool takes_hep, const SwitchSettings& switches,
                           Sink sink)
    : Source("import:" + path, wire::Endpoint{}, Admission{}, switches, std::move(sink)),
      path_(std::move(path)),
      takes_hep_(takes_hep) {}

wire::expected<bool, net::SocketError> PacketImport::run(const std::stop_token& stopped) {
    auto packed = PackedFile::open(path_, stopped);
    if (!packed) return std::move(packed.error());
    packets::CaptureFile file([&](std::span<std::byte> to) { return packed->read(to); });
    const auto cannot_read = [](int link_type) {
        return net::SocketError{"frames of link type " + link_type_name(link_type) +
                                " cannot be read"};
    };
    if (!file.open()) return net::SocketError{why(*packed, file)};
    if (const auto link_type = file.link_type(); link_type && !packets::link_of(*link_type)) {
        return cannot_read(*link_type);
    }
    PacketMessages messages(receiver_);
    packets::Decoder::Limits limits;
    limits.takes_hep = takes_hep_;
    packets::Decoder decoder(
        packets::Link::none,
        [&](const packets::Message& message) { messages.add(message, message.at + delay); },
        limits);
    packets::Record record;
    auto state = packets::RecordState::frame;
    bool can_read = false;
    std::optional<int> unknown;
    while (!stopped.stop_requested() &&
           (state = file.next(record)) == packets::RecordState::frame) {
        const auto link = packets::link_of(record.link_type);
        if (link) can_read = true;
        if (!link) unknown = record.link_type;
        decoder.decode(link, record.bytes, record.at);
        if (messages.is_full()) messages.hand_over();
    }
    decoder.end();
    messages.hand_over();
    receiver_.finish();
    frame_counters_.publish(decoder.counts());
    if (stopped.stop_requested()) return net::SocketError{"stopped"};
    if (state == packets::RecordState::failed || !packed->trouble().empty()) {
        return net::SocketError{why(*packed, file)};
    }
    if (unknown && !can_read) return cannot_read(*unknown);
    return true;
}

}  // namespace ci::sources
