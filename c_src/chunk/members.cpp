#include "chunk/members.h"

#include <algorithm>
#include <charconv>

#include "wire/base64.h"
#include "wire/text.h"

namespace ci::chunk {
namespace {

using wire::crlf;

/// Restores the octets from the lines of append_raw(). Kazoo's own chunks lack the number of line
/// ends: one is assumed, or two behind a head without body.
std::string join(const Members& members) {
    const std::size_t ends =
        std::min<std::size_t>(members.crlfs.value_or(members.has_empty_line ? 1 : 2), 65'535);
    const std::size_t length = members.raw.size() - crlf.size();
    std::string message;
    message.reserve(length + ends * crlf.size());  // no more, because long calls are kept in memory
    message.append(members.raw, 0, length);
    for (std::size_t i = 0; i < ends; ++i) message += crlf;
    return message;
}

/// Lines of older versions and of Kazoo name some IPv4 hosts by their IPv4-mapped IPv6 address.
void unmap(std::string& end) {
    if (!end.starts_with('[') && !end.starts_with(':') && !end.starts_with('0')) return;
    const auto endpoint = wire::parse_endpoint(end);
    if (endpoint && endpoint->address.family == wire::Family::ipv4)
        end = wire::to_string(*endpoint);
}

}  // namespace

void Members::end_line(std::size_t begin) {
    const std::size_t length = raw.size() - begin;
    if (!first_line) first_line = length;
    if (length == 0) has_empty_line = true;
    raw += crlf;
}

void Members::flag(std::string_view name) {
    const auto* found = std::find(std::begin(flag_names), std::end(flag_names), name);
    if (found == std::end(flag_names)) return;
    chunk.flags.set(static_cast<Flag>(found - std::begin(flag_names)));
}

std::uint32_t to_uint32(std::string_view digits) noexcept {
    std::uint32_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [read, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc{} && read == end ? number : 0;
}

wire::Result<Chunk, Reason> to_chunk(Members&& members) {
    Chunk& chunk = members.chunk;
    if (chunk.label.empty() && members.first_line) {
        chunk.label.assign(members.raw, 0, *members.first_line);
    }
    if (chunk.label.empty()) return wire::Rejection<Reason>{Reason::not_a_chunk, 0};
    unmap(chunk.src);
    unmap(chunk.dst);
    if (chunk.observer.empty()) chunk.observer = chunk.parser;
    chunk.message = wire::decode_base64(members.payload).value_or("");
    if (chunk.message.empty() && members.first_line) chunk.message = join(members);
    return std::move(chunk);
}

}  // namespace ci::chunk
