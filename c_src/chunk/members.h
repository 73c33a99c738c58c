// What is read of a chunk's line, by either of two readers: one for the layout that append_line()
// writes, which is nearly every line, and one for any JSON. What the first reads, the second would
// read the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::chunk {

/// Put into answers, not into files: an answer that is read again gets a new one.
inline constexpr std::string_view answer_member = "retransmission";

/// What has been read so far.
struct Members {
    Chunk chunk;
    std::string raw;  ///< its lines, a CRLF behind each
    std::string payload;
    std::optional<std::size_t> crlfs;
    std::optional<std::size_t> first_line;  ///< its length; none: there are no lines
    bool has_empty_line = false;

    /// What stands in `raw` from `begin` on is a line.
    void end_line(std::size_t begin);
    void flag(std::string_view name);
};

/// 0: it is none, or a larger one.
[[nodiscard]] std::uint32_t to_uint32(std::string_view digits) noexcept;

/// False: `line` is laid out in another way, or is no JSON; what `members` has is of no use then.
bool read_own_layout(std::string_view line, Members& members);

/// What the line says, and not what an answer needs: `json` is left to the caller.
wire::Result<Chunk, Reason> to_chunk(Members&& members);

/// read_line() for any JSON.
wire::Result<Chunk, Reason> read_any_layout(std::string_view line);

}  // namespace ci::chunk
