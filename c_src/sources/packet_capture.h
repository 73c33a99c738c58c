// A source that captures the SIP on an interface, in its own thread. While the interface cannot be
// read (down, removed) the source remains, reports that, and tries again.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "net/poller.h"
#include "os/mutex.h"
#include "sources/frame_counters.h"
#include "sources/packet_messages.h"
#include "sources/pcap.h"
#include "sources/source.h"

namespace ci::sources {

struct CaptureOptions {
    std::string interface;
    std::string filter;                   ///< pcap-filter(7); empty: everything
    bool takes_hep = false;               ///< captured HEP counts as sent to this program
    SwitchSettings switches{true, true};  ///< at the start
};

class PacketCapture : public Source {
  public:
    /// On return the capture runs. `notice` gets messages for the operator, from the source's
    /// thread.
    static wire::expected<std::unique_ptr<Source>, net::SocketError> start(
        const CaptureOptions& options, Sink sink, Notice notice);
    ~PacketCapture() override;
    PacketCapture(const PacketCapture&) = delete;
    PacketCapture& operator=(const PacketCapture&) = delete;

    [[nodiscard]] std::string_view type() const override { return "capture"; }
    [[nodiscard]] int receive_buffer() const override { return Pcap::buffer_size; }
    [[nodiscard]] std::optional<FrameStats> frames() const override;

    static std::string id_of(const CaptureOptions& options);

  private:
    PacketCapture(const CaptureOptions& options, Pcap pcap, os::Descriptor wake, net::Poller poller,
                  Sink sink, Notice notice);
    void run();
    bool read_batch();
    void interrupt(const std::string& why);
    void resume();
    void publish();

    const std::string interface_, filter_;
    const bool takes_hep_;
    Notice notice_;
    std::optional<Pcap> pcap_;  ///< empty: interrupted
    os::Descriptor wake_;
    net::Poller poller_;
    PacketMessages messages_;
    std::optional<packets::Decoder> decoder_;
    packets::Counts before_;            ///< of the decoders before the last interruption
    std::uint64_t dropped_before_ = 0;  ///< dropped frames before the last interruption
    FrameCounters frame_counters_;
    mutable os::Mutex mutex_;
    std::string interrupted_ GUARDED_BY(mutex_);  ///< why; empty: it captures
    std::uint64_t interruptions_ GUARDED_BY(mutex_) = 0;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace ci::sources
