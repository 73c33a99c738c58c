#include "packets/hep_stream.h"

#include "wire/reader.h"
#include "wire/text.h"

namespace ci::packets {
namespace {

using wire::npos;
constexpr std::size_t packet_head = 6, hep_chunk_head = 6;

std::size_t number_at(std::string_view bytes, std::size_t at) {
    return wire::be_at<std::uint16_t>(wire::as_bytes(bytes), at);
}

bool has_magic(std::string_view bytes) {
    return bytes.starts_with("HEP3") || bytes.starts_with("EEP1");
}

}  // namespace

Progress HepReader::next(StreamBuffer& buffer, Found& found) {
    const auto bytes = buffer.rest();
    if (bytes.size() < packet_head) return Progress::more;
    const std::size_t total = number_at(bytes, 4);
    if (!has_magic(bytes) || total < packet_head) return Progress::lost;
    if (bytes.size() < total) return Progress::more;
    found.message = bytes.substr(0, total);
    found.at = buffer.time_of(total);
    found.is_hep = true;
    buffer.skip(total);
    return Progress::found;
}

std::size_t find_hep(std::string_view bytes) noexcept {
    for (const std::string_view magic : {"HEP3", "EEP1"}) {
        for (auto at = bytes.find(magic); at != npos; at = bytes.find(magic, at + 1)) {
            const auto packet = bytes.substr(at);
            if (packet.size() < packet_head + hep_chunk_head) continue;
            const std::size_t total = number_at(packet, 4);
            const std::size_t chunk = number_at(packet, packet_head + 4);
            if (chunk >= hep_chunk_head && packet_head + chunk <= total) return at;
        }
    }
    return npos;
}

bool ends_in_hep_payload_head(std::string_view bytes) noexcept {
    if (bytes.size() < hep_chunk_head) return false;
    const auto chunk = bytes.substr(bytes.size() - hep_chunk_head);
    return number_at(chunk, 0) == 0 && number_at(chunk, 2) == 0x0f &&
           number_at(chunk, 4) > hep_chunk_head;
}

}  // namespace ci::packets
