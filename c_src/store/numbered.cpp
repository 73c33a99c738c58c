#include "store/numbered.h"

#include <array>
#include <charconv>
#include <unordered_set>

#include "chunk/chunk.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

constexpr std::string_view seq_member = ",\"seq\":";
constexpr std::string_view call_member = "{\"call-id\":\"";
constexpr std::string_view flush_call = "{\"flush\":\"";
constexpr std::string_view flush_all = "{\"flush\":null";

/// Up to the quote that ends the string that `text` begins in; none: it does not end.
std::optional<std::string_view> string_at(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') return text.substr(0, at);
        if (text[at] == '\\') ++at;
    }
    return std::nullopt;
}

}  // namespace

void append_numbered(std::string_view line, Seq seq, std::string& out) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('}')) line.remove_suffix(1);
    std::array<char, seq_digits + 2> digits{};  // ends with "}\n"
    digits[seq_digits] = '}';
    digits[seq_digits + 1] = '\n';
    for (std::size_t i = seq_digits; i-- > 0; seq /= 10) {
        digits[i] = static_cast<char>('0' + seq % 10);
    }
    out += line;
    out += seq_member;
    out.append(digits.data(), digits.size());
}

std::optional<Seq> seq_of(std::string_view line) noexcept {
    if (line.ends_with('\n')) line.remove_suffix(1);
    constexpr std::size_t length = seq_member.size() + seq_digits + 1;
    if (line.size() <= length || !line.ends_with('}')) return std::nullopt;
    std::string_view tail = line.substr(line.size() - length, length - 1);
    if (!tail.starts_with(seq_member)) return std::nullopt;
    tail.remove_prefix(seq_member.size());
    Seq seq = 0;
    const auto [end, failed] = std::from_chars(tail.data(), tail.data() + tail.size(), seq);
    if (failed != std::errc{} || end != tail.data() + tail.size()) return std::nullopt;
    return seq;
}

std::string without_number(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (!seq_of(line)) return std::string(line);
    return std::string(line.substr(0, line.size() - seq_member.size() - seq_digits - 1)) + '}';
}

std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    const std::string_view line =
        text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    return line;
}

std::string without_doubles(std::string_view text, std::string_view old) {
    std::unordered_set<Seq, wire::NumberHash> known;
    while (!old.empty()) {
        if (const auto seq = seq_of(take_line(old))) known.insert(*seq);
    }
    std::string result;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const auto seq = seq_of(line);
        if (!seq || known.count(*seq) == 0) result += line;
    }
    return result;
}

std::string_view key_of(std::string_view line) noexcept {
    if (!line.starts_with(call_member)) return {};
    return string_at(line.substr(call_member.size())).value_or(std::string_view{});
}

std::string key_for(std::string_view call_id) {
    std::string quoted;
    chunk::append_json_string(call_id, quoted);
    return quoted.substr(1, quoted.size() - 2);
}

std::string call_id_for(std::string_view key) {
    if (key.find('\\') == std::string_view::npos) return std::string(key);
    std::string line(call_member);
    line.append(key).append("\",\"label\":\"-\"}");
    const auto chunk = chunk::read_line(line);
    return chunk ? chunk->call_id : std::string(key);
}

std::string flush_line(std::optional<std::string_view> key) {
    if (!key) return std::string(flush_all) + "}\n";
    return std::string(flush_call).append(*key).append("\"}\n");
}

std::optional<FlushMark> flush_of(std::string_view line) noexcept {
    if (line.starts_with(flush_all)) return FlushMark{};
    if (!line.starts_with(flush_call)) return std::nullopt;
    const auto key = string_at(line.substr(flush_call.size()));
    return key ? std::optional(FlushMark{key}) : std::nullopt;
}

}  // namespace ci::store
