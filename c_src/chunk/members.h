// Reads the members of a chunk's line. There are two readers: one for the layout of append_line(),
// which nearly every line has, and one for any JSON. If the first can read a line, the second would
// give the same result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::chunk {

/// A member of answers only, not of files. When an answer is read, the member is dropped, because
/// the next answer gets its own.
inline constexpr std::string_view answer_member = "retransmission";

/// The members read so far.
struct Members {
    Chunk chunk;
    std::string raw;  ///< its lines, each with CRLF
    std::string payload;
    std::optional<std::size_t> crlfs;
    std::optional<std::size_t> first_line;  ///< its length; empty: there are no lines
    bool has_empty_line = false;

    /// The text in `raw` from `begin` on is a complete line.
    void end_line(std::size_t begin);
    void flag(std::string_view name);
};

/// 0: not a number, or one that does not fit.
[[nodiscard]] std::uint32_t to_uint32(std::string_view digits) noexcept;

/// False: `line` has another layout, or is not JSON; `members` is useless then.
bool read_own_layout(std::string_view line, Members& members);

/// Makes the Chunk. Its `json` is left to the caller.
wire::Result<Chunk, Reason> to_chunk(Members&& members);

/// read_line() for any JSON.
wire::Result<Chunk, Reason> read_any_layout(std::string_view line);

}  // namespace ci::chunk
