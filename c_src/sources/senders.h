// The senders of a source, and the offset of each one's clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chunk/chunk.h"
#include "os/mutex.h"
#include "sources/habits.h"
#include "wire/endpoint.h"
#include "wire/hash.h"

namespace ci::sources {

class Senders {
  public:
    static constexpr std::size_t most = 1'024;        ///< later ones count as overflow
    static constexpr std::size_t longest_name = 512;  ///< longer ones likewise

    /// Counts a batch: drafts, and what each was made of. Senders are distinguished as observers
    /// are (Draft::observer, which ends in "@" and `parser`). `is_live`: what they tell happens
    /// now.
    void note(std::span<const chunk::Draft> drafts, std::span<const Origin> origins,
              std::string_view parser, bool is_live = true);

    struct View {
        std::string observer;  ///< as in its chunks
        wire::Address address;
        std::optional<std::uint32_t> capture_id;
        std::string agent_name;  ///< as sent; may be empty
        std::uint64_t received = 0;
        wire::Micros last_seen = 0;
        wire::Micros longest_silence = 0;  ///< between two of its messages
        /// The median of timestamp minus arrival over the newest samples: the offset of the
        /// sender's clock, minus the messages' travel time. Empty: the sender gives no time.
        std::optional<wire::Micros> clock_offset;
        /// Its stamps tell two times, taking turns: how far these are apart. 0: they do not.
        wire::Micros clocks_apart = 0;
        hep::Maker maker = hep::Maker::unknown;
        HabitCounts habits;  ///< of its newest messages
    };
    /// The senders in the order of their first message.
    [[nodiscard]] std::vector<View> views() const;
    /// Messages of senders beyond the limits.
    [[nodiscard]] std::uint64_t overflow() const;

  private:
    /// The median of a few samples is accurate enough, and a burst of delayed messages does not
    /// move it.
    static constexpr std::size_t samples = 31;

    struct Sender {
        View view;
        std::array<wire::Micros, samples> offsets{};
        std::size_t measured = 0;  ///< samples taken, ever
        Habits habits;
    };
    Sender* find(const chunk::Draft& draft, const wire::Address& peer, std::string_view parser)
        REQUIRES(mutex_);

    mutable os::Mutex mutex_;
    std::vector<Sender> senders_ GUARDED_BY(mutex_);
    std::unordered_map<std::string, std::size_t, wire::TextHash, std::equal_to<>> index_
        GUARDED_BY(mutex_);  ///< index into senders_ by observer
    std::uint64_t overflow_ GUARDED_BY(mutex_) = 0;
};

}  // namespace ci::sources
