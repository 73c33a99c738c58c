// The packets that one wake-up of a source brought: taken in, counted, and handed over together.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "sources/counters.h"
#include "sources/intake.h"

namespace ci::sources {

/// Takes a batch of chunks and says how many of them are stored; the rest is lost, and counted.
/// Called from the sources' threads, several at a time; drafts are gone after the call.
using Sink = std::function<std::size_t(std::span<const chunk::Draft>)>;

/// One thread's.
class Batch {
  public:
    /// `parser` stays the caller's. `local` is where datagrams arrive that do not tell.
    Batch(std::string_view parser, const wire::Endpoint& local) : parser_(parser), local_(local) {}

    void set(const Options& options) noexcept { options_ = options; }

    /// All packets of a datagram, whose bytes must stay until they are handed over.
    void take(const Datagram& datagram, const Sink& sink, Counters& counters);

    /// What was taken since. Then, not before, the packets are counted as received.
    void hand_over(const Sink& sink, Counters& counters);

  private:
    std::string_view parser_;
    wire::Endpoint local_;
    Options options_;
    std::deque<Memory> memories_;  ///< one for each draft, and one to go on with
    std::vector<chunk::Draft> drafts_;
    std::uint64_t received_ = 0, bytes_ = 0, events_ = 0;
};

}  // namespace ci::sources
