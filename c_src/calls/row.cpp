#include "calls/row.h"

#include <algorithm>
#include <tuple>

#include "calls/row_parts.h"
#include "calls/row_text.h"
#include "calls/uri.h"
#include "sip/message.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

/// A log that describes a message knows no Vias: nothing tells how far it is from its sender.
constexpr std::uint8_t unknown_vias = 250;

std::uint8_t count_vias(const sip::Message& message) {
    const std::size_t n = sip::vias(message).size();
    return n == 0 || n > unknown_vias ? unknown_vias : static_cast<std::uint8_t>(n);
}

Party party_of(const NameAddr& address) {
    return {bounded(unescape(address.uri.user)), lower(bounded(address.uri.host)),
            bounded(unquote(address.name))};
}

std::optional<Micros> earlier(std::optional<Micros> a, Micros b) noexcept {
    return a && *a < b ? a : b;
}

/// Which of several final responses a proxy passes back: 2xx, then 6xx, then the lowest class
/// (RFC 3261 16.7).
int goodness(std::uint16_t status) noexcept {
    const int hundreds = status / 100;
    const int place = hundreds == 2 ? 0 : hundreds == 6 ? 1 : hundreds;
    return place * 1'000 + status;
}

bool expires_now(const sip::Message& message) {
    if (sip::trim(sip::find_header(message, "Expires", 0)) == "0") return true;
    const auto contact = sip::find_header(message, "Contact", 'm');
    const auto at = contact.find("expires=0");
    return at != std::string_view::npos &&
           (at + 9 == contact.size() || !sip::is_digit(contact[at + 9]));
}

bool is_before(const wire::Endpoint& a, const wire::Endpoint& b) noexcept {
    if (a.address.family != b.address.family) return a.address.family < b.address.family;
    if (a.address.bytes != b.address.bytes) return a.address.bytes < b.address.bytes;
    return a.port < b.port;
}

void note_endpoint(std::string_view text, std::vector<wire::Endpoint>& endpoints) {
    const auto endpoint = wire::parse_endpoint(text);
    if (!endpoint) return;
    const auto& bytes = endpoint->address.bytes;
    if (std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; })) return;
    const auto at = std::lower_bound(endpoints.begin(), endpoints.end(), *endpoint, is_before);
    if (at != endpoints.end() && *at == *endpoint) return;
    if (endpoints.size() < most_endpoints) endpoints.insert(at, *endpoint);
}

void insert_text(std::string text, std::size_t most, std::vector<std::string>& texts) {
    const auto at = std::lower_bound(texts.begin(), texts.end(), text);
    if (text.empty() || (at != texts.end() && *at == text) || texts.size() >= most) return;
    texts.insert(at, std::move(text));
}

}  // namespace

struct Row::Seen {
    const sip::Message& message;
    Micros arrival;
    std::string_view method;
    std::uint64_t number;  ///< CSeq
    std::uint32_t tag;     ///< hash of the From tag
    std::uint8_t vias;
};

void Row::take(const chunk::Chunk& chunk) {
    const Micros arrival = chunk.ref_timestamp.value_or(chunk.timestamp.value_or(0));
    const bool is_new = start_ == 0 && last_ == 0;
    start_ = is_new ? arrival : std::min(start_, arrival);
    last_ = is_new ? arrival : std::max(last_, arrival);
    outdate_findings();
    if (!chunk.event.empty()) return;
    note_endpoint(chunk.src, endpoints_);
    note_endpoint(chunk.dst, endpoints_);
    count(chunk);
    const auto message = sip::parse(chunk.message);
    if (!message) return;
    const Seen seen{*message,
                    arrival,
                    message->method,
                    message->cseq ? message->cseq->number : 0,
                    stable_hash(sip::from_tag(*message)),
                    count_vias(*message)};
    note_agent(seen);
    note_first(seen);
    if (message->is_request) {
        note_request(seen);
    } else {
        note_response(seen);
    }
}

void Row::count(const chunk::Chunk& chunk) {
    constexpr Micros doubles_within = 2'000;
    const std::uint32_t hop = stable_hash(chunk.src + '>' + chunk.dst);
    const std::uint32_t observer = stable_hash(chunk.observer);
    const std::uint32_t message = stable_hash(chunk.message);
    const Micros stamp = chunk.timestamp.value_or(chunk.ref_timestamp.value_or(0));
    const auto found = std::find_if(hops_.begin(), hops_.end(), [&](const Hop& one) {
        return one.hop == hop && one.observer == observer;
    });
    if (found == hops_.end()) {
        if (hops_.size() < most_hops) {
            hops_.push_back({hop, observer, message, stamp, 1});
        } else {
            ++uncounted_;
        }
        return;
    }
    const bool is_double = found->message == message && stamp - found->stamp <= doubles_within &&
                           found->stamp - stamp <= doubles_within;
    found->message = message;
    found->stamp = stamp;
    if (!is_double) ++found->count;
}

void Row::note_agent(const Seen& seen) {
    auto agent = sip::find_header(seen.message, "User-Agent", 0);
    if (!seen.message.is_request) {
        const auto server = sip::find_header(seen.message, "Server", 0);
        if (!server.empty()) agent = server;
    }
    insert_text(bounded(agent), most_user_agents, user_agents_);
}

void Row::note_method(std::string_view method) {
    const auto* known = std::find(std::begin(known_methods), std::end(known_methods), method);
    if (known != std::end(known_methods)) {
        methods_ |= 1U << static_cast<unsigned>(known - std::begin(known_methods));
    } else {
        insert_text(bounded(method), most_other_methods, other_methods_);
    }
}

void Row::note_first(const Seen& seen) {
    const bool begins = seen.message.is_request && !is_of_a_dialog(seen.method) &&
                        sip::to_tag(seen.message).empty();
    const bool answers = !seen.message.is_request && !is_of_a_dialog(seen.method);
    const std::uint8_t rank = begins ? 0 : answers ? 1 : seen.message.is_request ? 2 : 3;
    const auto key = [](const First& first) {
        return std::tie(first.rank, first.vias, first.arrival);
    };
    First first;
    first.rank = rank;
    first.vias = seen.vias;
    first.arrival = seen.arrival;
    if (key(first_) < key(first)) return;
    first.method = bounded(seen.method);
    first.tag = seen.tag;
    first.from = party_of(parse_name_addr(sip::find_header(seen.message, "From", 'f')));
    first.to = party_of(parse_name_addr(sip::find_header(seen.message, "To", 't')));
    if (seen.message.is_request) {
        first.request_uri = party_of({{}, parse_uri(seen.message.request_uri)});
    }
    const auto asserted = parse_name_addr(sip::find_header(seen.message, "P-Asserted-Identity", 0));
    first.asserted_user = bounded(unescape(asserted.uri.user));
    const auto texts = [](const First& one) {
        return std::tie(one.method, one.tag, one.from.user, one.from.host, one.to.user,
                        one.request_uri.user, one.request_uri.host, one.from.name, one.to.host,
                        one.to.name, one.request_uri.name, one.asserted_user);
    };
    if (key(first) < key(first_) || texts(first) < texts(first_)) first_ = std::move(first);
}

Row::Tries* Row::tries_of(const Seen& seen) {
    const std::uint32_t method = stable_hash(seen.method);
    const auto found = std::find_if(tries_.begin(), tries_.end(), [&](const Tries& one) {
        return one.tag == seen.tag && one.method == method;
    });
    if (found != tries_.end()) return &*found;
    if (tries_.size() == most_transactions) return nullptr;
    Tries& tries = tries_.emplace_back();
    tries.tag = seen.tag;
    tries.method = method;
    return &tries;
}

void Row::note_request(const Seen& seen) {
    note_method(seen.method);
    if (seen.method == "BYE") bye_ = earlier(bye_, seen.arrival);
    if (seen.method == "CANCEL") cancel_ = earlier(cancel_, seen.arrival);
    if (is_of_a_dialog(seen.method)) return;
    Tries* tries = tries_of(seen);
    if (tries == nullptr) return;
    tries->last_number = std::max(tries->last_number, seen.number);
    if (sip::to_tag(seen.message).empty()) tries->asked = earlier(tries->asked, seen.arrival);
    if (seen.method == "REGISTER" && expires_now(seen.message)) {
        tries->leave_number = std::max(tries->leave_number, seen.number);
    }
}

void Row::note_response(const Seen& seen) {
    const std::uint16_t status = seen.message.status;
    if (seen.method.empty() || is_of_a_dialog(seen.method)) return;
    Tries* tries = tries_of(seen);
    if (tries == nullptr) return;
    const bool is_invite = seen.method == "INVITE";
    if (is_invite && status >= 180 && status < 190)
        tries->ring = earlier(tries->ring, seen.arrival);
    if (status < 200) return;
    const bool is_acceptance = is_invite && status < 300;
    Final& kept = is_acceptance ? tries->accepted : tries->final;
    const Final other{seen.number, seen.vias, status, seen.arrival};
    // A 2xx of a higher number answers a re-INVITE, and any other one a later try.
    const auto key = [&](const Final& one) {
        const std::uint64_t number = is_acceptance ? one.number : ~one.number;
        return std::tuple(number, one.vias, goodness(one.status), one.arrival);
    };
    if (kept.status == 0 || key(other) < key(kept)) kept = other;
}

}  // namespace ci::calls
