// Reads a line in append_line()'s layout: one object without blanks, whose members are strings,
// plain numbers, arrays of strings and objects of strings. Anything else - an escaped surrogate, an
// exponent, a member set to null, a torn end - is left to the reader for any JSON. So this reader
// does not have to report errors.
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "chunk/keys.h"
#include "chunk/members.h"
#include "wire/utf8.h"

namespace ci::chunk {
namespace {

constexpr std::uint64_t each_byte = 0x0101010101010101U;
constexpr std::uint64_t high_bits = each_byte * 0x80U;

/// In the result, the lowest set high bit marks the first byte that equals `byte`.
constexpr std::uint64_t find_byte(std::uint64_t word, unsigned char byte) {
    const std::uint64_t differs = word ^ (each_byte * byte);
    return (differs - each_byte) & ~differs;
}

constexpr bool is_special(unsigned char byte) {
    return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';
}

/// How many bytes of `text` stand for themselves in a JSON string and are ASCII.
std::size_t ascii_length(std::string_view text) noexcept {
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        const std::uint64_t control = (word - each_byte * 0x20U) & ~word;
        const std::uint64_t found =
            (control | word | find_byte(word, '"') | find_byte(word, '\\')) & high_bits;
        if (found == 0) continue;
        if constexpr (std::endian::native == std::endian::little) {
            return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
        }
        break;
    }
    while (at < text.size() && !is_special(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

/// The same for UTF-8.
std::size_t plain_length(std::string_view text) noexcept {
    std::size_t at = ascii_length(text);
    while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x80) {
        const std::size_t length = wire::utf8_length(text.substr(at));
        if (length == 0) break;
        at += length;
        at += ascii_length(text.substr(at));
    }
    return at;
}

enum class Kind : std::uint8_t { text, stamp, number, raw, crlfs, flags, payload, ignored };

struct Member {
    std::string_view key;
    Kind kind;
    std::string Chunk::*text = nullptr;
    std::optional<wire::Micros> Chunk::*stamp = nullptr;
    std::uint32_t Chunk::*number = nullptr;
};

/// In the order of append_line(), so that the first place tried is mostly the right one.
constexpr Member known[] = {
    {keys::call_id, Kind::text, &Chunk::call_id},
    {keys::timestamp, Kind::stamp, nullptr, &Chunk::timestamp},
    {keys::ref_timestamp, Kind::stamp, nullptr, &Chunk::ref_timestamp},
    {keys::label, Kind::text, &Chunk::label},
    {keys::raw, Kind::raw},
    {keys::crlfs, Kind::crlfs},
    {keys::src, Kind::text, &Chunk::src},
    {keys::dst, Kind::text, &Chunk::dst},
    {keys::parser, Kind::text, &Chunk::parser},
    {keys::c_seq, Kind::text, &Chunk::c_seq},
    {keys::observer, Kind::text, &Chunk::observer},
    {keys::capture_id, Kind::ignored},
    {keys::correlation_id, Kind::ignored},
    {keys::log_position, Kind::ignored},
    {keys::hep, Kind::ignored},
    {keys::transport, Kind::ignored},
    {keys::payload, Kind::payload},
    {keys::flags, Kind::flags},
    {keys::event, Kind::text, &Chunk::event},
    {keys::ip_id, Kind::number, nullptr, nullptr, &Chunk::ip_id},
    {keys::ttl, Kind::number, nullptr, nullptr, &Chunk::ttl},
    {keys::mac, Kind::text, &Chunk::mac},
    {keys::seq, Kind::ignored},
};
constexpr Member unknown{"", Kind::ignored};

class OwnReader {
  public:
    OwnReader(std::string_view line, Members& members) : rest_(line), members_(members) {}

    bool object() {
        if (!take('{')) return false;
        do {
            const auto key = plain_string();
            if (!key || *key == answer_member || !take(':')) return false;
            if (!value(find(*key))) return false;
        } while (take(','));
        return take('}') && rest_.empty();
    }

  private:
    std::string_view rest_;
    Members& members_;
    std::size_t next_ = 0;  ///< in `known`
    std::string scratch_;

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    const Member& find(std::string_view key) {
        for (std::size_t i = 0; i < std::size(known); ++i) {
            const std::size_t at = (next_ + i) % std::size(known);
            if (known[at].key != key) continue;
            next_ = at + 1;
            return known[at];
        }
        return unknown;
    }

    bool value(const Member& member) {
        if (rest_.empty()) return false;
        switch (rest_.front()) {
            case '"':
                return text(member);
            case '[':
                return array(member.kind);
            case '{':
                return strings_object();
            default:
                return number(member);
        }
    }
    bool text(const Member& member) {
        Chunk& chunk = members_.chunk;
        switch (member.kind) {
            case Kind::text:
                return string(chunk.*member.text);
            case Kind::payload:
                return string(members_.payload);
            case Kind::raw:
                return false;  // append_line() writes this member as an array
            case Kind::stamp: {
                const auto stamp = plain_string();
                if (stamp) chunk.*member.stamp = wire::parse_gregorian(*stamp);
                return stamp.has_value();
            }
            default:
                return string(scratch_);
        }
    }
    bool array(Kind kind) {
        take('[');
        if (take(']')) return true;
        do {
            if (kind == Kind::raw) {
                const std::size_t begin = members_.raw.size();
                if (!append_string(members_.raw)) return false;
                members_.end_line(begin);
                continue;
            }
            if (!string(scratch_)) return false;
            if (kind == Kind::flags) members_.flag(scratch_);
        } while (take(','));
        return take(']');
    }
    bool strings_object() {
        take('{');
        if (take('}')) return true;
        do {
            if (!string(scratch_) || !take(':') || !string(scratch_)) return false;
        } while (take(','));
        return take('}');
    }
    /// Digits, or digits, a point and digits; so few that every reader gets the same number.
    bool number(const Member& member) {
        constexpr std::size_t max_digits = 18;
        const auto digits = [this](std::size_t begin) {
            std::size_t end = begin;
            while (end < rest_.size() && rest_[end] >= '0' && rest_[end] <= '9') ++end;
            return end - begin;
        };
        const std::size_t whole = digits(0);
        if (whole == 0 || whole > max_digits || (whole > 1 && rest_.front() == '0')) return false;
        std::size_t length = whole;
        if (rest_.substr(whole).starts_with('.')) {
            const std::size_t fraction = digits(whole + 1);
            if (fraction == 0 || fraction > max_digits) return false;
            length += 1 + fraction;
        } else if (member.kind == Kind::crlfs) {
            std::size_t count = 0;
            std::from_chars(rest_.data(), rest_.data() + whole, count);
            members_.crlfs = count;
        } else if (member.kind == Kind::number) {
            members_.chunk.*member.number = to_uint32(rest_.substr(0, whole));
        }
        if (member.kind == Kind::stamp) {
            members_.chunk.*member.stamp = wire::parse_gregorian(rest_.substr(0, length));
        }
        rest_.remove_prefix(length);
        return true;
    }

    std::optional<std::string_view> plain_string() {
        if (!take('"')) return std::nullopt;
        const std::string_view string = rest_.substr(0, plain_length(rest_));
        rest_.remove_prefix(string.size());
        return take('"') ? std::optional(string) : std::nullopt;
    }
    bool string(std::string& out) {
        out.clear();
        return append_string(out);
    }
    bool append_string(std::string& out) {
        if (!take('"')) return false;
        while (true) {
            const std::size_t plain = plain_length(rest_);
            out.append(rest_, 0, plain);
            rest_.remove_prefix(plain);
            if (take('"')) return true;
            if (!take('\\') || !append_escaped(out)) return false;
        }
    }
    bool append_escaped(std::string& out) {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (take('u')) return append_code(out);
        const std::size_t which = rest_.empty() ? letters.npos : letters.find(rest_.front());
        if (which == letters.npos) return false;
        out += meanings[which];
        rest_.remove_prefix(1);
        return true;
    }
    /// Appends the character of `\u` and four digits. False: malformed, or a surrogate.
    bool append_code(std::string& out) {
        constexpr std::size_t digits = 4;
        if (rest_.size() < digits) return false;
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + digits, code, 16);
        if (error != std::errc{} || end != rest_.data() + digits) return false;
        rest_.remove_prefix(digits);
        return wire::append_utf8(code, out);
    }
};

}  // namespace

bool read_own_layout(std::string_view line, Members& members) {
    members.raw.reserve(line.size());
    return OwnReader(line, members).object();
}

}  // namespace ci::chunk
