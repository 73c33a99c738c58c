#include "logs/kamailio_calls.h"

#include <algorithm>
#include <utility>

namespace ci::logs {
namespace {

using std::string_view;

std::size_t size_of(const PassedRequest& request) noexcept {
    return sizeof request + request.method.size() + request.uri.size() + request.c_seq.size() +
           request.pid.size();
}

/// "1 INVITE" and "1" may be the same.
bool same_c_seq(string_view a, string_view b) noexcept {
    return a.substr(0, a.find(' ')) == b.substr(0, b.find(' '));
}

bool fits(const PassedRequest& request, const Saying& reply, string_view c_seq,
          string_view method) noexcept {
    if (!method.empty() && request.method != method) return false;
    if (!c_seq.empty() && !request.c_seq.empty() && !same_c_seq(request.c_seq, c_seq)) return false;
    // RFC 4320 4.1: only an INVITE has provisional responses other than 100.
    if (reply.code.starts_with('1') && reply.code != "100" && request.method != "INVITE") {
        return false;
    }
    return !is_known(reply.far) || request.is_forked || reply.far == request.sent_to;
}

/// Kazoo's media servers answer what others asked, and others what media servers asked.
bool is_across(const PassedRequest& request, const Saying& reply) noexcept {
    return request.side == Side::unknown || reply.side == Side::unknown ||
           request.side != reply.side;
}

}  // namespace

void write_call_key(string_view host, string_view call_id, std::string& key) {
    key.assign(host);
    key.push_back('\0');
    key.append(call_id);
}

void PassedRequests::add(string_view call, PassedRequest request) {
    auto* entry = calls_.find(call);
    if (entry == nullptr) {
        entry = &calls_.insert(call);
        entry->value.bytes = sizeof *entry + entry->key.size();
        bytes_ += entry->value.bytes;
    }
    auto& kept = entry->value;
    if (kept.requests.size() == max_per_call) {
        const std::size_t freed = size_of(kept.requests.front());
        kept.bytes -= freed;
        bytes_ -= freed;
        kept.requests.erase(kept.requests.begin());
    }
    request.is_within_dialog = kept.is_confirmed;
    const std::size_t used = size_of(request);
    kept.requests.push_back(std::move(request));
    kept.bytes += used;
    bytes_ += used;
    while (calls_.size() > max_calls || (bytes_ > max_bytes && !calls_.empty())) {
        forget(calls_.oldest());
    }
}

void PassedRequests::forget(Calls::Entry& entry) {
    bytes_ -= entry.value.bytes;
    calls_.erase(entry);
}

PassedRequests::Answer PassedRequests::answered_by(string_view call, const Saying& reply,
                                                   string_view c_seq, string_view method) {
    auto* entry = calls_.find(call);
    if (entry == nullptr) return {};
    auto& requests = entry->value.requests;
    const auto pick = [&](bool is_answered, bool across) {
        Answer answer;
        for (auto request = requests.rbegin(); request != requests.rend(); ++request) {
            if (request->is_answered != is_answered || is_across(*request, reply) != across ||
                !fits(*request, reply, c_seq, method)) {
                continue;
            }
            if (answer.request == nullptr) {
                answer = {&*request, true};
            } else if (!same_c_seq(answer.request->c_seq, request->c_seq) ||
                       answer.request->method != request->method) {
                answer.is_sure = false;
            }
        }
        return answer;
    };
    Answer answer;
    for (const bool across : {true, false}) {
        for (const bool is_answered : {false, true}) {
            if (answer.request == nullptr) answer = pick(is_answered, across);
        }
    }
    if (answer.request != nullptr && !reply.code.starts_with('1') && answer.is_sure) {
        answer.request->is_answered = true;
        if (reply.code.starts_with('2') && answer.request->method == "INVITE") {
            entry->value.is_confirmed = true;
        }
    }
    return answer;
}

const PassedRequest* PassedRequests::from(string_view call, const wire::Endpoint& source) {
    auto* entry = calls_.find(call);
    if (entry == nullptr) return nullptr;
    const auto& requests = entry->value.requests;
    const auto found =
        std::find_if(requests.rbegin(), requests.rend(),
                     [&](const PassedRequest& request) { return request.source == source; });
    return found == requests.rend() ? nullptr : &*found;
}

PassedRequest* PassedRequests::further_branch(string_view call, string_view pid, wire::Micros at) {
    auto* entry = calls_.find(call);
    if (entry == nullptr || entry->value.requests.empty()) return nullptr;
    auto& last = entry->value.requests.back();
    // One worker sends the branches of a fork one after the other.
    constexpr wire::Micros together = 2 * one_second;
    if (last.pid == pid && at - last.passed_at <= together) return &last;
    const auto found = std::find_if(
        entry->value.requests.rbegin(), entry->value.requests.rend(),
        [&](const PassedRequest& r) { return r.has_failed && at - r.failed_at <= together; });
    return found == entry->value.requests.rend() ? nullptr : &*found;
}

const PassedRequest* PassedRequests::failed(string_view call, string_view method, wire::Micros at) {
    auto* entry = calls_.find(call);
    if (entry == nullptr) return nullptr;
    for (auto request = entry->value.requests.rbegin(); request != entry->value.requests.rend();
         ++request) {
        if (!method.empty() && request->method != method) continue;
        request->has_failed = true;
        request->failed_at = at;
        return &*request;
    }
    return nullptr;
}

}  // namespace ci::logs
