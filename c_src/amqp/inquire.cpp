// The responder as the one who asks, for a command.
#include <algorithm>
#include <utility>

#include "amqp/responder.h"

namespace ci::amqp {

Ticket Responder::inquire(Inquiry inquiry, const std::vector<std::string>& without,
                          wire::Micros now, Actions& actions) {
    const Ticket ticket = next_++;
    Pending pending;
    pending.answer.to = Answering::ourselves;
    pending.has_own = true;
    if (!is_bound()) pending.gathered.alone = "there is no connection to the broker";
    peers_.forget_silent(now);
    for (const Peer& peer : peers_.present()) {
        const bool is_asked =
            std::find(without.begin(), without.end(), peer.instance) == without.end();
        if (is_asked) pending.waits[peer.instance] = peer.name();
    }
    const bool has_peers = !pending.waits.empty();
    if (begin_gathering(pending, now)) {
        actions.publications.push_back(
            inquiry_req({"inquiry_req", node_, msg_id(ticket)}, instance_, queue_, inquiry));
    } else if (has_peers) {
        pending.gathered.alone = "too many questions are under way";
    }
    pending.inquiry = std::move(inquiry);
    settle(pending_.emplace(ticket, std::move(pending)).first, actions);
    return ticket;
}

}  // namespace ci::amqp
