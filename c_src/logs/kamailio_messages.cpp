// What a complete record says: the messages that were received and sent.
#include <algorithm>

#include "logs/kamailio_records.h"
#include "logs/usual_reason.h"

namespace ci::logs {
namespace {

using std::string_view;

/// RFC 3261 16.7: a proxy does not pass 100 on.
constexpr string_view absorbed = "100";

}  // namespace

void KamailioRecords::hand_over_request(const Table::Entry& entry, Record& record) {
    const auto& open = entry.value;
    const auto set_label = [&](string_view uri) {
        label_ = open.method;
        label_ += ' ';
        label_ += uri;
        label_ += " SIP/2.0";
        record.label = label_;
    };
    const bool is_passed = open.passed_position != 0;
    record.method = open.method;
    record.c_seq = open.c_seq;
    record.src = open.far;
    record.dst = is_known(open.local) ? open.local : is_passed ? open.passed_from : local_;
    record.ip_protocol = open.ip_protocol;
    set_label(open.uri);
    hand_over(record);
    if (!is_passed) return;
    record.position = open.passed_position;
    record.time = open.passed_time;
    record.src = open.passed_from;
    record.dst = open.passed_to;
    record.ip_protocol = open.out_protocol;
    record.is_sent = true;
    if (!open.branch.empty()) set_label(open.branch);
    hand_over(record);
}

/// Learns from the requests what the lines of a response do not tell, before a later request hides
/// the one that it answers.
void KamailioRecords::resolve(Table::Entry& entry) {
    auto& open = entry.value;
    if (open.is_resolved) return;
    open.is_resolved = true;
    write_call_key(host_of(entry), call_id_of(entry), call_);
    Saying reply;
    reply.code = open.code;
    reply.side = open.side;
    reply.far = open.far;
    const auto answer = passed_.answered_by(call_, reply, open.c_seq, open.method);
    if (answer.request != nullptr) {
        const auto& request = *answer.request;
        if (answer.is_sure && open.c_seq.empty()) open.c_seq = request.c_seq;
        if (answer.is_sure && open.method.empty()) open.method = request.method;
        if (!is_known(open.far) && !request.is_forked) open.far = request.sent_to;
        if (!is_known(open.local)) open.local = request.sent_from;
        open.ip_protocol = request.out_protocol;
    }
    if (!is_known(open.local)) open.local = local_;
}

void KamailioRecords::hand_over_reply(Table::Entry& entry, Record& record) {
    auto& open = entry.value;
    const auto set_label = [&](string_view code, string_view reason) {
        label_ = "SIP/2.0 ";
        label_ += code;
        label_ += ' ';
        label_ += reason.empty() ? usual_reason(code) : reason;
        record.label = label_;
    };
    resolve(entry);
    record.c_seq = open.c_seq;
    const auto blank = open.c_seq.find(' ');
    record.method = open.method.empty() && blank != std::string::npos
                        ? record.c_seq.substr(blank + 1)
                        : string_view(open.method);

    if (open.is_receipt) {
        record.src = open.far;
        record.dst = open.local;
        record.ip_protocol = open.ip_protocol;
        set_label(open.code, open.reason);
        hand_over(record);
    }
    if (open.passed_position == 0 || open.code == absorbed) {
        if (!open.is_receipt) hand_over_event(entry, record);
        return;
    }
    // Without its request nobody knows which response was sent.
    if (open.gives_up == GivesUp::before_dialog && open.sent_code.empty()) return;
    record.position = open.passed_position;
    record.time = open.passed_time;
    record.src = open.passed_from;
    record.dst = open.passed_to;
    record.ip_protocol = open.out_protocol;
    record.is_sent = true;
    if (!open.sent_code.empty()) {
        set_label(open.sent_code, open.sent_reason);
    } else if (open.gives_up == GivesUp::always) {
        set_label("486", "Unable to Comply");
    } else if (open.code == "503") {
        // RFC 3261 16.7 step 6: Kamailio's tm does so unless told otherwise (remap_503_500).
        set_label("500", usual_reason(open.code));
    } else {
        set_label(open.code, open.reason);
    }
    hand_over(record);
}

/// Texts that prove no message, or not which: the beginning is missing, or Kamailio timed out.
void KamailioRecords::hand_over_event(const Table::Entry& entry, Record& record) {
    constexpr std::size_t max_label = 200;
    const auto& open = entry.value;
    record.kind = Record::Kind::event;
    label_ = open.last_text.empty() ? open.texts.substr(0, open.texts.find('\r')) : open.last_text;
    if (label_.size() > max_label) label_.resize(max_label);
    std::replace_if(
        label_.begin(), label_.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    record.label = label_;
    record.method = open.method;
    record.c_seq = open.c_seq;
    record.src = open.far;
    if (is_known(open.far)) record.dst = is_known(open.local) ? open.local : local_;
    hand_over(record);
}

void KamailioRecords::hand_over(Record& record) {
    if (!is_read_again_) sink_(record);
}

}  // namespace ci::logs
