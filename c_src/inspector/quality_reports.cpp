#include "inspector/quality_reports.h"

#include <algorithm>
#include <string_view>

#include "hep/hep.h"
#include "intake/event.h"
#include "sip/message.h"
#include "sip/text.h"
#include "wire/hash.h"

namespace ci::inspector {
namespace {

constexpr std::size_t longest_named_id = 255;

/// RFC 6035 4.6.2: a line of the report, `CallID: ID`.
std::string_view named_in(std::string_view report) {
    while (!report.empty()) {
        const auto end = report.find('\n');
        const auto line = report.substr(0, end);
        report = end == std::string_view::npos ? std::string_view() : report.substr(end + 1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        if (!sip::equal_without_case(sip::trim(line.substr(0, colon)), "CallID")) continue;
        return sip::trim(line.substr(colon + 1));
    }
    return {};
}

/// RFC 3261 25.1: a Call-ID has no blanks; keys that begin with "@" are the inspector's own.
bool may_be_call_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_named_id && text.front() != '@' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7f; });
}

/// The host that made the request: who is named by the lowest Via, where others passed it on.
wire::Endpoint made_by(const sip::Message& request, const wire::Endpoint& sender) {
    const auto vias = sip::vias(request);
    if (vias.size() < 2) return sender;
    const sip::Via& own = vias.back();
    auto named = wire::parse_endpoint(own.sent_by).value_or(wire::Endpoint{});
    if (const auto plain = wire::parse_address(own.sent_by)) named = {*plain, 0};
    if (const auto seen = wire::parse_address(own.received)) named.address = *seen;
    if (const auto port = wire::parse_port(own.rport)) named.port = *port;
    return named.address.family == wire::Family::none ? sender : named;
}

}  // namespace

std::optional<QualityReport> quality_report_in(const chunk::Draft& draft) {
    if (draft.method != "PUBLISH" || !draft.event.empty() || draft.is_described) {
        return std::nullopt;
    }
    const auto request = sip::parse(draft.message);
    if (!request || !request->is_request || !request->body.starts_with("VQ")) return std::nullopt;
    const auto named = named_in(request->body);
    if (!may_be_call_id(named) || named == draft.call_id) return std::nullopt;
    intake::Memory memory;
    const auto event = intake::event_of(hep::PayloadType{34}, request->body, memory);
    QualityReport report;
    report.call_id = named;
    report.label = event.label;
    report.lines = event.lines;
    report.key.append(draft.call_id).append(" ").append(draft.c_seq);
    report.teller = made_by(*request, draft.src);
    return report;
}

std::optional<QualityReport> QualityReports::take(const chunk::Draft& draft) {
    auto report = quality_report_in(draft);
    if (!report) return std::nullopt;
    const std::uint64_t key = wire::hash_of(std::string_view(report->key));
    const os::MutexLock lock(mutex_);
    if (std::find(latest_.begin(), latest_.end(), key) != latest_.end()) return std::nullopt;
    latest_[next_] = key;
    next_ = (next_ + 1) % latest_.size();
    return report;
}

chunk::Draft event_of(const QualityReport& report, const chunk::Draft& told_by) {
    chunk::Draft event;
    event.call_id = report.call_id;
    event.parser = told_by.parser;
    event.observer = told_by.observer;
    event.src = report.teller;
    event.dst = told_by.dst;
    event.timestamp = told_by.timestamp;
    event.ref_timestamp = told_by.ref_timestamp;
    event.ref_timestamp_text = told_by.ref_timestamp_text;
    event.flags = told_by.flags;
    event.label = report.label;
    event.message = report.lines;
    event.correlation_id = told_by.call_id;
    event.event = "report";
    return event;
}

}  // namespace ci::inspector
