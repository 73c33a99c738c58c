#include "order/observe/cut_messages.h"

#include <algorithm>

namespace ci::order {
namespace {

/// What is known of one branch.
struct Transaction {
    std::uint64_t number = 0;  ///< CSeq; 0: not known
    bool several = false;      ///< several CSeq numbers: the branch identifies nothing
    Symbol method = 0;         ///< of its request; 0: only an ACK or a CANCEL was seen
    Symbol vias = 0;           ///< of that request
    Symbol from_tag = 0;
    bool has_final = false;                ///< a final response to the request was seen
    bool cancel_has_final = false;         ///< a final response to the CANCEL was seen
    wire::Micros cancelled = latest_time;  ///< when the CANCEL arrived
};

/// A copy of the same message that was not cut.
struct Copy {
    Symbol method = 0, vias = 0, from_tag = 0, to_tag = 0;
    std::uint64_t number = 0;
    bool several = false;  ///< several different messages look like it
    bool several_to_tags = false;
};

bool shares_branch(Symbol of_method) {
    return of_method == method::ack || of_method == method::cancel;
}

class Completion {
  public:
    explicit Completion(Observations& observations)
        : all_(observations.all), stacks_(observations.stacks) {}

    void run() {
        for (const Observation& seen : all_) {
            if (seen.vias != 0) note(seen);
        }
        for (Observation& seen : all_) {
            if (seen.cut && seen.vias != 0) complete(seen);
        }
    }

  private:
    static constexpr std::uint64_t anywhere = UINT64_MAX;

    static Key transaction_key(const Observation& seen, Symbol branch, std::uint64_t hop) {
        return {branch, hop, 0, 0, seen.dialogue};
    }
    static std::uint64_t hop_of(const Observation& seen) {
        return pack_unordered(seen.src_host, seen.dst_host);
    }
    [[nodiscard]] Key copy_key(const Observation& seen) const {
        return {pack(seen.src_host, seen.dst_host), seen.label, stacks_.top(seen.vias), 0,
                seen.dialogue};
    }

    void note(const Observation& seen) {
        const Symbol top = stacks_.top(seen.vias);
        for (const std::uint64_t hop : {hop_of(seen), anywhere}) {
            note(seen, seen.vias,
                 *transactions_.emplace(transaction_key(seen, top, hop), {}).first);
        }
        if (seen.cut) return;
        note_copy(seen);
        // The Vias below are those of the requests that it was forwarded from, with the same CSeq
        // number.
        if (shares_branch(seen.method)) return;
        for (Symbol stack = stacks_.rest(seen.vias); stack != 0; stack = stacks_.rest(stack)) {
            const Key key = transaction_key(seen, stacks_.top(stack), anywhere);
            note_request(seen, stack, *transactions_.emplace(key, {}).first);
        }
    }

    static void note(const Observation& seen, Symbol vias, Transaction& known) {
        if (seen.method == method::cancel) {
            if (seen.request) known.cancelled = std::min(known.cancelled, seen.arrival);
            known.cancel_has_final = known.cancel_has_final || seen.final();
        } else if (!seen.cut && seen.final()) {
            known.has_final = true;
        }
        if (seen.request || !seen.cut) note_request(seen, vias, known);
    }
    static void note_request(const Observation& seen, Symbol vias, Transaction& known) {
        if (!seen.cut) {
            known.several = known.several || (known.number != 0 && known.number != seen.number);
            known.number = seen.number;
            known.from_tag = seen.from_tag;
        }
        if (shares_branch(seen.method) || (known.vias != 0 && !seen.request)) return;
        if (known.vias != 0 && seen.cut) return;
        known.method = seen.method;
        known.vias = vias;
    }
    void note_copy(const Observation& seen) {
        const auto [copy, is_new] = copies_.emplace(
            copy_key(seen), {seen.method, seen.vias, seen.from_tag, seen.to_tag, seen.number});
        if (is_new) return;
        copy->several = copy->several || copy->method != seen.method || copy->vias != seen.vias ||
                        copy->number != seen.number;
        copy->several_to_tags = copy->several_to_tags || copy->to_tag != seen.to_tag;
    }

    void complete(Observation& seen) const {
        if (const Copy* copy = copies_.find(copy_key(seen)); copy && !copy->several) {
            seen.method = copy->method;
            seen.number = copy->number;
            seen.vias = copy->vias;
            seen.from_tag = copy->from_tag;
            if (!copy->several_to_tags) seen.to_tag = copy->to_tag;
            return;
        }
        const Symbol top = stacks_.top(seen.vias);
        const Transaction* known = transactions_.find(transaction_key(seen, top, hop_of(seen)));
        if (known == nullptr || known->method == 0 || (known->number == 0 && !known->several)) {
            known = transactions_.find(transaction_key(seen, top, anywhere));
        }
        if (known == nullptr || known->several) return;
        if (known->number != 0) seen.number = known->number;
        if (seen.from_tag == 0) seen.from_tag = known->from_tag;
        if (!seen.request) seen.method = method_of(seen, *known);
        const bool is_whole = shares_branch(seen.method) || seen.method != known->method;
        if (!is_whole && stacks_.depth(seen.vias) < stacks_.depth(known->vias)) {
            seen.vias = known->vias;
        }
    }

    /// A CANCEL is answered with 200 or 481 (RFC 3261 9.2), the cancelled INVITE with 487.
    static Symbol method_of(const Observation& response, const Transaction& known) {
        const bool is_cancelled = known.cancelled != latest_time;
        if (!is_cancelled || known.method == 0) {
            return is_cancelled ? method::cancel : known.method;
        }
        if (response.status != 200 && response.status != 481) return known.method;
        if (known.has_final) return method::cancel;
        if (known.cancel_has_final) return known.method;
        return response.arrival < known.cancelled ? known.method : method::cancel;
    }

    std::vector<Observation>& all_;
    const ViaStacks& stacks_;
    KeyMap<Transaction> transactions_;
    KeyMap<Copy> copies_;
};

}  // namespace

void complete_cut_messages(Observations& observations) {
    const auto is_cut = [](const Observation& seen) { return seen.cut && seen.vias != 0; };
    if (std::none_of(observations.all.begin(), observations.all.end(), is_cut)) return;
    Completion(observations).run();
}

}  // namespace ci::order
