#include "chunk/members.h"

#include <openssl/evp.h>

#include <algorithm>

namespace ci::chunk {
namespace {

constexpr std::string_view crlf = "\r\n";

/// Empty for anything that append_payload() would not have written.
std::string decode_payload(const std::string& base64) {
    if (base64.empty() || base64.size() % 4 != 0) return {};
    std::string bytes(base64.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       reinterpret_cast<const unsigned char*>(base64.data()),
                                       static_cast<int>(base64.size()));
    if (length < 0) return {};
    const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

/// Puts the line ends behind the last line that append_raw() took off. Kazoo's own chunks do not
/// tell how many there were: two end a head without body.
void end_message(const Members& members, std::string& message) {
    const std::size_t ends = members.crlfs.value_or(members.has_empty_line ? 1 : 2);
    message.resize(message.size() - crlf.size());
    for (std::size_t i = std::min<std::size_t>(ends, 65'535); i > 0; --i) message += crlf;
}

}  // namespace

void Members::end_line(std::size_t begin) {
    const std::size_t length = chunk.message.size() - begin;
    if (!first_line) first_line = length;
    if (length == 0) has_empty_line = true;
    chunk.message += crlf;
}

void Members::flag(std::string_view name) {
    const auto* found = std::find(std::begin(flag_names), std::end(flag_names), name);
    if (found == std::end(flag_names)) return;
    chunk.flags.set(static_cast<Flag>(found - std::begin(flag_names)));
}

wire::Result<Chunk, Reason> to_chunk(Members&& members) {
    Chunk& chunk = members.chunk;
    if (chunk.label.empty() && members.first_line) {
        chunk.label.assign(chunk.message, 0, *members.first_line);
    }
    if (chunk.label.empty()) return wire::Rejection<Reason>{Reason::not_a_chunk, 0};
    if (chunk.observer.empty()) chunk.observer = chunk.parser;
    if (std::string octets = decode_payload(members.payload); !octets.empty()) {
        chunk.message = std::move(octets);
    } else if (members.first_line) {
        end_message(members, chunk.message);
    }
    return std::move(chunk);
}

}  // namespace ci::chunk
