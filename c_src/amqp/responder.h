// Answers Kazoo's questions about calls, together with the other inspectors at the broker.
//
// Kazoo asks every inspector and takes the first answer. So each one asks the others what they have
// (gather_req), waits until all that are known to be there have answered, or for the bound, and
// answers with everything; who is missing is named in `Missing`. How messages travel, when it is
// and where calls are stored is told from outside: nothing here waits, reads or sends.
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
#include <vector>

#include "amqp/message.h"
#include "amqp/peers.h"
#include "amqp/publication.h"
#include "wire/micros.h"

namespace ci::amqp {

using Ticket = std::uint64_t;

/// To be asked of our own store; the answer comes back with the ticket.
struct Question {
    Ticket ticket = 0;
    std::vector<std::string> call_ids;
    bool of_one_call = false;  ///< its chunks; else which of the Call-IDs are stored
};

struct Found {
    Part chunks;
    std::vector<std::string> call_ids;  ///< in the order in which they were asked for
    std::string error;                  ///< why the store could not be read; empty: it could
};

/// What is to be done now.
struct Actions {
    std::vector<Publication> publications;
    std::vector<Question> questions;
    std::vector<Answer> answers;  ///< to be made (publication()) and published
};

struct Limits {
    wire::Micros gather = 500'000;   ///< the bound
    std::size_t gatherings = 1'000;  ///< under way; more are answered from our own store
    std::size_t questions = 2'000;   ///< under way; more are refused
};

struct Counts {
    std::uint64_t received = 0;   ///< whatever came
    std::uint64_t answered = 0;   ///< lookups and filters
    std::uint64_t gathered = 0;   ///< of those, with all that peers have
    std::uint64_t timed_out = 0;  ///< of those, somebody is missing
    std::uint64_t own_only = 0;   ///< of those, nobody was asked: too many were under way
    std::uint64_t helped = 0;     ///< peers' gatherings that were answered
    std::uint64_t refused = 0;    ///< too many questions under way
    std::uint64_t late = 0;       ///< a peer's answer after the bound, or without a question
    std::uint64_t no_room = 0;    ///< what somebody has, without room for it
    std::uint64_t ignored = 0;    ///< our own, and events of other kinds
    std::uint64_t malformed[std::size(malformed_names)] = {};
};

/// `now` is any clock that does not run back, in microseconds.
class Responder {
  public:
    /// Memory for so many bytes of what was found, until the last copy of it goes. Empty: there is
    /// none.
    using TakeRoom = std::function<std::shared_ptr<const void>(std::size_t)>;

    /// `instance`: random, new at each start.
    explicit Responder(std::string instance, const Limits& limits = {}, TakeRoom take_room = {});

    /// We have a queue of that name. Before that, and after unbound(), nothing is answered.
    [[nodiscard]] Actions bound(std::string queue, std::string node, wire::Micros now);
    void unbound();
    /// Says goodbye.
    [[nodiscard]] Actions leave();

    [[nodiscard]] Actions take(Message message, wire::Micros now);
    void refuse(Malformed why);

    [[nodiscard]] Actions found(Ticket ticket, Found found, wire::Micros now);

    /// When tick() should be called; empty: nothing is due.
    [[nodiscard]] std::optional<wire::Micros> due() const;
    [[nodiscard]] Actions tick(wire::Micros now);

    [[nodiscard]] bool is_bound() const noexcept { return !queue_.empty(); }
    [[nodiscard]] const std::string& instance() const noexcept { return instance_; }
    [[nodiscard]] const std::string& queue() const noexcept { return queue_; }
    [[nodiscard]] const std::string& node() const noexcept { return node_; }
    [[nodiscard]] std::vector<Peer> peers() const { return peers_.present(); }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t under_way() const noexcept { return pending_.size(); }

  private:
    /// Somebody waits for an answer.
    struct Pending {
        Answer answer;
        std::vector<std::string> asked;            ///< Call-IDs
        std::set<std::string> known;               ///< of those
        std::map<std::string, std::string> waits;  ///< for these instances, of that name
        bool is_gathering = false;
        wire::Micros deadline = 0;
        bool has_own = false;
    };
    using Entry = std::map<Ticket, Pending>::iterator;

    void asked(const Message& message, wire::Micros now, Actions& actions);
    void gathered(Message& message, Actions& actions);
    void hear(const Message& message, wire::Micros now, Actions& actions);
    /// `whose`: is missing if there is no room.
    void add(Pending& pending, Part chunks, const std::vector<std::string>& call_ids,
             const std::string& whose);
    /// Answers if nobody is waited for any more.
    void settle(Entry entry, Actions& actions);
    [[nodiscard]] std::string msg_id(Ticket ticket) const;
    Publication presence(bool leaving);

    const std::string instance_;
    const Limits limits_;
    const TakeRoom take_room_;  ///< none: there is always some
    std::string queue_, node_;
    Peers peers_;
    std::map<Ticket, Pending> pending_;
    std::size_t gatherings_ = 0;  ///< of those, peers were asked
    Ticket next_ = 1;
    wire::Micros present_at_ = 0;
    Counts counts_;
};

}  // namespace ci::amqp
