// One frame of a capture file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "packets/file_input.h"
#include "wire/micros.h"
#include "wire/reader.h"

namespace ci::packets {

struct Record {
    wire::Bytes bytes{};  ///< valid until the next record is read
    wire::Micros at = 0;  ///< never negative
    int link_type = 0;    ///< LINKTYPE_
};

enum class RecordState : std::uint8_t { frame, end, failed };

/// A larger frame is a sign of a damaged file: tcpdump writes at most 262,144 octets.
inline constexpr std::uint32_t max_frame = 1'048'576;

/// Files may hold any time; up to this one, sums of times do not overflow.
inline constexpr std::int64_t latest_second = 253'402'300'799;  // 9999-12-31

inline constexpr const char* ends_within = "truncated dump file: it ends within a frame";
[[nodiscard]] inline std::string damaged_at(std::uint64_t place) {
    return "damaged dump file: lengths that cannot be at octet " + std::to_string(place);
}

/// Reads a frame's octets into `frame` and points `record.bytes` to them.
inline bool read_octets(FileInput& input, std::uint32_t length, std::vector<std::byte>& frame,
                        Record& record) {
    if (frame.size() < length) frame.resize(length);
    record.bytes = wire::Bytes(frame).first(length);
    return input.fill(std::span(frame).first(length));
}

}  // namespace ci::packets
