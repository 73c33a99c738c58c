#include "sources/packet_import.h"

#include "sources/packet_messages.h"
#include "sources/pcap.h"

namespace ci::sources {
namespace {

/// An imported message counts as arrived this long after it was captured, which is about what a
/// live capture takes: files of one host go together, as do files and live captures; and the order
/// does not take the times for mere arrivals.
constexpr wire::Micros delay = 1'000;

}  // namespace

PacketImport::PacketImport(std::string path, bool takes_hep, const SwitchSettings& switches,
                           Sink sink)
    : Source("import:" + path, wire::Endpoint{}, Admission{}, switches, std::move(sink)),
      path_(std::move(path)),
      takes_hep_(takes_hep) {}

wire::expected<bool, SocketError> PacketImport::run(const std::atomic<bool>& stopped) {
    auto pcap = Pcap::open_file(path_);
    if (!pcap) return std::move(pcap.error());
    PacketMessages messages(receiver_);
    packets::Decoder::Limits limits;
    limits.takes_hep = takes_hep_;
    packets::Decoder decoder(
        pcap->link(),
        [&](const packets::Message& message) { messages.add(message, message.at + delay); },
        limits);
    Pcap::Frame frame;
    auto state = Pcap::State::frame;
    while (!stopped && (state = pcap->next(frame)) == Pcap::State::frame) {
        decoder.take(frame.bytes, frame.at);
        if (messages.is_full()) messages.hand_over();
    }
    decoder.end();
    messages.hand_over();
    frame_counters_.publish(decoder.counts());
    if (state == Pcap::State::failed) return SocketError{pcap->trouble()};
    if (stopped) return SocketError{"stopped"};
    return true;
}

}  // namespace ci::sources
