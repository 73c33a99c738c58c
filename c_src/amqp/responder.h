// Answers Kazoo's questions about calls, together with the other inspectors at the broker.
//
// Kazoo asks every inspector and takes the first answer. So each inspector asks the others for
// their parts (gather_req), waits until all known peers have answered or the bound is over, and
// answers with everything. `Missing` names the peers that did not answer. The caller supplies
// messages, time and stored calls: nothing here waits, reads or sends.
//
// Commands ask in the same way (inquire()), and each inspector reports from its own store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amqp/message.h"
#include "amqp/peers.h"
#include "amqp/publication.h"
#include "wire/micros.h"

namespace ci::amqp {

using Ticket = std::uint64_t;

/// A question to our own store. found() returns the answer with the same ticket.
struct Question {
    Ticket ticket = 0;
    std::vector<std::string> call_ids;
    bool of_one_call = false;  ///< asks for one call's chunks; else which Call-IDs are stored
    bool is_inquiry = false;   ///< asks for the report on `inquiry`
    Inquiry inquiry = {};
};

struct Found {
    Part chunks;
    std::vector<std::string> call_ids;  ///< the stored ones, in the order of the question
    std::string error;                  ///< why the store could not be read; empty: no error
    Report report = {};                 ///< on an inquiry
};

/// What the peers reported on an inquiry.
struct Reported {
    std::string instance;
    std::string name;  ///< for people: Peer::name(); several may have the same
    Report report;
    Part chunks;
};
struct Gathered {
    std::string own_name;
    std::vector<Reported> reports;
    std::vector<std::string> missing;       ///< names of peers that did not answer
    std::vector<std::string> silent;        ///< their instances, to be left out of the next inquiry
    std::vector<order::ClockPrior> clocks;  ///< as in an Answer
    std::vector<std::shared_ptr<const void>> room;
    std::string alone;  ///< why nobody was asked; empty: all peers were, if there are any
};

/// The actions that the caller has to take now.
struct Actions {
    std::vector<Publication> publications;
    std::vector<Question> questions;
    std::vector<Answer> answers;  ///< to be made (publication()) and published
    std::vector<std::pair<Ticket, Gathered>> gathered;  ///< inquiries that are settled
};

struct Limits {
    wire::Micros gather = 500'000;   ///< the bound
    std::size_t gatherings = 1'000;  ///< pending; further ones are answered from our own store
    std::size_t questions = 2'000;   ///< pending; further ones are refused
};

struct Counts {
    std::uint64_t received = 0;   ///< all messages
    std::uint64_t answered = 0;   ///< lookups, filters and our own inquiries
    std::uint64_t gathered = 0;   ///< of `answered`: with the parts of all peers
    std::uint64_t timed_out = 0;  ///< of `answered`: a peer is missing
    std::uint64_t own_only = 0;   ///< of `answered`: no peer was asked, too many were pending
    std::uint64_t helped = 0;     ///< peers' gatherings and inquiries that were answered
    std::uint64_t refused = 0;    ///< too many pending questions
    std::uint64_t late = 0;       ///< a peer's answer after the bound, or without a question
    std::uint64_t unfit = 0;      ///< a peer's report that does not answer the inquiry
    std::uint64_t no_room = 0;    ///< parts without memory for them
    std::uint64_t ignored = 0;    ///< our own messages, and events of other kinds
    std::uint64_t malformed[std::size(malformed_names)] = {};
};

/// `now` is in microseconds, by any clock that is monotonic.
class Responder {
  public:
    /// Reserves memory for a part of this many bytes until the last copy of the pointer is gone.
    /// Empty: there is not enough.
    using TakeRoom = std::function<std::shared_ptr<const void>(std::size_t)>;

    /// `instance`: random, new at each start.
    explicit Responder(std::string instance, const Limits& limits = {}, TakeRoom take_room = {});

    /// The node's name, where it is known before there is a queue.
    void name(std::string node) { node_ = std::move(node); }
    /// Our queue exists. Before this call, and after unbound(), nothing is answered.
    [[nodiscard]] Actions bound(std::string queue, std::string node, wire::Micros now);
    void unbound();
    /// Says goodbye.
    [[nodiscard]] Actions leave();

    [[nodiscard]] Actions take(Message message, wire::Micros now);
    void refuse(Malformed why);

    /// Asks all peers except `without`, instances. What they report comes by `gathered` with
    /// this ticket, at once if nobody is to be asked. After unbound() it never comes.
    [[nodiscard]] Ticket inquire(Inquiry inquiry, const std::vector<std::string>& without,
                                 wire::Micros now, Actions& actions);

    [[nodiscard]] Actions found(Ticket ticket, Found found, wire::Micros now);

    /// When tick() should be called; empty: nothing is due.
    [[nodiscard]] std::optional<wire::Micros> due() const;
    [[nodiscard]] Actions tick(wire::Micros now);

    [[nodiscard]] bool is_bound() const noexcept { return !queue_.empty(); }
    [[nodiscard]] const std::string& instance() const noexcept { return instance_; }
    [[nodiscard]] const std::string& queue() const noexcept { return queue_; }
    [[nodiscard]] const std::string& node() const noexcept { return node_; }
    /// For people: the node, or else the instance.
    [[nodiscard]] const std::string& own_name() const noexcept {
        return node_.empty() ? instance_ : node_;
    }
    [[nodiscard]] std::vector<Peer> peers() const { return peers_.present(); }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t under_way() const noexcept { return pending_.size(); }

  private:
    /// A question that waits for its answer.
    struct Pending {
        Answer answer;
        std::vector<std::string> asked;            ///< Call-IDs
        Inquiry inquiry;                           ///< ours
        Gathered gathered;                         ///< on it
        std::set<std::string> known;               ///< those of `asked` that somebody has
        std::map<std::string, std::string> waits;  ///< peers waited for: instance to name
        bool is_gathering = false;
        wire::Micros deadline = 0;
        bool has_own = false;
    };
    using Entry = std::map<Ticket, Pending>::iterator;

    void asked(const Message& message, wire::Micros now, Actions& actions);
    void gathered(Message& message, Actions& actions);
    /// Waits for `pending.waits`, if there is room for one more gathering.
    bool begin_gathering(Pending& pending, wire::Micros now);
    void add_report(Pending& pending, Message& message, const std::string& whose);
    /// False: there is no memory for so many bytes, which is noted.
    bool make_room(Pending& pending, std::size_t bytes, const std::string& whose);
    void hear(const Message& message, wire::Micros now, Actions& actions);
    /// `whose`: named in `missing` if there is no memory for the part.
    void add(Pending& pending, Part chunks, const std::vector<std::string>& call_ids,
             const std::string& whose);
    /// Answers if no part is waited for any more.
    void settle(Entry entry, Actions& actions);
    [[nodiscard]] std::string msg_id(Ticket ticket) const;
    Publication presence(bool leaving);

    const std::string instance_;
    const Limits limits_;
    const TakeRoom take_room_;  ///< empty: memory is unlimited
    std::string queue_, node_;
    Peers peers_;
    std::map<Ticket, Pending> pending_;
    std::size_t gatherings_ = 0;  ///< those of pending_ for which peers were asked
    Ticket next_ = 1;
    wire::Micros present_at_ = 0;
    Counts counts_;
};

}  // namespace ci::amqp
