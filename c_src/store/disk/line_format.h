// A stored line carries a number, its last member: {"call-id":"a",...,"seq":1795000000000000}
//
// Numbers rise from message to message, also across restarts, and no number is used twice. After a
// crash the numbers tell which lines a call's file already has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ci::store {

/// Begins at the Unix microseconds of the store's start, or behind the last number if that is
/// later, and grows by one for each message: 16 digits until the year 2286, and exact in a double
/// (JavaScript, jq).
using Seq = std::uint64_t;
inline constexpr std::size_t seq_digits = 16;
inline constexpr Seq least_seq = 1'000'000'000'000'000;
/// No clock is this far ahead, so a line with a higher number was not written by this program.
inline constexpr Seq max_seq = 9'000'000'000'000'000;

/// Bytes. No message makes a longer line, even with all its characters escaped.
inline constexpr std::size_t longest_line = 16U << 20U;

/// Appends `line` (an object and a line feed) with its number to `out`.
void append_numbered(std::string_view line, Seq seq, std::string& out);

/// The number of a line, which may lack its line feed; empty if the line has no number.
std::optional<Seq> seq_of(std::string_view line) noexcept;

/// The line without its number and without a line feed.
std::string without_number(std::string_view line);

/// The lines of `text` whose number is not among those of `old`, and those without a number.
std::string without_doubles(std::string_view text, std::string_view old);

/// Removes the first line from `text` and returns it, with its line feed if it has one.
std::string_view next_line(std::string_view& text) noexcept;

/// How a call's line begins.
inline constexpr std::string_view call_begin = R"({"call-id":")";

/// The text between the quotes of "call-id", the first member, with its JSON escapes; empty if the
/// line is not a call's. Equal Call-IDs give equal texts, so this text is the call's key.
std::string_view key_of(std::string_view line) noexcept;

/// The key of a Call-ID, as key_of() gives it.
std::string key_for(std::string_view call_id);

/// The Call-ID that has this key.
std::string call_id_for(std::string_view key);

/// A line of the journal that records a flush: all earlier lines of one call are gone, or of all
/// calls but some.
struct FlushMark {
    std::optional<std::string> key;  ///< empty: all calls
    std::vector<std::string> kept;   ///< then: except these files, "aa/bb/rest" (path.h)
};
std::string flush_line(const FlushMark& mark);
std::optional<FlushMark> flush_of(std::string_view line);

}  // namespace ci::store
