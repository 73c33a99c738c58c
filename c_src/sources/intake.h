// One datagram to one chunk: HEP decoded, the SIP message in it read, the observer named.
#pragma once

#include <string>
#include <string_view>

#include "chunk/chunk.h"
#include "sources/counters.h"
#include "wire/endpoint.h"
#include "wire/reader.h"

namespace ci::sources {

struct Datagram {
    wire::Bytes bytes;
    wire::Endpoint peer;       ///< who sent it: the capture agent, or a relay
    wire::Micros arrival = 0;  ///< when the kernel took it
};

struct Intake {
    chunk::Draft draft;
    std::optional<hep::Reason> damage;  ///< stored all the same, and counted
};

/// `observer` is memory for the observer's name, which the draft points to, as it does to the
/// datagram's bytes and `parser`.
[[nodiscard]] wire::expected<Intake, Refused> take_in(const Datagram& datagram,
                                                      std::string_view parser,
                                                      std::string& observer);

}  // namespace ci::sources
