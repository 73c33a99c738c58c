#include "index/held_keys.h"

#include <algorithm>
#include <array>

#include "sip/message.h"
#include "wire/endpoint.h"

namespace ci::index {
namespace {

using calls::Held;
using calls::Key;

void append_number(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}

bool take_number(std::string_view& in, std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto octet = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        value |= static_cast<std::uint64_t>(octet & 0x7fU) << shift;
        if (octet < 0x80) return true;
    }
    return false;
}

wire::Address address_of(std::string_view endpoint) {
    const auto parsed = wire::parse_endpoint(endpoint);
    return parsed ? parsed->address : wire::Address();
}

/// HEP's correlation id, which the chunk has only in its JSON: the text without its quotes. One
/// with escapes names no Call-ID and is left out.
std::string_view correlation_id(const std::string& json) {
    constexpr std::string_view member = "\"correlation_id\":\"";
    const auto at = json.find(member);
    if (at == std::string::npos) return {};
    const std::string_view rest = std::string_view(json).substr(at + member.size());
    const auto end = rest.find('"');
    const auto value = rest.substr(0, end);
    return end == std::string_view::npos || value.find('\\') != std::string_view::npos
               ? std::string_view{}
               : value;
}

}  // namespace

void HeldKeys::take(const chunk::Chunk& chunk, std::uint64_t place, const calls::Rules& rules) {
    const calls::Sighting sighting{chunk.call_id,         correlation_id(chunk.json),
                                   address_of(chunk.src), address_of(chunk.dst),
                                   chunk.observer,        chunk.event};
    std::vector<Key> keys;
    if (!chunk.event.empty()) {
        keys = calls::keys_of_event(chunk.message, sighting, rules);
    } else if (const auto message = sip::parse(chunk.message)) {
        keys = calls::keys_of(*message, sighting, rules);
    }
    const wire::Micros at = chunk.ref_timestamp.value_or(chunk.timestamp.value_or(0));
    for (Key& key : keys) {
        const auto found =
            std::lower_bound(all_.begin(), all_.end(), key,
                             [](const Held& one, const Key& other) { return one.key < other; });
        if (found != all_.end() && found->key == key) continue;  // lines come as they arrived
        if (all_.size() >= calls::most_keys_of_dialogue) continue;
        all_.insert(found, {std::move(key), at, place});
    }
}

std::string HeldKeys::to_bytes() const {
    std::string out;
    for (const Held& one : all_) {
        out += static_cast<char>(one.key.evidence);
        out += static_cast<char>(one.key.role);
        append_number(one.key.value.size(), out);
        out += one.key.value;
        append_number(static_cast<std::uint64_t>(one.at), out);
        append_number(one.place, out);
    }
    return out;
}

std::optional<HeldKeys> HeldKeys::from_bytes(std::string_view bytes) {
    HeldKeys keys;
    while (!bytes.empty()) {
        Held one;
        std::uint64_t size = 0, at = 0;
        if (bytes.size() < 2 || keys.all_.size() >= calls::most_keys_of_dialogue) {
            return std::nullopt;
        }
        const auto evidence = static_cast<std::uint8_t>(bytes[0]);
        const auto role = static_cast<std::uint8_t>(bytes[1]);
        bytes.remove_prefix(2);
        if (evidence >= std::size(calls::evidence_names) || role >= std::size(calls::role_names) ||
            !take_number(bytes, size) || size > calls::longest_key || size > bytes.size()) {
            return std::nullopt;
        }
        one.key = {static_cast<calls::Evidence>(evidence), static_cast<calls::Role>(role),
                   std::string(bytes.substr(0, size))};
        bytes.remove_prefix(size);
        if (!take_number(bytes, at) || !take_number(bytes, one.place)) return std::nullopt;
        one.at = static_cast<wire::Micros>(at);
        keys.all_.push_back(std::move(one));
    }
    return keys;
}

std::string text_of(const calls::Rules& rules) {
    std::string text;
    for (const auto& header : rules.headers) text += "header " + header + "\n";
    for (const auto& affix : rules.affixes) text += "affix " + affix + "\n";
    for (const auto& host : rules.hosts) {
        text += "host " + host.name;
        for (const auto& network : host.networks) {
            text += ' ' + wire::to_string(network.base) + '/' + std::to_string(network.prefix);
        }
        for (const auto& endpoint : host.endpoints) text += ' ' + wire::to_string(endpoint);
        text += '\n';
    }
    // Rows hold findings: other limits, others.
    const calls::FindingLimits &told = rules.findings, usual;
    if (told.slow_setup != usual.slow_setup || told.clock_off != usual.clock_off ||
        told.low_mos != usual.low_mos || told.high_loss != usual.high_loss) {
        text += "limits " + std::to_string(told.slow_setup) + ' ' + std::to_string(told.clock_off) +
                ' ' + std::to_string(told.low_mos) + ' ' + std::to_string(told.high_loss) + '\n';
    }
    return text;
}

}  // namespace ci::index
