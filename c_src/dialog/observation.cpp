#include "dialog/observation.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>

#include "sip/message.h"

namespace ci::dialog {
namespace {

using chunk::Chunk;
using chunk::Flag;

std::string_view host_of(std::string_view endpoint) {
    const auto colon = endpoint.rfind(':');
    std::string_view host = endpoint.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);  // Kazoo writes IPv6 without brackets
    }
    return host;
}

/// A decimal number at the front of `text`, which loses it and the blanks around it.
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

/// What Kazoo's own members say; they are all there is when a chunk came from a log.
void read_label(const Chunk& chunk, std::string_view label, Names& names, Observation& seen) {
    seen.label = names.of(label);
    seen.request = !starts_like_response(label);
    std::string_view cseq = chunk.c_seq;
    seen.number = take_number(cseq).value_or(0);
    seen.method = names.of(first_word(cseq));
    if (seen.request) {
        seen.method = names.of(first_word(label));
        return;
    }
    std::string_view status = label.substr(8);
    const auto code = take_number(status).value_or(0);
    seen.status = code < 1000 ? static_cast<std::uint16_t>(code) : std::uint16_t{0};
}

void read_message(const sip::Message& message, Names& names, Stacks& stacks, Observation& seen) {
    const auto vias = sip::vias(message);
    for (auto via = vias.rbegin(); via != vias.rend(); ++via) {
        // Without a branch (RFC 2543) only the sender's name stays the same on both ends of a hop.
        const auto text = via->branch.empty() ? via->sent_by : via->branch;
        seen.vias = stacks.push(names.of(text), seen.vias);
    }
    seen.from_tag = names.of(sip::from_tag(message));
    seen.to_tag = names.of(sip::to_tag(message));
    std::string_view reliable;
    if (seen.provisional()) reliable = sip::find_header(message, "RSeq", 0);
    if (seen.request && seen.method == method::prack) {
        reliable = sip::find_header(message, "RAck", 0);
    }
    seen.reliable = take_number(reliable).value_or(0);
}

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

Observation read(const Chunk& chunk, std::size_t index, Names& names, Stacks& stacks) {
    Observation seen;
    seen.chunk = index;
    seen.arrival = arrival_of(chunk);
    seen.stamp = stamp_of(chunk);
    seen.src = names.of(chunk.src);
    seen.dst = names.of(chunk.dst);
    seen.src_host = names.of(host_of(chunk.src));
    seen.dst_host = names.of(host_of(chunk.dst));
    if (!chunk.event.empty()) {
        // No SIP: causes nothing, answers nothing, is never sent again. Its stamp is its place.
        seen.request = false;
        seen.label = names.of(chunk.json);
        return seen;
    }
    const auto message = sip::parse(chunk.message);
    std::string_view label = chunk.label;
    if (label.empty() && message) label = message->start_line;
    read_label(chunk, label, names, seen);
    if (message) read_message(*message, names, stacks, seen);
    return seen;
}

auto content(const Chunk& chunk) {
    return std::tuple_cat(
        std::tie(chunk.timestamp, chunk.observer, chunk.src, chunk.dst, chunk.label, chunk.c_seq,
                 chunk.message, chunk.parser, chunk.call_id, chunk.json, chunk.ref_timestamp),
        std::make_tuple(chunk.flags.has(Flag::no_clock), chunk.flags.has(Flag::bad_time)));
}

}  // namespace

Observations observe(std::span<const Chunk> chunks) {
    std::vector<std::size_t> order(chunks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto first = arrival_of(chunks[a]);
        const auto second = arrival_of(chunks[b]);
        return first != second ? first < second : content(chunks[a]) < content(chunks[b]);
    });

    Observations result;
    for (const Chunk& chunk : chunks) result.observers.push_back(chunk.observer);
    std::sort(result.observers.begin(), result.observers.end());
    result.observers.erase(std::unique(result.observers.begin(), result.observers.end()),
                           result.observers.end());

    Names names;
    result.all.reserve(chunks.size());
    for (const std::size_t index : order) {
        Observation seen = read(chunks[index], index, names, result.stacks);
        const auto at = std::lower_bound(result.observers.begin(), result.observers.end(),
                                         std::string_view(chunks[index].observer));
        seen.observer = static_cast<std::uint32_t>(at - result.observers.begin());
        result.all.push_back(seen);
    }
    return result;
}

}  // namespace ci::dialog
