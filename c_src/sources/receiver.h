// What all transports of one source share: its name, its counters, and the way of a batch of
// datagrams to the sink.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "sources/admission.h"
#include "sources/counters.h"
#include "sources/intake.h"
#include "sources/senders.h"

namespace ci::sources {

/// Takes a batch of chunks and says how many of them are stored; the rest is lost, and counted.
/// Called from the sources' threads, several at a time; drafts are gone after the call.
using Sink = std::function<std::size_t(std::span<const chunk::Draft>)>;

class Receiver {
  public:
    Receiver(std::string id, Admission admission, bool capturing, Sink sink)
        : id_(std::move(id)),
          admission_(std::move(admission)),
          capturing_(capturing),
          sink_(std::move(sink)) {}

    /// From any thread. Off: what comes is counted and nothing else.
    void set_capturing(bool on) noexcept { capturing_.store(on, std::memory_order_relaxed); }
    [[nodiscard]] bool is_capturing() const noexcept {
        return capturing_.load(std::memory_order_relaxed);
    }

    /// By one thread. Not empty.
    void take(std::span<const Datagram> datagrams);

    [[nodiscard]] const Admission& admission() const noexcept { return admission_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Senders& senders() const noexcept { return senders_; }
    [[nodiscard]] Counters& counters() noexcept { return counters_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

  private:
    [[nodiscard]] wire::expected<Intake, Refused> admit(const Datagram& datagram,
                                                        std::string& observer) const;

    std::string id_;
    Admission admission_;
    std::atomic<bool> capturing_;
    Sink sink_;
    Counters counters_;
    std::vector<std::string> observers_;  ///< what drafts_ point to
    std::vector<chunk::Draft> drafts_;
    std::vector<wire::Address> peers_;  ///< of drafts_
    Senders senders_;
};

}  // namespace ci::sources
