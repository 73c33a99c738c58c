#include "amqp/responder.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ci::amqp {
namespace {

std::size_t size_of(const Part& chunks) {
    std::size_t bytes = 0;
    for (const chunk::Chunk& chunk : chunks) bytes += chunk.json.size() + chunk.message.size();
    return bytes;
}

Answering answering(const Message& request) {
    if (request.event == Event::lookup_req) return Answering::lookup;
    if (request.event == Event::filter_req) return Answering::filter;
    if (request.event == Event::inquiry_req) return Answering::report;
    return request.of_one_call ? Answering::gather_chunks : Answering::gather_call_ids;
}

bool is_peers(Answering to) {
    return to == Answering::gather_chunks || to == Answering::gather_call_ids ||
           to == Answering::report;
}

}  // namespace

Responder::Responder(std::string instance, const Limits& limits, TakeRoom take_room)
    : instance_(std::move(instance)), limits_(limits), take_room_(std::move(take_room)) {}

Actions Responder::bound(std::string queue, std::string node, wire::Micros now) {
    queue_ = std::move(queue);
    node_ = std::move(node);
    Actions actions;
    if (!is_bound()) return actions;
    present_at_ = now + present_every;
    actions.publications.push_back(presence(false));
    return actions;
}

void Responder::unbound() {
    queue_.clear();
    peers_.clear();
    pending_.clear();
    gatherings_ = 0;
}

Actions Responder::leave() {
    Actions actions;
    if (is_bound()) actions.publications.push_back(presence(true));
    return actions;
}

void Responder::refuse(Malformed why) {
    ++counts_.received;
    ++counts_.malformed[static_cast<std::size_t>(why)];
}

Actions Responder::take(Message message, wire::Micros now) {
    ++counts_.received;
    Actions actions;
    const bool is_own = message.instance == instance_;
    if (!is_bound() || is_own || message.event == Event::other) {
        ++counts_.ignored;
        return actions;
    }
    if (!message.instance.empty()) hear(message, now, actions);
    if (message.event == Event::gather_resp || message.event == Event::inquiry_resp) {
        gathered(message, actions);
    } else if (message.event != Event::present) {
        asked(message, now, actions);
    }
    return actions;
}

void Responder::hear(const Message& message, wire::Micros now, Actions& actions) {
    if (!peers_.hear(message.instance, message.node, message.leaving, now)) return;
    actions.publications.push_back(presence(false));  // so that the new peer knows us at once
}

void Responder::asked(const Message& message, wire::Micros now, Actions& actions) {
    if (pending_.size() >= limits_.questions) {
        ++counts_.refused;
        return;
    }
    const Ticket ticket = next_++;
    Pending pending;
    pending.answer.to = answering(message);
    pending.answer.server_id = message.server_id;
    pending.answer.msg_id = message.msg_id;
    pending.asked = message.call_ids;
    if (message.event == Event::lookup_req) pending.answer.call_id = message.call_ids.front();
    const bool of_one_call = message.of_one_call;
    if (!is_peers(pending.answer.to)) {
        peers_.forget_silent(now);
        for (const Peer& peer : peers_.present()) pending.waits[peer.instance] = peer.name();
    }
    if (begin_gathering(pending, now)) {
        actions.publications.push_back(gather_req({"gather_req", node_, msg_id(ticket)}, instance_,
                                                  queue_, pending.asked, of_one_call));
    }
    actions.questions.push_back(
        {ticket, pending.asked, of_one_call, message.event == Event::inquiry_req, message.inquiry});
    pending_.emplace(ticket, std::move(pending));
}

bool Responder::begin_gathering(Pending& pending, wire::Micros now) {
    if (pending.waits.empty()) return false;
    if (gatherings_ >= limits_.gatherings) {
        pending.waits.clear();
        ++counts_.own_only;
        return false;
    }
    ++gatherings_;
    pending.is_gathering = true;
    pending.deadline = now + limits_.gather;
    return true;
}

void Responder::gathered(Message& message, Actions& actions) {
    Ticket ticket = 0;
    const std::string_view id = message.msg_id;
    const auto dash = std::min(id.rfind('-'), id.size());
    (void)std::from_chars(id.data() + std::min(dash + 1, id.size()), id.data() + id.size(), ticket);
    const auto entry = pending_.find(ticket);
    if (entry == pending_.end() || message.msg_id != msg_id(ticket) ||
        !entry->second.waits.contains(message.instance)) {
        ++counts_.late;
        return;
    }
    Pending& pending = entry->second;
    const bool is_report = message.event == Event::inquiry_resp;
    const bool is_wanted = pending.answer.to == Answering::ourselves;
    if (is_report != is_wanted || (is_report && !fits(message.report, pending.inquiry))) {
        ++counts_.unfit;
        return;
    }
    std::move(message.clocks.begin(), message.clocks.end(),
              std::back_inserter(pending.answer.clocks));
    const std::string whose = pending.waits[message.instance];
    if (is_report) {
        add_report(pending, message, whose);
    } else {
        add(pending, std::move(message.chunks), message.call_ids, whose);
    }
    pending.waits.erase(message.instance);
    settle(entry, actions);
}

Actions Responder::found(Ticket ticket, Found found, wire::Micros now) {
    Actions actions;
    const auto entry = pending_.find(ticket);
    if (entry == pending_.end()) return actions;  // unbound() came first
    Pending& pending = entry->second;
    const std::string own = own_name();
    if (!found.error.empty()) pending.answer.missing.push_back(own);
    pending.answer.report = std::move(found.report);
    add(pending, std::move(found.chunks), found.call_ids, own);
    pending.has_own = true;
    settle(entry, actions);
    Actions due = tick(now);
    std::move(due.gathered.begin(), due.gathered.end(), std::back_inserter(actions.gathered));
    std::move(due.answers.begin(), due.answers.end(), std::back_inserter(actions.answers));
    std::move(due.publications.begin(), due.publications.end(),
              std::back_inserter(actions.publications));
    return actions;
}

void Responder::add(Pending& pending, Part chunks, const std::vector<std::string>& call_ids,
                    const std::string& whose) {
    pending.known.insert(call_ids.begin(), call_ids.end());
    if (chunks.empty() || !make_room(pending, size_of(chunks), whose)) return;
    pending.answer.parts.push_back(std::move(chunks));
}

void Responder::add_report(Pending& pending, Message& message, const std::string& whose) {
    const auto& asked = pending.inquiry.call_ids;
    std::erase_if(message.chunks, [&](const chunk::Chunk& chunk) {
        return std::find(asked.begin(), asked.end(), chunk.call_id) == asked.end();
    });
    std::size_t bytes = size_of(message.chunks);
    for (const FoundRow& row : message.report.rows) bytes += row.json.size();
    if (!make_room(pending, bytes, whose)) return;
    pending.gathered.reports.push_back(
        {message.instance, whose, std::move(message.report), std::move(message.chunks)});
}

bool Responder::make_room(Pending& pending, std::size_t bytes, const std::string& whose) {
    if (!take_room_) return true;
    auto room = take_room_(bytes);
    if (!room) {
        ++counts_.no_room;
        pending.answer.missing.push_back(whose);
        return false;
    }
    pending.answer.room.push_back(std::move(room));
    return true;
}

void Responder::settle(Entry entry, Actions& actions) {
    Pending& pending = entry->second;
    if (!pending.has_own || !pending.waits.empty()) return;
    Answer& answer = pending.answer;
    answer.node = node_;
    answer.instance = instance_;
    for (const std::string& call_id : pending.asked) {
        if (pending.known.erase(call_id) > 0) answer.call_ids.push_back(call_id);
    }
    std::sort(answer.missing.begin(), answer.missing.end());
    if (is_peers(answer.to)) {
        ++counts_.helped;
    } else {
        ++counts_.answered;
        if (!answer.missing.empty()) {
            ++counts_.timed_out;
        } else if (pending.is_gathering) {
            ++counts_.gathered;
        }
    }
    if (pending.is_gathering) --gatherings_;
    // An incomplete answer to a peer is not sent: the peer takes silence for "missing", but an
    // answer without chunks for "no chunks".
    if (answer.to == Answering::ourselves) {
        Gathered& gathered = pending.gathered;
        gathered.own_name = own_name();
        gathered.missing = std::move(answer.missing);
        gathered.clocks = std::move(answer.clocks);
        gathered.room = std::move(answer.room);
        actions.gathered.emplace_back(entry->first, std::move(gathered));
    } else if (!is_peers(answer.to) || answer.missing.empty()) {
        actions.answers.push_back(std::move(answer));
    }
    pending_.erase(entry);
}

std::optional<wire::Micros> Responder::due() const {
    if (!is_bound()) return std::nullopt;
    wire::Micros at = present_at_;
    for (const auto& [ticket, pending] : pending_) {
        if (!pending.waits.empty()) at = std::min(at, pending.deadline);
    }
    return at;
}

Actions Responder::tick(wire::Micros now) {
    Actions actions;
    if (!is_bound()) return actions;
    if (now >= present_at_) {
        peers_.forget_silent(now);
        present_at_ = now + present_every;
        actions.publications.push_back(presence(false));
    }
    for (auto next = pending_.begin(); next != pending_.end();) {
        const auto entry = next++;
        Pending& pending = entry->second;
        if (pending.waits.empty() || now < pending.deadline) continue;
        for (const auto& [instance, name] : pending.waits) {
            pending.answer.missing.push_back(name);
            pending.gathered.silent.push_back(instance);
        }
        pending.waits.clear();
        settle(entry, actions);
    }
    return actions;
}

std::string Responder::msg_id(Ticket ticket) const {
    return instance_ + "-" + std::to_string(ticket);
}

Publication Responder::presence(bool leaving) {
    return present({"present", node_, msg_id(next_++)}, instance_, queue_, leaving);
}

}  // namespace ci::amqp
