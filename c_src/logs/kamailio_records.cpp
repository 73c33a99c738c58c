#include "logs/kamailio_records.h"

#include <algorithm>

namespace ci::logs {
namespace {

using std::string_view;
using Is = Saying::Is;

constexpr char separator = '\0';

void join(string_view host, string_view pid, string_view call_id, std::string& key) {
    key.assign(host);
    key.push_back(separator);
    key.append(pid);
    key.push_back(separator);
    key.append(call_id);
}

}  // namespace

bool KamailioRecords::Open::is_small() const noexcept {
    constexpr std::size_t small = 4096;
    return texts.capacity() + method.capacity() + uri.capacity() + branch.capacity() +
               c_seq.capacity() + reason.capacity() + sent_reason.capacity() +
               last_text.capacity() <
           small;
}

void KamailioRecords::Open::clear() noexcept {
    is = Is::part;
    side = Side::unknown;
    gives_up = GivesUp::no;
    is_receipt = is_truncated = is_resolved = false;
    ip_protocol = out_protocol = 0;
    position = passed_position = lines = 0;
    bytes = 0;
    far = local = passed_from = passed_to = {};
    for (auto* text : {&texts, &method, &uri, &branch, &code, &reason, &c_seq, &sent_code,
                       &sent_reason, &last_text}) {
        text->clear();
    }
}

string_view KamailioRecords::host_of(const Table::Entry& entry) noexcept {
    return string_view(entry.key).substr(0, entry.value.host_size);
}
string_view KamailioRecords::call_id_of(const Table::Entry& entry) noexcept {
    return string_view(entry.key).substr(entry.value.host_size + entry.value.pid_size + 2);
}

std::uint64_t KamailioRecords::begin_of_open(std::uint64_t none) const noexcept {
    for (const auto& entry : open_) none = std::min(none, entry.value.position);
    return none;
}

void KamailioRecords::take(const Line& line, const Saying& saying, wire::Micros now) {
    is_read_again_ = line.is_read_again;
    join(line.host, line.pid, line.call_id, key_);
    auto* entry = open_.find(key_);
    if (close_stale(line, entry)) entry = nullptr;
    switch (saying.is) {
        case Is::request: {
            if (entry != nullptr) close(*entry);
            auto& opened = begin(line, Open::Is::request);
            add(opened, line, now);
            fill(opened.value, saying);
            break;
        }
        case Is::internal_reply:
        case Is::external_begin:
        case Is::external_reply:
        case Is::internal_whole:
            reply(line, saying, entry, now);
            break;
        case Is::failure:
            fail(line, saying, entry, now);
            break;
        case Is::passed_on:
            pass_on(line, saying, entry, now);
            break;
        case Is::passed_back:
            pass_back(line, saying, entry, now);
            break;
        case Is::source:
            if (entry == nullptr) entry = &begin(line, Open::Is::part);
            add(*entry, line, now);
            fill(entry->value, saying);
            break;
        default:
            if (entry == nullptr) {
                if (!line.is_read_again) ++counts_.outside_records;
                break;
            }
            add(*entry, line, now);
            fill(entry->value, saying);
            if (saying.is == Is::end) {
                entry->value.last_text = line.text;
                close(*entry);
            }
    }
    make_room();
}

KamailioRecords::Table::Entry& KamailioRecords::begin(const Line& line, Open::Is is) {
    join(line.host, line.pid, line.call_id, key_);
    auto& entry = open_.insert(key_);
    auto& open = entry.value;
    open.is = is;
    open.host_size = line.host.size();
    open.pid_size = line.pid.size();
    open.position = line.position;
    open.time = line.time;
    open.bytes = sizeof entry + key_.size();
    bytes_ += open.bytes;
    return entry;
}

void KamailioRecords::add(Table::Entry& entry, const Line& line, wire::Micros now) {
    auto& open = entry.value;
    open.last = line.time.at;
    open.last_read = now;
    if (!line.is_read_again) {
        ++open.lines;
        ++counts_.open;
    }
    constexpr string_view crlf = "\r\n";
    if (open.texts.size() + crlf.size() + line.text.size() > max_text) {
        open.is_truncated = true;
        return;
    }
    if (!open.texts.empty()) open.texts += crlf;
    open.texts += line.text;
    open.bytes += line.text.size();
    bytes_ += line.text.size();
}

void KamailioRecords::fill(Open& open, const Saying& saying) {
    const auto set = [&](std::string& text, string_view value) {
        if (value.empty()) return;
        text = value;
        open.bytes += value.size();
        bytes_ += value.size();
    };
    set(open.method, saying.is == Is::request || open.method.empty() ? saying.method : "");
    set(saying.is == Is::branch ? open.branch : open.uri, saying.uri);
    set(open.c_seq, saying.c_seq);
    set(open.sent_code, saying.sent_code);
    set(open.sent_reason, saying.sent_reason);
    if (saying.ip_protocol != 0) open.ip_protocol = saying.ip_protocol;
    if (saying.side != Side::unknown) open.side = saying.side;
    if (saying.is == Is::in_failure && open.is == Open::Is::reply) open.is = Open::Is::failure;
    if (saying.is == Is::source) {
        if (is_known(saying.far)) open.far = saying.far;
        if (is_known(saying.local)) open.local = saying.local;
    }
}

void KamailioRecords::reply(const Line& line, const Saying& saying, Table::Entry* entry,
                            wire::Micros now) {
    // Kazoo 3.22 tells of one response twice.
    const bool is_told_again =
        saying.is == Is::external_reply && entry != nullptr && entry->value.is == Open::Is::reply &&
        entry->value.side == Side::external && entry->value.code == saying.code;
    if (is_told_again) {
        add(*entry, line, now);
        return close(*entry);
    }
    if (entry != nullptr) close(*entry);
    auto& opened = begin(line, Open::Is::reply);
    add(opened, line, now);
    auto& open = opened.value;
    fill(open, saying);
    open.code = saying.code;
    open.reason = saying.reason;
    open.far = saying.far;
    open.is_receipt = true;
    if (saying.is == Is::external_reply || saying.is == Is::internal_whole) close(opened);
}

void KamailioRecords::fail(const Line& line, const Saying& saying, Table::Entry* entry,
                           wire::Micros now) {
    const bool is_same =
        entry != nullptr && entry->value.code == saying.code &&
        (entry->value.is == Open::Is::reply || entry->value.is == Open::Is::failure);
    if (!is_same) {
        if (entry != nullptr) close(*entry);
        entry = &begin(line, Open::Is::failure);
        entry->value.code = saying.code;
        // Kamailio makes a 408 itself when nobody answers.
        entry->value.is_receipt = saying.is_receipt && saying.code != "408";
    }
    auto& open = entry->value;
    open.is = Open::Is::failure;
    add(*entry, line, now);
    fill(open, saying);
    if (open.reason.empty()) open.reason = saying.reason;
    open.gives_up = saying.gives_up;
    resolve(*entry);
    write_call_key(line.host, line.call_id, call_);
    const auto* request = passed_.failed(call_, open.method, line.time.at);
    if (open.gives_up == GivesUp::before_dialog && request != nullptr) {
        const bool is_first = request->method == "INVITE" && !request->is_within_dialog;
        open.gives_up = is_first ? GivesUp::always : GivesUp::no;
    }
}

/// True: `own` was stale.
bool KamailioRecords::close_stale(const Line& line, Table::Entry* own) {
    const auto is_stale = [&](const Open& open) { return line.time.at - open.last > patience; };
    const bool is_own_stale = own != nullptr && is_stale(own->value);
    if (is_own_stale) close(*own);
    // Another host's clock is another one.
    while (!open_.empty() && is_stale(open_.oldest().value) &&
           host_of(open_.oldest()) == line.host) {
        close(open_.oldest());
    }
    return is_own_stale;
}

void KamailioRecords::wait(wire::Micros now) {
    is_read_again_ = false;
    while (!open_.empty() && now - open_.oldest().value.last_read >= patience) {
        close(open_.oldest());
    }
}

void KamailioRecords::finish() {
    is_read_again_ = false;
    while (!open_.empty()) close(open_.oldest());
}

void KamailioRecords::make_room() {
    while (open_.size() > max_open || (bytes_ > max_bytes && !open_.empty())) {
        close(open_.oldest());
    }
}

void KamailioRecords::close(Table::Entry& entry) {
    auto& open = entry.value;
    counts_.open -= open.lines;
    counts_.in_records += open.lines;
    bytes_ -= open.bytes;

    Record record;
    record.kind = Record::Kind::observed;
    record.position = open.position;
    record.time = open.time;
    record.host = host_of(entry);
    record.call_id = call_id_of(entry);
    record.text = open.texts;
    record.is_truncated = open.is_truncated;
    switch (open.is) {
        case Open::Is::request:
            hand_over_request(entry, record);
            break;
        case Open::Is::reply:
        case Open::Is::failure:
            hand_over_reply(entry, record);
            break;
        case Open::Is::part:
            hand_over_event(entry, record);
    }
    open_.erase(entry);
}

}  // namespace ci::logs
