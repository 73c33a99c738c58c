// The course of a call as findings read it: who sent what to whom, hop by hop. It is made of an
// ordered flow (order/order.h) of one dialogue or of all legs of a call.
//
// A transaction here is one hop's: the request and its retransmissions from one host to the next,
// and the responses the other way (RFC 3261 17). Where a proxy passed a request on, the transaction
// behind it names the one in front of it; so does the one that a back-to-back user agent made on
// another leg.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/rules.h"
#include "chunk/chunk.h"
#include "order/order.h"
#include "sip/message.h"
#include "wire/endpoint.h"
#include "wire/micros.h"

namespace ci::calls {

inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Messages behind these are not looked at: no call has so many, but a stuck client's dialogue may.
inline constexpr std::size_t most_messages_of_a_course = 20'000;

/// One end of hops: by the setting `hosts`, else by its address; where two ends of one hop have the
/// same address, by address and port.
struct Host {
    std::string name;
    wire::Address address;    ///< Family::none: unknown
    bool is_watched = false;  ///< an observer is known to sit there
};

/// One transmission of a message.
struct Transmitted {
    std::size_t event = 0;  ///< its place in the flow, and in the messages of an answer
    std::size_t leg = 0;
    wire::Micros at = 0;                 ///< on the common clock
    sip::Message sip;                    ///< of a log's description only the start line and CSeq
    std::vector<sip::Via> vias;          ///< topmost first
    std::size_t src = none, dst = none;  ///< hosts
    wire::Endpoint from, to;
    std::size_t transaction = none;
    std::size_t cause = none;  ///< message of another leg that made its sender send it
    unsigned repeat = 0;       ///< 0: the first transmission; n: the n-th retransmission
    bool is_seen_at_src = false, is_seen_at_dst = false;  ///< by the observers that sit there
    bool is_missed_at_dst = false;  ///< the observer there saw others of this hop and not this one
    bool is_unreliable = true;      ///< sent by UDP, or the Via does not tell
};

/// A request and its responses on one hop. Members are indexes into Course::messages unless they
/// say otherwise; lists are in the order of events.
struct Transaction {
    std::size_t leg = 0;
    std::string_view method;
    std::uint64_t number = 0;            ///< CSeq
    std::size_t from = none, to = none;  ///< hosts: who asked, who answered
    std::vector<std::size_t> requests;   ///< with retransmissions; empty: none was seen
    std::vector<std::size_t> provisionals, finals;
    std::vector<std::size_t> acks;  ///< of a final response other than 2xx
    std::size_t before = none;      ///< transaction that `from` took in, and passed on as this one
    bool is_other_leg = false;      ///< `before` is on another leg
    std::vector<std::size_t> behind;  ///< transactions whose `before` this one is
    std::size_t cancel = none;        ///< the transaction that cancels it
    std::size_t cancels = none;       ///< of a CANCEL: the transaction it cancels

    [[nodiscard]] bool has_answer() const noexcept {
        return !provisionals.empty() || !finals.empty();
    }
};

/// Views into the chunks that it was made of.
struct Course {
    std::vector<Host> hosts;
    std::vector<Transmitted> messages;      ///< SIP only, in the order of events
    std::vector<Transaction> transactions;  ///< by their first message
    std::size_t legs = 1;
    std::span<const chunk::Chunk> chunks;
    const order::Flow* flow = nullptr;
    std::deque<std::string> made_up;  ///< texts that logs only describe

    [[nodiscard]] const Transmitted* first_request(const Transaction& of) const noexcept {
        return of.requests.empty() ? nullptr : &messages[of.requests.front()];
    }
    /// The first final response; null: none.
    [[nodiscard]] const Transmitted* final(const Transaction& of) const noexcept {
        return of.finals.empty() ? nullptr : &messages[of.finals.front()];
    }
    [[nodiscard]] std::uint16_t status(const Transaction& of) const noexcept {
        return of.finals.empty() ? std::uint16_t{0} : messages[of.finals.front()].sip.status;
    }
    [[nodiscard]] std::string_view name(std::size_t host) const noexcept {
        return host == none ? std::string_view("an unknown host") : hosts[host].name;
    }
    /// Of its first message.
    [[nodiscard]] wire::Micros begin(const Transaction& of) const noexcept;
    /// When the last message of the call was seen.
    [[nodiscard]] wire::Micros end() const noexcept {
        return messages.empty() ? 0 : messages.back().at;
    }
};

/// `leg_of`: of each chunk; empty: all are of one leg. Chunks and flow must outlive the course.
[[nodiscard]] Course course_of(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                               std::span<const std::size_t> leg_of, const Rules& rules);

/// Whether the request begins something: it is none of a dialog, CANCEL and ACK aside.
[[nodiscard]] bool is_initial(const Course& course, const Transaction& transaction) noexcept;

}  // namespace ci::calls
