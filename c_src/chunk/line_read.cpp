// JSON line to Chunk. nlohmann/json's SAX reader reads any JSON. It hands over each number's text,
// from which a stamp can be read to the microsecond; a double is not exact enough.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "chunk/keys.h"
#include "chunk/members.h"
#include "wire/patience.h"

namespace ci::chunk {
namespace {

using nlohmann::json;

/// Collects the members of one object and skips those that a chunk does not have.
class Reader : public nlohmann::json_sax<json> {
  public:
    Members members;
    std::size_t error_at = 0;
    bool is_object = false;
    bool is_answer = false;  ///< has a member (answer_member) that only answers have

    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool number_integer(number_integer_t value) override { return stamp(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override {
        if (depth_ == 1 && key_ == keys::crlfs) members.crlfs = value;
        if (depth_ == 1 && key_ == keys::ip_id)
            members.chunk.ip_id = to_uint32(std::to_string(value));
        if (depth_ == 1 && key_ == keys::ttl) members.chunk.ttl = to_uint32(std::to_string(value));
        return stamp(std::to_string(value));
    }
    bool number_float(number_float_t value, const string_t& text) override {
        // A stamp may be written with an exponent, 6.3e10, which stamp() cannot read.
        if (text.find_first_of("eE") == string_t::npos) return stamp(text);
        return value > 0 && value < 1e12 ? stamp(std::to_string(value)) : true;
    }
    bool string(string_t& value) override {
        if (depth_ == 2) return element(value);
        if (depth_ != 1) return true;
        if (key_ == keys::timestamp || key_ == keys::ref_timestamp) return stamp(value);
        if (key_ == keys::raw) return raw_text(value);
        if (std::string* member = text_member(); member != nullptr) *member = std::move(value);
        return true;
    }
    bool start_object(std::size_t /*size*/) override {
        if (depth_ == 0) is_object = true;
        ++depth_;
        return true;
    }
    bool key(string_t& value) override {
        if (depth_ == 1) key_ = std::move(value);
        if (depth_ == 1 && key_ == answer_member) is_answer = true;
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*size*/) override {
        // Only elements directly inside a member of the object count: {"raw": ["..."]}.
        in_member_array_ = ++depth_ == 2 && is_object;
        return true;
    }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const json::exception& /*what*/) override {
        error_at = position == 0 ? 0 : position - 1;
        return false;
    }

  private:
    std::size_t depth_ = 0;
    std::string key_;
    bool in_member_array_ = false;

    bool close() {
        --depth_;
        in_member_array_ = false;
        return true;
    }
    bool stamp(std::string_view text) {
        if (depth_ != 1) return true;
        if (key_ == keys::timestamp) members.chunk.timestamp = wire::parse_gregorian(text);
        if (key_ == keys::ref_timestamp) members.chunk.ref_timestamp = wire::parse_gregorian(text);
        return true;
    }
    bool element(std::string_view value) {
        if (!in_member_array_) return true;
        if (key_ == keys::raw) raw_line(value);
        if (key_ == keys::flags) members.flag(value);
        return true;
    }
    bool raw_text(std::string_view text) {
        while (true) {
            const std::size_t end = text.find('\n');
            std::string_view line = text.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            raw_line(line);
            if (end == std::string_view::npos) return true;
            text.remove_prefix(end + 1);
        }
    }
    void raw_line(std::string_view line) {
        const std::size_t begin = members.raw.size();
        members.raw += line;
        members.end_line(begin);
    }
    std::string* text_member() {
        struct Member {
            std::string_view key;
            std::string* text;
        };
        Chunk& chunk = members.chunk;
        const Member texts[] = {
            {keys::call_id, &chunk.call_id},   {keys::parser, &chunk.parser},
            {keys::observer, &chunk.observer}, {keys::src, &chunk.src},
            {keys::dst, &chunk.dst},           {keys::label, &chunk.label},
            {keys::c_seq, &chunk.c_seq},       {keys::event, &chunk.event},
            {keys::payload, &members.payload}, {keys::mac, &chunk.mac},
        };
        for (const Member& member : texts) {
            if (member.key == key_) return member.text;
        }
        return nullptr;
    }
};

bool is_well_formed(std::string_view text) {
    // The library takes a NUL for the end of its input, and would not check the bytes behind it.
    return text.find('\0') == std::string_view::npos && json::accept(text);
}

/// The JSON texts of an array's elements or an object's members. `text` is well-formed, so only
/// brackets and quotes have to be followed.
std::vector<std::string_view> split(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> elements;
    const auto add = [&](std::size_t from, std::size_t to) {
        std::string_view element = text.substr(from, to - from);
        const std::size_t first = element.find_first_not_of(blanks);
        if (first == std::string_view::npos) return;  // "[]"
        element.remove_prefix(first);
        elements.push_back(element.substr(0, element.find_last_not_of(blanks) + 1));
    };
    const std::size_t open = text.find_first_of("[{");
    std::size_t depth = 0;
    std::size_t begin = open + 1;
    for (std::size_t i = open; i < text.size(); ++i) {
        switch (text[i]) {
            case '"':
                for (++i; text[i] != '"'; ++i) {
                    if (text[i] == '\\') ++i;
                }
                break;
            case '[':
            case '{':
                ++depth;
                break;
            case ',':
                if (depth != 1) break;
                add(begin, i);
                begin = i + 1;
                break;
            case ']':
            case '}':
                if (--depth == 0) add(begin, i);
                break;
            default:
                break;
        }
    }
    return elements;
}

/// Removes a member and keeps the text of the others, because a number parsed to a double could
/// change.
std::string without(std::string_view object, std::string_view name) {
    const std::string key = '"' + std::string(name) + '"';
    std::string out;
    for (const std::string_view member : split(object)) {
        if (member.starts_with(key)) continue;
        out += out.empty() ? '{' : ',';
        out += member;
    }
    return out + '}';
}

}  // namespace

wire::Result<Chunk, Reason> read_any_layout(std::string_view line) {
    using Refused = wire::Rejection<Reason>;
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("\xef\xbb\xbf")) {  // the library skips it; an answer must not hold it
        return Refused{Reason::not_json, 0};
    }
    Reader reader;
    if (const std::size_t nul = line.find('\0'); nul != std::string_view::npos) {
        return Refused{Reason::not_json, nul};  // see is_well_formed()
    }
    if (!json::sax_parse(line, &reader)) {
        return Refused{Reason::not_json, std::min(reader.error_at, line.size())};
    }
    if (!reader.is_object) return Refused{Reason::not_json, 0};
    auto chunk = to_chunk(std::move(reader.members));
    if (!chunk) return chunk;
    chunk->json = reader.is_answer ? without(line, answer_member) : std::string(line);
    // Line ends can only stand between the tokens of a pretty-printed object: JSON strings escape
    // them.
    std::replace_if(
        chunk->json.begin(), chunk->json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return chunk;
}

wire::Result<Chunk, Reason> read_line(std::string_view line) {
    wire::may_go_on();
    std::string_view object = line;
    while (object.ends_with('\n') || object.ends_with('\r')) object.remove_suffix(1);
    Members members;
    if (!read_own_layout(object, members)) return read_any_layout(line);
    auto chunk = to_chunk(std::move(members));
    if (chunk) chunk->json = object;
    return chunk;
}

std::optional<std::vector<std::string_view>> split_array(std::string_view text) {
    if (!is_well_formed(text)) return std::nullopt;
    if (text[text.find_first_not_of(" \t\r\n")] != '[') return std::nullopt;
    return split(text);
}

std::optional<std::string_view> find_member(std::string_view object, std::string_view name) {
    constexpr std::string_view blanks = " \t\r\n";
    if (!is_well_formed(object)) return std::nullopt;
    if (object[object.find_first_not_of(blanks)] != '{') return std::nullopt;
    const std::string key = '"' + std::string(name) + '"';
    for (std::string_view member : split(object)) {
        if (!member.starts_with(key)) continue;
        member.remove_prefix(key.size());
        member.remove_prefix(member.find_first_not_of(blanks) + 1);  // the colon
        member.remove_prefix(member.find_first_not_of(blanks));
        return member;
    }
    return std::nullopt;
}

}  // namespace ci::chunk
