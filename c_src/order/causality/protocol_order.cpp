#include "order/causality/protocol_order.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "order/causality/causes.h"
#include "order/causality/late_stamps.h"
#include "order/causality/lookup_key.h"
#include "order/causality/stamp_evidence.h"

namespace ci::order {
namespace {

using wire::Micros;
using Indexes = std::vector<std::uint32_t>;

/// A message later than it should be by more than this belongs to a retransmission (T1 is 500 ms).
constexpr Micros sent_again = 400'000;

bool waits_for_nobody(Symbol of_method) {
    switch (of_method) {
        case method::prack:
        case method::update:
        case method::info:
        case method::notify:
        case method::message:
        case method::options:
            return true;
        default:
            return false;
    }
}

/// Final responses that make their receiver send its next request, which therefore follows them.
bool leads_to_next_request(const Observation& what) {
    if (what.request || what.status < 300 || what.status == 487) return false;
    if (what.method == method::invite) return true;
    return what.status == 401 || what.status == 407 || what.status == 422 || what.status == 423;
}

/// The number of proxies that a request without To tag passes; more are a loop.
constexpr std::size_t max_hops = 8;

class ProtocolEdges {
  public:
    ProtocolEdges(const Observations& observations, const Timebase& timebase,
                  const Transmissions& transmissions, std::span<const Micros> bounds)
        : stacks_(observations.stacks),
          all_(transmissions.all),
          messages_(transmissions.messages),
          evidence_(observations, timebase, transmissions, bounds),
          order_(by_time(transmissions)),
          earliest_(2 * transmissions.messages.size()) {}

    /// Orders by protocol alone, whatever clocks say.
    std::vector<Edge> find_strict() {
        by_protocol_alone_ = true;
        order_responses();
        order_by_cseq();
        return std::move(result_.edges);
    }

    ProtocolOrder find() {
        for (const auto m : order_) note(m);
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            if (what.request && what.method == method::ack) follow_final(m);
            if (what.request && what.method == method::ack) precede_refusal(m);
            if (what.request && what.method == method::cancel) follow_cancel(m);
            if (what.request && what.method == method::bye) follow(m, set_up_);
            if (what.request && what.method == method::notify) follow(m, subscribed_);
            if (what.request && what.method == method::notify) follow_first_subscribe(m);
            if (!what.request && what.status > 100 && what.status < 300)
                follow_forwarded_request(m);
            if (!what.request && what.status > 100) follow_own_responses(m);
        }
        order_forks();
        order_responses();
        order_by_cseq();
        return std::move(result_);
    }

  private:
    void note_forwarded(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        for (const Symbol stack : stacks_.below(what.vias)) {
            earliest_.add(forwarded_key(stack, what), m);
        }
    }

    void note(std::uint32_t m) {
        const Observation& what = *messages_[m].what;
        const Symbol top = stacks_.top(what.vias);
        const bool invites = what.method == method::invite;
        if (what.request) {
            note_forwarded(m);
            if (top != 0 && (invites || what.method == method::cancel)) {
                earliest_.add(branch_key(top, what.method, what.number), m);
            }
            if (what.method == method::subscribe || what.method == method::refer) {
                const Key key = what.to_tag != 0 ? dialog_key(what)
                                                 : early_key(what.src, what.dst, what.from_tag);
                subscribed_.emplace(key, {}).first->push_back(m);
                if (what.to_tag == 0 && what.vias != 0) {
                    Indexes& first =
                        *subscribed_.emplace(early_anywhere_key(what.from_tag), {}).first;
                    if (first.size() < max_hops) first.push_back(m);
                }
            }
            if (what.method == method::ack)
                set_up_.emplace(dialog_key(what), {}).first->push_back(m);
            return;
        }
        const bool is_own =
            (what.status == 100 && invites) || (what.success() && what.method == method::cancel);
        if (is_own && top != 0) {
            earliest_.add(own_response_key(top, what.method, what.number), m);
        }
        if (what.status >= 300 && invites && top != 0) {
            earliest_.add(refusal_key(top, what.number), m);
        }
        if (what.success() && invites) {
            earliest_.add(accepted_key(stacks_.rest(what.vias), what.number), m);
        }
        if (what.final() && invites) {
            earliest_.add(final_at_key(what.dst_host, what), m);
            earliest_.add(any_final_at_key(what.dst_host, what), m);
            if (what.success()) set_up_.emplace(dialog_key(what), {}).first->push_back(m);
        }
    }

    /// The ACK leaves from the host where the final response arrived. Where hops and tags say which
    /// response it was, that one is a cause (causes.h). A log shows no tags, and mirrors may show
    /// different ports of one TCP connection.
    void follow_final(std::uint32_t ack) {
        const Observation& what = *messages_[ack].what;
        auto final = earliest_.of(final_at_key(what.src_host, what));
        if (final == Earliest::none && what.to_tag == 0) {
            final = earliest_.of(any_final_at_key(what.src_host, what));  // logs show no tags
        }
        if (final != Earliest::none) before(final, ack);
    }

    /// A proxy forwards a response, so it sends one only after it has forwarded the request.
    void follow_forwarded_request(std::uint32_t response) {
        const Observation& what = *messages_[response].what;
        const auto forwarded = earliest_.of(forwarded_key(what.vias, what));
        if (forwarded != Earliest::none) before(forwarded, response);
    }

    /// A proxy itself responds to an INVITE (100) and to a CANCEL (200), at once. If clocks do not
    /// tell the order, this response comes before a response to the forwarded request.
    void follow_own_responses(std::uint32_t response) {
        const Observation& what = *messages_[response].what;
        if (what.method == method::invite) follow_own_response(response, method::invite);
        if (what.method == method::cancel || what.status == 487) {
            follow_own_response(response, method::cancel);
        }
    }
    void follow_own_response(std::uint32_t response, Symbol of_method) {
        const Observation& what = *messages_[response].what;
        const auto invite =
            earliest_.of(branch_key(stacks_.top(what.vias), method::invite, what.number));
        if (invite == Earliest::none) return;
        const Symbol branch = stacks_.top(stacks_.rest(messages_[invite].what->vias));
        const auto own = earliest_.of(own_response_key(branch, of_method, what.number));
        if (own == Earliest::none || messages_[own].what->src_host != what.dst_host) return;
        before_unless_clocks_tell(own, response);
    }

    /// A proxy itself sends the ACK of a non-2xx response (RFC 3261 17.1.1.2), before it forwards
    /// the response.
    void precede_refusal(std::uint32_t ack) {
        const Observation& what = *messages_[ack].what;
        const Symbol branch = stacks_.top(what.vias);
        const auto invite = earliest_.of(branch_key(branch, method::invite, what.number));
        const auto refusal = earliest_.of(refusal_key(branch, what.number));
        if (invite == Earliest::none || refusal == Earliest::none) return;
        const Symbol received = stacks_.top(stacks_.rest(messages_[invite].what->vias));
        const auto forwarded_refusal = earliest_.of(refusal_key(received, what.number));
        if (forwarded_refusal == Earliest::none ||
            messages_[forwarded_refusal].what->src_host != what.src_host ||
            messages_[forwarded_refusal].what->status != messages_[refusal].what->status) {
            return;
        }
        before_unless_clocks_tell(ack, forwarded_refusal);
    }

    /// A proxy that forks sequentially starts a branch after the branch before was refused. The
    /// INVITEs of a parallel fork leave it together.
    void order_forks() {
        KeyMap<std::uint32_t> last;
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            const Symbol parent = stacks_.rest(what.vias);
            if (!what.request || what.method != method::invite || parent == 0) continue;
            const auto [found, is_first] = last.emplace(forwarded_key(parent, what), m);
            const std::uint32_t before_it = std::exchange(*found, m);
            if (is_first || evidence_.bound(m) - evidence_.bound(before_it) <= stamped_late)
                continue;
            const auto refusal = earliest_.of(
                refusal_key(stacks_.top(messages_[before_it].what->vias), what.number));
            if (refusal != Earliest::none) before(refusal, m);
        }
    }

    void follow_cancel(std::uint32_t cancel) {
        const Observation& what = *messages_[cancel].what;
        const auto invite =
            earliest_.of(branch_key(stacks_.top(what.vias), method::invite, what.number));
        if (invite == Earliest::none) return;
        // A CANCEL has only one Via (RFC 3261 9.1). The Vias below the INVITE's top name the
        // branches upstream that a received CANCEL has.
        const Symbol stack = messages_[invite].what->vias;
        for (const Symbol below : stacks_.below(stack)) {
            const auto received =
                earliest_.of(branch_key(stacks_.top(below), method::cancel, what.number));
            if (received == Earliest::none) continue;
            before(received, cancel);
            return;
        }
        // The caller did not cancel the call: another branch of the fork accepted it
        // (RFC 3261 16.7, step 10).
        const Symbol parent = stacks_.rest(stack);
        const auto accepted = earliest_.of(accepted_key(parent, what.number));
        if (parent == 0 || accepted == Earliest::none) return;
        if (stacks_.top(messages_[accepted].what->vias) != stacks_.top(stack)) {
            before(accepted, cancel);
        }
    }

    /// A BYE follows an ACK or a 2xx, and a NOTIFY follows a SUBSCRIBE or a REFER: the latest of
    /// the dialog that does not clearly come after it.
    void follow(std::uint32_t request, const KeyMap<Indexes>& before_it) {
        const Observation& what = *messages_[request].what;
        if (follow_latest(request, before_it.find(dialog_key(what))) || &before_it != &subscribed_)
            return;
        // The first SUBSCRIBE or REFER has no To tag.
        follow_latest(request, before_it.find(early_key(what.dst, what.src, what.to_tag)));
    }
    /// A host that sends a NOTIFY received the SUBSCRIBE or REFER over all hops, unless a proxy
    /// forked it.
    void follow_first_subscribe(std::uint32_t notify) {
        const Observation& what = *messages_[notify].what;
        const Indexes* subscribes = subscribed_.find(early_anywhere_key(what.to_tag));
        if (what.to_tag == 0 || subscribes == nullptr || subscribes->size() == max_hops) return;
        const auto depth = [&](std::uint32_t m) { return stacks_.depth(messages_[m].what->vias); };
        for (const auto one : *subscribes) {
            for (const auto other : *subscribes) {
                if (one != other && depth(one) == depth(other)) return;
            }
        }
        for (const auto one : *subscribes) before(one, notify);
    }
    bool follow_latest(std::uint32_t request, const Indexes* found) {
        if (found == nullptr) return false;
        const Indexes& messages = *found;
        const Micros limit = all_[messages_[request].first].at + stamped_late;
        const auto after = std::partition_point(
            messages.begin(), messages.end(),
            [&](std::uint32_t m) { return all_[messages_[m].first].at <= limit; });
        if (after == messages.begin()) return false;
        before(*(after - 1), request);
        return true;
    }

    void order_responses() {
        // Source and destination, CSeq number, method, Vias, stage: one transaction's responses are
        // neighbours.
        using Row = std::tuple<std::uint64_t, std::uint64_t, Symbol, Symbol, int, std::uint32_t>;
        std::vector<Row> rows;
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            if (what.request || what.status < 100) continue;
            const int stage = what.status == 100 ? 0 : what.provisional() ? 1 : 2;
            rows.emplace_back(pack(what.src, what.dst), what.number, what.method, what.vias, stage,
                              m);
        }
        std::sort(rows.begin(), rows.end());
        const auto same = [](const Row& a, const Row& b) {
            return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a), std::get<3>(a)) ==
                   std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b), std::get<3>(b));
        };
        for (std::size_t begin = 0; begin < rows.size();) {
            Indexes stages[3];
            std::size_t end = begin;
            for (; end < rows.size() && same(rows[begin], rows[end]); ++end) {
                stages[std::get<4>(rows[end])].push_back(std::get<5>(rows[end]));
            }
            if (end - begin > 1) {
                all_before(stages[0], stages[1]);
                all_before(stages[1], stages[2]);
                all_before(stages[0], stages[2]);
            }
            begin = end;
        }
    }

    void order_by_cseq() {
        // Sender's hop, From tag, CSeq number: requests in that direction and the final responses
        // to them.
        using Row = std::tuple<std::uint64_t, Symbol, std::uint64_t, std::uint32_t>;
        std::vector<Row> rows;
        for (const auto m : order_) {
            const Observation& what = *messages_[m].what;
            if (what.request) {
                rows.emplace_back(pack(what.src, what.dst), what.from_tag, what.number, m);
            } else if (what.final()) {
                rows.emplace_back(pack(what.dst, what.src), what.from_tag, what.number, m);
            }
        }
        std::sort(rows.begin(), rows.end());
        const auto sender = [](const Row& row) {
            return std::pair(std::get<0>(row), std::get<1>(row));
        };
        for (std::size_t begin = 0; begin < rows.size();) {
            previous_.clear();
            waited_for_.clear();
            std::size_t end = begin;
            while (end < rows.size() && sender(rows[end]) == sender(rows[begin])) {
                Indexes same_number;
                const auto number = std::get<2>(rows[end]);
                for (; end < rows.size() && sender(rows[end]) == sender(rows[begin]) &&
                       std::get<2>(rows[end]) == number;
                     ++end) {
                    same_number.push_back(std::get<3>(rows[end]));
                }
                next_number(same_number);
            }
            begin = end;
        }
    }

    /// `messages`: one sender's requests under the next CSeq number, and the final responses to
    /// them.
    void next_number(const Indexes& messages) {
        Indexes requests;
        Indexes outside;  // requests that wait until the INVITE before them is over
        Indexes ends;     // messages that end this transaction for its sender
        for (const auto m : messages) {
            const Observation& what = *messages_[m].what;
            if (!what.request) {
                const bool accepted = what.success() && what.method == method::invite;
                if (accepted || leads_to_next_request(what)) ends.push_back(m);
            } else if (what.method == method::ack || what.method == method::cancel) {
                ends.push_back(m);
            } else {
                requests.push_back(m);
                if (!waits_for_nobody(what.method)) outside.push_back(m);
            }
        }
        if (!requests.empty()) {
            all_before(previous_, requests);
            previous_ = requests;
        }
        if (!outside.empty()) {
            all_before(waited_for_, outside);
            waited_for_.clear();
        }
        waited_for_.insert(waited_for_.end(), ends.begin(), ends.end());
    }

    void before(std::uint32_t cause, std::uint32_t effect) {
        if (cause == effect || (!by_protocol_alone_ && !evidence_.allows(cause, effect))) return;
        if (evidence_.passed(effect, cause)) return;
        result_.edges.push_back({messages_[cause].first, messages_[effect].first, false});
    }

    void before_unless_clocks_tell(std::uint32_t cause, std::uint32_t effect) {
        const Transmission& first = all_[messages_[cause].first];
        const Transmission& second = all_[messages_[effect].first];
        if (first.firm == second.firm || first.at - second.at > sent_again) return;
        // Over long distances latency is great, so arrivals decide.
        if (evidence_.arrivals_refute(cause, effect)) return;
        before(cause, effect);
    }
    void all_before(const Indexes& causes, const Indexes& effects) {
        if (causes.empty() || effects.empty()) return;
        if (causes.size() == 1 || effects.size() == 1) {
            for (const auto cause : causes) {
                for (const auto effect : effects) before(cause, effect);
            }
            return;
        }
        if (by_protocol_alone_) return;
        const auto earliest = *std::min_element(effects.begin(), effects.end(),
                                                [&](std::uint32_t a, std::uint32_t b) {
                                                    return evidence_.bound(a) < evidence_.bound(b);
                                                });
        const auto gate = static_cast<std::uint32_t>(all_.size() + result_.gates.size());
        result_.gates.push_back(evidence_.bound(earliest));
        for (const auto cause : causes) {
            if (!evidence_.allows(cause, earliest)) continue;
            result_.edges.push_back({messages_[cause].first, gate, false});
        }
        for (const auto effect : effects) {
            result_.edges.push_back({gate, messages_[effect].first, false});
        }
    }

    const ViaStacks& stacks_;
    const std::vector<Transmission>& all_;
    const std::vector<Message>& messages_;
    StampEvidence evidence_;
    Indexes order_;
    Earliest earliest_;
    KeyMap<Indexes> set_up_;      // ACKs and 2xx of a dialog over a hop, by time
    KeyMap<Indexes> subscribed_;  // SUBSCRIBEs and REFERs, by time
    bool by_protocol_alone_ = false;
    Indexes previous_, waited_for_;  // of the sender that order_by_cseq() looks at
    ProtocolOrder result_;
};

}  // namespace

ProtocolOrder find_protocol_order(const Observations& observations, const Timebase& timebase,
                                  const Transmissions& transmissions,
                                  const std::vector<Micros>& bounds) {
    return ProtocolEdges(observations, timebase, transmissions, bounds).find();
}

std::vector<Edge> find_strict_protocol_order(const Observations& observations,
                                             const Timebase& timebase,
                                             const Transmissions& transmissions) {
    return ProtocolEdges(observations, timebase, transmissions, {}).find_strict();
}

}  // namespace ci::order
