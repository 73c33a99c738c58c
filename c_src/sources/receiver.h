// What all transports of one source share: its name, who may send, its counters, and the way of
// what a wake-up brought to the sink.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "intake/intake.h"
#include "sources/admission.h"
#include "sources/counters.h"
#include "sources/pieces.h"
#include "sources/senders.h"
#include "sources/switches.h"

namespace ci::sources {

/// Takes a batch of chunks and says how many of them are stored; the rest is lost, and counted.
/// Called from the sources' threads, several at a time; drafts are gone after the call.
using Sink = std::function<std::size_t(std::span<const chunk::Draft>)>;

/// Takes a line that an operator should see. Called from the sources' threads.
using Notice = std::function<void(std::string_view)>;

class Receiver {
  public:
    /// `local` is where datagrams arrive that do not tell.
    Receiver(std::string id, const wire::Endpoint& local, Admission admission,
             const SwitchSettings& switches, Sink sink)
        : id_(std::move(id)),
          local_(local),
          admission_(std::move(admission)),
          switches_(switches),
          sink_(std::move(sink)),
          pieces_([this](const wire::Datagram& packet, const hep::Capture& capture) {
              keep(packet, capture);
          }) {}

    [[nodiscard]] Switches& switches() noexcept { return switches_; }
    [[nodiscard]] const Switches& switches() const noexcept { return switches_; }

    /// By one thread. Not empty. The packets are counted as received when they are handed over.
    void take(std::span<const wire::Datagram> datagrams);

    /// Messages of which pieces are missing are handed over once they have waited for long enough;
    /// by the same thread, not later than this.
    [[nodiscard]] std::optional<Pieces::Clock::time_point> deadline() const noexcept {
        return pieces_.deadline();
    }
    void expire();
    /// Nothing more comes.
    void finish();

    [[nodiscard]] const Admission& admission() const noexcept { return admission_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Senders& senders() const noexcept { return senders_; }
    [[nodiscard]] Counters& counters() noexcept { return counters_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

  private:
    void take_packets(const wire::Datagram& datagram);
    void take_packet(const wire::Datagram& packet);
    void keep(const wire::Datagram& packet, const hep::Result<hep::Capture>& capture);
    void refuse(intake::Refused reason);
    void hand_over();

    std::string id_;
    wire::Endpoint local_;
    Admission admission_;
    Switches switches_;
    Sink sink_;
    Counters counters_;
    std::deque<intake::Memory>
        memories_;  ///< what drafts_ point to: one for each, and one to go on with
    std::vector<chunk::Draft> drafts_;
    std::vector<wire::Address> peers_;  ///< of drafts_
    Senders senders_;
    Pieces pieces_;
    Pieces::Clock::time_point now_;                        ///< of the wake-up
    std::uint64_t received_ = 0, bytes_ = 0, events_ = 0;  ///< since the last handing over
};

}  // namespace ci::sources
