#include "wire/inflate.h"

#include <zlib.h>

#include <array>

namespace ci::wire {
namespace {

/// zlib's windowBits for a format: zlib 15, gzip 16 more, raw deflate negative.
int window_bits(std::string_view compressed) {
    if (compressed.starts_with("\x1f\x8b")) return 16 + MAX_WBITS;
    // RFC 1950 2.2: method 8, and the two bytes pass the header check.
    const auto byte = [compressed](std::size_t at) {
        return static_cast<unsigned>(static_cast<unsigned char>(compressed[at]));
    };
    const bool is_zlib =
        compressed.size() >= 2 && (byte(0) & 0x0fU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;
    return is_zlib ? MAX_WBITS : -MAX_WBITS;
}

}  // namespace

bool inflate(std::string_view compressed, std::size_t largest, std::string& out) {
    const std::size_t before = out.size();
    z_stream stream{};
    if (inflateInit2(&stream, window_bits(compressed)) != Z_OK) return false;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());
    std::array<char, 4096> piece{};
    int state = Z_OK;
    while (state == Z_OK && out.size() - before <= largest) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        state = ::inflate(&stream, Z_NO_FLUSH);
        out.append(piece.data(), piece.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    const bool is_whole = state == Z_STREAM_END && out.size() - before <= largest;
    if (!is_whole) out.resize(before);
    return is_whole;
}

}  // namespace ci::wire
