// A stored line carries a number, its last member: {"call-id":"a",...,"seq":1795000000000000}
//
// Numbers grow by one for each message that a store takes, over restarts too, and never come twice:
// so after a crash it can be told which lines a call's file already has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ci::store {

/// Unix microseconds when the store began, plus one for each message: 16 digits until the year
/// 2286, and exact in a double (JavaScript, jq).
using Seq = std::uint64_t;
inline constexpr std::size_t seq_digits = 16;
inline constexpr Seq least_seq = 1'000'000'000'000'000;
/// No clock is that far ahead: what has a number beyond was not written by us.
inline constexpr Seq most_seq = 9'000'000'000'000'000;

/// Of what may come in one message, with its escapes: a longer line is none of ours.
inline constexpr std::size_t longest_line = 16U << 20U;

/// Appends `line` (an object and a line feed) with its number to `out`.
void append_numbered(std::string_view line, Seq seq, std::string& out);

/// Of a line with or without its line feed; none: it carries no number.
std::optional<Seq> seq_of(std::string_view line) noexcept;

/// The line as it was before it got its number, without a line feed.
std::string without_number(std::string_view line);

/// Those lines of `text` whose number no line of `old` has, and those without a number.
std::string without_doubles(std::string_view text, std::string_view old);

/// Takes the first line off `text`, with its line feed if it has one.
std::string_view take_line(std::string_view& text) noexcept;

/// A call's line begins so.
inline constexpr std::string_view call_begin = R"({"call-id":")";

/// What stands between the quotes of "call-id", the first member, JSON escapes and all; empty: that
/// is no line of a call. The same text for the same Call-ID, so it serves as its key.
std::string_view key_of(std::string_view line) noexcept;

/// The key of a Call-ID, as lines of it have it.
std::string key_for(std::string_view call_id);

/// The Call-ID that has this key.
std::string call_id_for(std::string_view key);

/// A journal's line that says that all of a call before it is gone, or of all calls but some.
struct FlushMark {
    std::optional<std::string> key;  ///< none: everything
    std::vector<std::string> kept;   ///< then: but for these, "aa/bb/rest" (path.h)
};
std::string flush_line(const FlushMark& mark);
std::optional<FlushMark> flush_of(std::string_view line);

}  // namespace ci::store
