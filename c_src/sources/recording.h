// Recorded traffic: the datagrams of one stream with their arrival times.
//
//   file   := record*
//   record := length:u32 arrival:u64 datagram     big-endian; arrival in Unix microseconds
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "wire/micros.h"
#include "wire/result.h"

namespace ci::sources {

enum class RecordingReason : std::uint8_t { cut_short };

struct Record {
    wire::Micros arrival = 0;
    std::string_view datagram;
};

/// The records point into `file`. `at` of an error is where the broken record begins.
[[nodiscard]] wire::Result<std::vector<Record>, RecordingReason> read_recording(
    std::string_view file);

}  // namespace ci::sources
