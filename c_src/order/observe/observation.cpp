#include "order/observe/observation.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "chunk/keys.h"
#include "order/observe/coarse_logs.h"
#include "order/observe/cut_messages.h"
#include "order/observe/late_links.h"
#include "order/observe/messages.h"
#include "sip/header.h"
#include "sip/lines.h"
#include "sip/message.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using chunk::Flag;

std::string_view host_of(std::string_view endpoint) {
    // A Via's sent-by may have no port.
    const auto colon = endpoint.ends_with(']') ? endpoint.npos : endpoint.rfind(':');
    std::string_view host = endpoint.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);  // Kazoo writes IPv6 without brackets
    }
    return host;
}

/// Takes a decimal number off the front of `text`, with the blanks around it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    const auto start = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(start);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return number;
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t"));
}

bool starts_like_response(std::string_view label) {
    constexpr std::string_view version = "SIP/2.0 ";
    if (label.size() < version.size()) return false;
    return std::equal(version.begin(), version.end(), label.begin(), [](char expected, char given) {
        return expected == given || (given >= 'a' && given <= 'z' && expected == given - 'a' + 'A');
    });
}

/// Whether the end of a method's name was cut off.
bool is_cut(std::string_view name) {
    return std::any_of(std::begin(method::names), std::end(method::names), [&](auto whole) {
        return name.size() < whole.size() && whole.starts_with(name);
    });
}

/// Reads the members that Kazoo defines. A chunk from a log has no others.
void read_label(std::string_view cseq, std::string_view label, Interner& names, Observation& seen) {
    seen.label = names.of(label);
    seen.request = !starts_like_response(label);
    const auto number = take_number(cseq);
    const std::string_view name = first_word(cseq);
    seen.cut = !number || is_cut(name);
    seen.number = number.value_or(0);
    seen.method = names.of(name);
    if (seen.request) {
        seen.method = names.of(first_word(label));
        return;
    }
    std::string_view status = label.substr(8);
    const auto code = take_number(status).value_or(0);
    seen.status = code < 1000 ? static_cast<std::uint16_t>(code) : std::uint16_t{0};
}

/// The Vias of one header field, topmost first.
void take_vias(std::string_view header, std::vector<sip::Via>& vias) {
    sip::Message alone;
    alone.headers = header;
    const auto found = sip::vias(alone);
    vias.insert(vias.end(), found.begin(), found.end());
}

/// Reads a message's headers in one pass.
class Headers {
  public:
    void read(const sip::Message& message, Interner& names, ViaStacks& stacks, Observation& seen) {
        vias_.clear();
        sip::Lines lines(message.headers);
        std::optional<std::string_view> from;
        std::optional<std::string_view> to;
        std::optional<std::string_view> reliable;
        std::string_view last;  // a cut message may end inside it
        const bool is_prack = seen.request && seen.method == method::prack;
        while (!lines.at_end()) {
            const std::string_view line = lines.next();
            // Most headers do not matter here; the first letter tells.
            last = line;
            const int first = line.empty() ? 0 : line.front() | 0x20;
            if (first != 'v' && first != 'f' && first != 't' && first != 'r') continue;
            const auto header = sip::split_header(line);
            if (!header) continue;
            switch (first) {
                case 'v':
                    if (sip::is_named(*header, "Via", 'v')) take_vias(line, vias_);
                    break;
                case 'f':
                    if (!from && sip::is_named(*header, "From", 'f')) from = header->value;
                    break;
                case 't':
                    if (!to && sip::is_named(*header, "To", 't')) to = header->value;
                    break;
                case 'r':
                    if (reliable) break;
                    if (seen.provisional() && sip::is_named(*header, "RSeq", 0)) {
                        reliable = header->value;
                    }
                    if (is_prack && sip::is_named(*header, "RAck", 0)) reliable = header->value;
                    break;
                default:
                    break;
            }
        }
        for (auto via = vias_.rbegin(); via != vias_.rend(); ++via) {
            // Without a branch (RFC 2543) only the sent-by is the same at both ends of a hop.
            const Symbol name = names.of(via->branch.empty() ? via->sent_by : via->branch);
            seen.vias = stacks.push(name, seen.vias);
            if (name >= senders_.size()) senders_.resize(name + 64UL);
            senders_[name] = via->sent_by;
        }
        const auto tag_of = [&](std::string_view value) {
            const bool is_last = value.data() + value.size() == last.data() + last.size();
            return names.of(seen.cut && is_last ? std::string_view() : sip::tag(value));
        };
        seen.from_tag = tag_of(from.value_or(""));
        seen.to_tag = tag_of(to.value_or(""));
        std::string_view number = reliable.value_or("");
        seen.reliable = take_number(number).value_or(0);
    }

    /// By Via: its sent-by, "host" or "host:port".
    [[nodiscard]] const std::vector<std::string_view>& senders() const { return senders_; }

  private:
    std::vector<sip::Via> vias_;
    std::vector<std::string_view> senders_;
};

wire::Micros arrival_of(const Chunk& chunk) {
    return std::clamp(chunk.ref_timestamp.value_or(0), wire::Micros{0}, latest_time);
}

std::optional<wire::Micros> stamp_of(const Chunk& chunk) {
    if (chunk.flags.has(Flag::no_clock) || chunk.flags.has(Flag::bad_time)) return std::nullopt;
    if (!chunk.timestamp || *chunk.timestamp <= 0 || *chunk.timestamp > latest_time) {
        return std::nullopt;
    }
    return chunk.timestamp;
}

void read_log_position(const Chunk& chunk, Observation& seen) {
    const bool is_coarse = chunk.flags.has(Flag::whole_seconds);
    if (!is_coarse && !chunk.flags.has(Flag::no_clock)) return;
    const auto text = chunk::find_member(chunk.json, chunk::keys::log_position);
    if (text) std::from_chars(text->data(), text->data() + text->size(), seen.log_position);
    seen.from_coarse_log = is_coarse || text;
}

class Reader {
  public:
    Reader(std::size_t chunks, ViaStacks& stacks) : names_(4 * chunks + 64), stacks_(stacks) {}

    Observation read(const Chunk& chunk, std::size_t index) {
        Observation seen;
        seen.chunk = index;
        seen.arrival = seen.received = arrival_of(chunk);
        seen.stamp = stamp_of(chunk);
        seen.address_inferred = chunk.flags.has(Flag::address_inferred);
        read_log_position(chunk, seen);
        seen.src = names_.of(chunk.src);
        seen.dst = names_.of(chunk.dst);
        seen.src_host = host(seen.src, chunk.src);
        seen.dst_host = host(seen.dst, chunk.dst);
        seen.ip_id = chunk.ip_id;
        if (chunk.ttl != 0) seen.place = pack(chunk.ttl, names_.of(chunk.mac));
        if (!chunk.event.empty()) {
            // An event is not SIP: it has no cause, effect or retransmission. Its stamp alone gives
            // its place.
            seen.request = false;
            seen.label = names_.of(chunk.json);
            return seen;
        }
        const auto message = sip::parse(chunk.message);
        std::string_view label = chunk.label;
        if (label.empty() && message) label = message->start_line;
        std::string_view cseq = chunk.c_seq;
        if (cseq.empty() && message) cseq = message->cseq_value;
        read_label(cseq, label, names_, seen);
        if (message) headers_.read(*message, names_, stacks_, seen);
        return seen;
    }

    std::vector<Symbol> via_hosts() {
        std::vector<Symbol> hosts;
        for (const auto sender : headers_.senders()) hosts.push_back(names_.of(host_of(sender)));
        return hosts;
    }

  private:
    Symbol host(Symbol endpoint, std::string_view text) {
        if (endpoint >= hosts_.size()) hosts_.resize(endpoint + 1, unknown);
        if (hosts_[endpoint] == unknown) hosts_[endpoint] = names_.of(host_of(text));
        return hosts_[endpoint];
    }

    Interner names_;
    ViaStacks& stacks_;
    Headers headers_;
    static constexpr Symbol unknown = UINT32_MAX;
    std::vector<Symbol> hosts_;  ///< by endpoint
};

auto content(const Chunk& chunk) {
    return std::tuple_cat(
        std::tie(chunk.timestamp, chunk.observer, chunk.src, chunk.dst, chunk.label, chunk.c_seq,
                 chunk.message, chunk.parser, chunk.call_id, chunk.json, chunk.ref_timestamp),
        std::make_tuple(chunk.flags.has(Flag::no_clock), chunk.flags.has(Flag::bad_time),
                        chunk.flags.has(Flag::whole_seconds)));
}

}  // namespace

Observations observe(std::span<const Chunk> chunks) {
    using Row = std::pair<wire::Micros, std::size_t>;  // arrival, index
    std::vector<Row> rows;
    rows.reserve(chunks.size());
    for (const Chunk& chunk : chunks) rows.emplace_back(arrival_of(chunk), rows.size());
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (a.first != b.first) return a.first < b.first;
        return content(chunks[a.second]) < content(chunks[b.second]);
    });

    Observations result;
    for (const Chunk& chunk : chunks) {
        const bool as_before =
            !result.observers.empty() && result.observers.back() == chunk.observer;
        if (!as_before) result.observers.push_back(chunk.observer);
    }
    std::sort(result.observers.begin(), result.observers.end());
    result.observers.erase(std::unique(result.observers.begin(), result.observers.end()),
                           result.observers.end());

    for (const Chunk& chunk : chunks) {
        if (!result.dialogues.empty() && result.dialogues.back() == chunk.call_id) continue;
        result.dialogues.push_back(chunk.call_id);
    }
    std::sort(result.dialogues.begin(), result.dialogues.end());
    result.dialogues.erase(std::unique(result.dialogues.begin(), result.dialogues.end()),
                           result.dialogues.end());

    result.late.resize(result.observers.size());
    result.uneven.resize(result.observers.size());

    Reader reader(chunks.size(), result.stacks);
    result.all.reserve(chunks.size());
    for (const auto& [arrival, index] : rows) {
        Observation seen = reader.read(chunks[index], index);
        const auto at = std::lower_bound(result.observers.begin(), result.observers.end(),
                                         std::string_view(chunks[index].observer));
        seen.observer = static_cast<std::uint32_t>(at - result.observers.begin());
        const auto dialogue = std::lower_bound(result.dialogues.begin(), result.dialogues.end(),
                                               std::string_view(chunks[index].call_id));
        seen.dialogue = static_cast<std::uint32_t>(dialogue - result.dialogues.begin());
        result.all.push_back(seen);
    }
    complete_cut_messages(result);
    const auto is_bare = [](const Observation& seen) { return seen.vias == 0 && seen.label != 0; };
    if (result.dialogues.size() > 1 || std::any_of(result.all.begin(), result.all.end(), is_bare)) {
        result.via_hosts = reader.via_hosts();
    }
    number_messages(result);
    take_coarse_logs(result);
    // Logs' lines that fit several messages are told apart by their order.
    if (make_prompt(result)) number_messages(result);
    return result;
}

}  // namespace ci::order
