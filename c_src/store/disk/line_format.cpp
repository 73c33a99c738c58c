#include "store/disk/line_format.h"

#include <array>
#include <charconv>
#include <unordered_set>

#include "chunk/chunk.h"
#include "chunk/keys.h"
#include "store/disk/path.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

constexpr std::string_view seq_member = ",\"seq\":";
static_assert(seq_member.substr(2, seq_member.size() - 4) == chunk::keys::seq);
static_assert(call_begin.substr(2, call_begin.size() - 5) == chunk::keys::call_id);
constexpr std::string_view flush_call = "{\"flush\":\"";
constexpr std::string_view flush_all = "{\"flush\":null";
constexpr std::string_view flush_kept = ",\"kept\":[";

/// The rest of a JSON string up to its closing quote; empty if there is none.
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

std::string_view next_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    const std::string_view line =
        text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    return line;
}

std::string without_doubles(std::string_view text, std::string_view old) {
    std::unordered_set<Seq, wire::NumberHash> known;
    while (!old.empty()) {
        if (const auto seq = seq_of(next_line(old))) known.insert(*seq);
    }
    std::string result;
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        const auto seq = seq_of(line);
        if (!seq || known.count(*seq) == 0) result += line;
    }
    return result;
}

std::string_view key_of(std::string_view line) noexcept {
    if (!line.starts_with(call_begin)) return {};
    return string_at(line.substr(call_begin.size())).value_or(std::string_view{});
}

std::string key_for(std::string_view call_id) {
    std::string quoted;
    chunk::append_json_string(call_id, quoted);
    return quoted.substr(1, quoted.size() - 2);
}

std::string call_id_for(std::string_view key) {
    if (key.find('\\') == std::string_view::npos) return std::string(key);
    std::string line(call_begin);
    line.append(key).append("\",\"label\":\"-\"}");
    const auto chunk = chunk::read_line(line);
    return chunk ? chunk->call_id : std::string(key);
}

std::string flush_line(const FlushMark& mark) {
    if (mark.key) return std::string(flush_call).append(*mark.key).append("\"}\n");
    std::string line(flush_all);
    for (const std::string& relative : mark.kept) {
        line.append(&relative == &mark.kept.front() ? flush_kept : ",").append(1, '"');
        line.append(relative).append(1, '"');
    }
    return line.append(mark.kept.empty() ? "}\n" : "]}\n");
}

std::optional<FlushMark> flush_of(std::string_view line) {
    if (line.starts_with(flush_call)) {
        const auto key = string_at(line.substr(flush_call.size()));
        return key ? std::optional(FlushMark{std::string(*key), {}}) : std::nullopt;
    }
    if (!line.starts_with(flush_all)) return std::nullopt;
    FlushMark mark;
    line.remove_prefix(flush_all.size());
    if (!line.starts_with(flush_kept)) return mark;
    line.remove_prefix(flush_kept.size());
    while (line.starts_with('"')) {
        line.remove_prefix(1);
        const auto relative = string_at(line);
        if (!relative) break;
        if (is_relative_path(*relative)) mark.kept.emplace_back(*relative);
        line.remove_prefix(relative->size() + 1);
        if (line.starts_with(',')) line.remove_prefix(1);
    }
    return mark;
}

}  // namespace ci::store
