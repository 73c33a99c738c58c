// What the proxy passed on: requests with their further branches, and responses.
#include "logs/kamailio_records.h"

namespace ci::logs {

void KamailioRecords::pass_on(const Line& line, const Saying& saying, Table::Entry* entry,
                              wire::Micros now) {
    write_call_key(line.host, line.call_id, call_);
    const bool is_request = entry != nullptr && entry->value.is == Open::Is::request;
    const bool is_part = entry != nullptr && entry->value.is == Open::Is::part;
    if (!is_request) {
        // A failure route tries another destination, as after a redirection.
        const bool has_failed = entry != nullptr && !is_part && entry->value.code >= "300";
        if (has_failed) passed_.failed(call_, entry->value.method, line.time.at);
        auto* request = is_part ? nullptr : passed_.further_branch(call_, line.pid, line.time.at);
        if (entry != nullptr) {
            add(*entry, line, now);
            close(*entry);
        } else if (!line.is_read_again) {
            ++(request != nullptr ? counts_.in_records : counts_.outside_records);
        }
        if (request != nullptr) send_branch(line, saying, *request);
        return;
    }
    add(*entry, line, now);
    auto& open = entry->value;
    open.passed_position = line.position;
    open.passed_time = line.time;
    open.passed_from = saying.local;
    open.passed_to = saying.far;
    open.out_protocol = saying.ip_protocol;
    if (open.method != "ACK") {
        PassedRequest request;
        request.method = open.method;
        request.uri = open.branch.empty() ? open.uri : open.branch;
        request.c_seq = open.c_seq;
        request.pid = line.pid;
        request.source = open.far;
        request.arrived_at = is_known(open.local) ? open.local : saying.local;
        request.sent_from = saying.local;
        request.sent_to = saying.far;
        request.in_protocol = open.ip_protocol;
        request.out_protocol = saying.ip_protocol;
        request.side = open.side;
        request.passed_at = line.time.at;
        passed_.add(call_, std::move(request));
    }
    close(*entry);
}

void KamailioRecords::send_branch(const Line& line, const Saying& saying, PassedRequest& request) {
    request.is_forked = !request.has_failed && request.sent_to != saying.far;
    request.has_failed = false;
    request.is_answered = false;
    request.sent_from = saying.local;
    request.sent_to = saying.far;
    request.out_protocol = saying.ip_protocol;
    request.passed_at = line.time.at;

    Record record;
    record.kind = Record::Kind::observed;
    record.position = line.position;
    record.time = line.time;
    record.host = line.host;
    record.call_id = line.call_id;
    record.text = line.text;
    label_ = request.method + " " + request.uri + " SIP/2.0";
    record.label = label_;
    record.c_seq = request.c_seq;
    record.method = request.method;
    record.src = saying.local;
    record.dst = saying.far;
    record.ip_protocol = saying.ip_protocol;
    record.is_sent = true;
    hand_over(record);
}

void KamailioRecords::pass_back(const Line& line, const Saying& saying, Table::Entry* entry,
                                wire::Micros now) {
    if (entry == nullptr) {
        if (!line.is_read_again) ++counts_.outside_records;
        return;
    }
    add(*entry, line, now);
    auto& open = entry->value;
    if (open.is == Open::Is::request || open.is == Open::Is::part) return;
    resolve(*entry);
    write_call_key(line.host, line.call_id, call_);
    const auto* request = passed_.from(call_, saying.far);
    open.passed_position = line.position;
    open.passed_time = line.time;
    open.passed_to = saying.far;
    open.passed_from = request != nullptr ? request->arrived_at : local_;
    open.out_protocol = request != nullptr ? request->in_protocol : std::uint8_t{0};
    // A failure route may follow that tells of the same response once more, or sends another.
    const bool may_fail =
        open.is == Open::Is::reply && open.code >= "300" && open.sent_code.empty();
    if (!may_fail) close(*entry);
}

}  // namespace ci::logs
