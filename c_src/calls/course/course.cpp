#include "calls/course/course.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "calls/course/hosts_of_call.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

/// The request of a response, or of a retransmission, on its hop.
struct HopKey {
    std::size_t leg = 0;
    std::string_view method;
    std::uint64_t number = 0;
    std::string_view branch;
    std::size_t from = none, to = none;

    [[nodiscard]] auto tie() const { return std::tie(leg, method, number, branch, from, to); }
    friend bool operator<(const HopKey& a, const HopKey& b) { return a.tie() < b.tie(); }
};

/// What a request looked like when it arrived somewhere: a proxy puts its own Via on top of it.
struct ArrivalKey {
    std::size_t leg = 0;
    std::string_view method;
    std::uint64_t number = 0;
    std::string branches;

    [[nodiscard]] auto tie() const { return std::tie(leg, method, number, branches); }
    friend bool operator<(const ArrivalKey& a, const ArrivalKey& b) { return a.tie() < b.tie(); }
};

std::string branches_of(std::span<const sip::Via> vias) {
    std::string all;
    for (const sip::Via& via : vias) {
        all += via.branch.empty() ? via.text : via.branch;
        all += '\n';
    }
    return all;
}

std::string_view top_branch(const Transmitted& message) {
    if (message.vias.empty()) return {};
    const sip::Via& top = message.vias.front();
    return top.branch.empty() ? top.text : top.branch;
}

class CourseMaker {
  public:
    CourseMaker(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                std::span<const std::size_t> leg_of, const Rules& rules)
        : chunks_(chunks), flow_(flow), leg_of_(leg_of), hosts_(chunks, flow, rules) {
        for (const order::Clock& clock : flow.clocks) {
            const auto address = wire::parse_address(clock.host);
            if (address) seats_.emplace(clock.observer, *address);
        }
    }

    Course make() {
        course_.chunks = chunks_;
        course_.flow = &flow_;
        for (const std::size_t leg : leg_of_) course_.legs = std::max(course_.legs, leg + 1);
        std::vector<std::size_t> place(flow_.events.size(), none);
        for (std::size_t e = 0; e < flow_.events.size(); ++e) {
            if (course_.messages.size() == most_messages_of_a_course) break;
            if (!chunks_[flow_.events[e].chunk].event.empty()) continue;
            place[e] = course_.messages.size();
            add(e);
        }
        for (const order::CauseOverLegs& one : flow_.over_legs) {
            if (place[one.effect] == none || place[one.cause] == none) continue;
            course_.messages[place[one.effect]].cause = place[one.cause];
        }
        link();
        course_.hosts = hosts_.take();
        return std::move(course_);
    }

  private:
    /// Logs that only describe a message show neither Vias nor tags.
    sip::Message parse(const chunk::Chunk& chunk) {
        const auto parsed = sip::parse(chunk.message);
        if (parsed && (parsed->cseq || chunk.c_seq.empty())) return *parsed;
        const std::string& text =
            course_.made_up.emplace_back(chunk.label + "\r\nCSeq: " + chunk.c_seq + "\r\n\r\n");
        const auto made = sip::parse(text);
        return made ? *made : sip::Message{};
    }

    void add(std::size_t e) {
        const order::Event& event = flow_.events[e];
        const chunk::Chunk& chunk = chunks_[event.chunk];
        Transmitted one;
        one.event = e;
        one.leg = leg_of_.empty() ? 0 : leg_of_[event.chunk];
        one.at = event.at;
        one.sip = parse(chunk);
        one.vias = sip::vias(one.sip);
        one.src = hosts_.find(chunk.src);
        one.dst = hosts_.find(chunk.dst);
        one.from = wire::parse_endpoint(chunk.src).value_or(wire::Endpoint{});
        one.to = wire::parse_endpoint(chunk.dst).value_or(wire::Endpoint{});
        one.repeat = event.retransmission;
        one.is_unreliable =
            one.vias.empty() || sip::equal_without_case(one.vias.front().transport, "UDP");
        note_observers(event, one);
        one.transaction = transaction_of(one);
        const std::size_t index = course_.messages.size();
        if (one.transaction != none) file(course_.transactions[one.transaction], one, index);
        course_.messages.push_back(std::move(one));
    }

    void note_observers(const order::Event& event, Transmitted& one) const {
        for (const std::size_t seen : event.seen) {
            const auto found = seats_.find(chunks_[seen].observer);
            if (found == seats_.end()) continue;
            one.is_seen_at_src |= found->second == one.from.address;
            one.is_seen_at_dst |= found->second == one.to.address;
        }
        for (const std::size_t missed : event.missed_by) {
            const auto found = seats_.find(flow_.clocks[missed].observer);
            one.is_missed_at_dst |= found != seats_.end() && found->second == one.to.address;
        }
        if (one.is_seen_at_dst) one.is_missed_at_dst = false;
    }

    std::size_t transaction_of(const Transmitted& one) {
        const sip::Message& message = one.sip;
        if (message.method.empty()) return none;
        HopKey key;
        key.leg = one.leg;
        key.method = message.method == "ACK" ? std::string_view("INVITE") : message.method;
        key.number = message.cseq ? message.cseq->number : 0;
        key.branch = top_branch(one);
        key.from = message.is_request ? one.src : one.dst;
        key.to = message.is_request ? one.dst : one.src;
        const auto found = by_hop_.find(key);
        if (found != by_hop_.end()) return found->second;
        if (message.is_request && message.method == "ACK") return none;  // of a 2xx
        HopKey bare = key;
        bare.branch = {};
        // Some hosts leave the Vias out of a response: it belongs to the request of its hop, if
        // there is one alone.
        if (!message.is_request && one.vias.empty()) {
            const auto only = only_on_hop_.find(bare);
            if (only != only_on_hop_.end() && only->second != none) return only->second;
        }
        const std::size_t index = course_.transactions.size();
        by_hop_.emplace(key, index);
        if (!only_on_hop_.emplace(bare, index).second) only_on_hop_[bare] = none;
        Transaction transaction;
        transaction.leg = key.leg;
        transaction.method = key.method;
        transaction.number = key.number;
        transaction.from = key.from;
        transaction.to = key.to;
        course_.transactions.push_back(std::move(transaction));
        return index;
    }

    static void file(Transaction& transaction, const Transmitted& one, std::size_t index) {
        if (!one.sip.is_request) {
            (one.sip.status < 200 ? transaction.provisionals : transaction.finals).push_back(index);
        } else {
            (one.sip.method == "ACK" ? transaction.acks : transaction.requests).push_back(index);
        }
    }

    /// Ties the hops of one request together, and a CANCEL to what it cancels.
    void link() {
        std::map<ArrivalKey, std::size_t> arrived;
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const Transmitted* message = any_message(course_.transactions[t]);
            if (message == nullptr) continue;
            arrived.emplace(arrival_key(course_.transactions[t], message->vias), t);
        }
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            Transaction& one = course_.transactions[t];
            const Transmitted* message = any_message(one);
            if (message == nullptr) continue;
            if (one.method == "CANCEL") {
                link_cancel(t, *message);
                continue;
            }
            set_before(t, arrived, message->vias);
            if (message->vias.empty()) {
                link_described(t);
            }
            if (one.before == none) link_over_legs(t);
        }
        for (std::size_t t = 0; t < course_.transactions.size(); ++t) {
            const std::size_t before = course_.transactions[t].before;
            if (before != none) course_.transactions[before].behind.push_back(t);
        }
    }

    [[nodiscard]] const Transmitted* any_message(const Transaction& of) const {
        for (const auto* list : {&of.requests, &of.finals, &of.provisionals}) {
            if (!list->empty()) return &course_.messages[list->front()];
        }
        return nullptr;
    }

    static ArrivalKey arrival_key(const Transaction& of, std::span<const sip::Via> vias) {
        return {of.leg, of.method, of.number, branches_of(vias)};
    }

    /// The nearest hop in front of it that was seen: those between may not have been.
    void set_before(std::size_t t, const std::map<ArrivalKey, std::size_t>& arrived,
                    std::span<const sip::Via> vias) {
        Transaction& one = course_.transactions[t];
        while (vias.size() > 1 && one.before == none) {
            vias = vias.subspan(1);
            const auto found = arrived.find(arrival_key(one, vias));
            if (found != arrived.end() && found->second != t) one.before = found->second;
        }
    }

    /// Without Vias: the one request of this number that arrived there.
    void link_described(std::size_t t) {
        Transaction& one = course_.transactions[t];
        std::size_t only = none;
        for (std::size_t other = 0; other < t; ++other) {
            const Transaction& earlier = course_.transactions[other];
            const bool fits = earlier.leg == one.leg && earlier.method == one.method &&
                              earlier.number == one.number && earlier.to == one.from &&
                              earlier.from != one.to;
            if (!fits) continue;
            if (only != none) return;
            only = other;
        }
        one.before = only;
    }

    void link_over_legs(std::size_t t) {
        Transaction& one = course_.transactions[t];
        for (const std::size_t request : one.requests) {
            const std::size_t cause = course_.messages[request].cause;
            if (cause == none || !course_.messages[cause].sip.is_request) continue;
            const std::size_t made_by = course_.messages[cause].transaction;
            if (made_by == none || course_.transactions[made_by].method != one.method) continue;
            one.before = made_by;
            one.is_other_leg = true;
            return;
        }
    }

    /// RFC 3261 9.1: a CANCEL has the branch of the request that it cancels.
    void link_cancel(std::size_t t, const Transmitted& message) {
        Transaction& cancel = course_.transactions[t];
        HopKey key;
        key.leg = cancel.leg;
        key.method = "INVITE";
        key.number = cancel.number;
        key.branch = top_branch(message);
        key.from = cancel.from;
        key.to = cancel.to;
        const auto found = by_hop_.find(key);
        if (found == by_hop_.end()) return;
        cancel.cancels = found->second;
        course_.transactions[found->second].cancel = t;
    }

    std::span<const chunk::Chunk> chunks_;
    const order::Flow& flow_;
    std::span<const std::size_t> leg_of_;
    HostsOfCall hosts_;
    /// By observer: the address of its host, if that is certain.
    std::unordered_map<std::string_view, wire::Address, wire::TextHash> seats_;
    Course course_;
    std::map<HopKey, std::size_t> by_hop_;
    std::map<HopKey, std::size_t> only_on_hop_;  ///< without branch; `none`: there are several
};

}  // namespace

wire::Micros Course::begin(const Transaction& of) const noexcept {
    wire::Micros first = std::numeric_limits<wire::Micros>::max();
    for (const auto* list : {&of.requests, &of.provisionals, &of.finals}) {
        if (!list->empty()) first = std::min(first, messages[list->front()].at);
    }
    return first == std::numeric_limits<wire::Micros>::max() ? 0 : first;
}

Course course_of(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                 std::span<const std::size_t> leg_of, const Rules& rules) {
    return CourseMaker(chunks, flow, leg_of, rules).make();
}

bool is_initial(const Course& course, const Transaction& transaction) noexcept {
    if (transaction.method == "CANCEL" || transaction.method == "BYE") return false;
    const Transmitted* request = course.first_request(transaction);
    return request == nullptr || sip::to_tag(request->sip).empty();
}

}  // namespace ci::calls
