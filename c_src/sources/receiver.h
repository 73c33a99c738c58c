// What all transports of one source share: its id, its admission rules, its counters, and the path
// from received packets to the sink.
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

/// Takes a batch of chunks and returns how many of them are stored; the others are lost and
/// counted. Sources' threads call it concurrently. Drafts are invalid after the call.
using Sink = std::function<std::size_t(std::span<const chunk::Draft>)>;

/// Takes a message for the operator. Called from the sources' threads.
using Notice = std::function<void(std::string_view)>;

class Receiver {
  public:
    /// `local` is the destination of datagrams that do not carry one.
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

    /// Takes at least one datagram. Call from one thread only. The packets count as received when
    /// they are handed to the sink.
    void receive(std::span<const wire::Datagram> datagrams);

    /// When expire() is to be called by that thread: it hands over incomplete messages that have
    /// waited long enough.
    [[nodiscard]] std::optional<Pieces::Clock::time_point> deadline() const noexcept {
        return pieces_.deadline();
    }
    void expire();
    /// Call at the end: hands over all incomplete messages.
    void finish();

    /// Adds a record of a log to the batch, which hand_over() gives to the sink; so does a full
    /// batch. `is_live`: it tells what happens now, and its sender's clock can be compared with
    /// ours.
    void add(const logs::Record& record, wire::Micros arrival, bool is_live);
    void hand_over();

    [[nodiscard]] const Admission& admission() const noexcept { return admission_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Senders& senders() const noexcept { return senders_; }
    [[nodiscard]] Counters& counters() noexcept { return counters_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

  private:
    void receive_datagram(const wire::Datagram& datagram);
    void receive_packet(const wire::Datagram& packet);
    void keep(const wire::Datagram& packet, const hep::Result<hep::Capture>& capture);
    void keep(const wire::expected<intake::Intake, intake::Refused>& intake, const Origin& origin);
    intake::Memory& next_memory();
    [[nodiscard]] intake::Options options() const noexcept;
    void refuse(intake::Refused reason);

    std::string id_;
    wire::Endpoint local_;
    Admission admission_;
    Switches switches_;
    Sink sink_;
    Counters counters_;
    std::deque<intake::Memory>
        memories_;  ///< the drafts point into these: one per draft, and one for the next
    std::vector<chunk::Draft> drafts_;
    std::vector<Origin> origins_;  ///< of each of drafts_
    Senders senders_;
    bool is_live_ = true;  ///< the batch
    Pieces pieces_;
    Pieces::Clock::time_point now_;                        ///< when receive() was called
    std::uint64_t received_ = 0, bytes_ = 0, events_ = 0;  ///< since the last hand_over()
};

}  // namespace ci::sources
