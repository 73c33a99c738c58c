// From a datagram to a SIP message, beside what touching the bytes costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>

#include "hep/hep.h"
#include "sip/mask.h"
#include "sip/message.h"
#include "traffic.h"

namespace ci::bench {
namespace {

std::size_t decode_only(const test::Record& record) {
    const auto capture = hep::decode(wire::as_bytes(record.bytes), record.arrival);
    return capture ? capture->payload.size() : 0;
}

std::size_t decode_and_parse(const test::Record& record) {
    const auto capture = hep::decode(wire::as_bytes(record.bytes), record.arrival);
    if (!capture) return 0;
    const auto message = sip::parse(capture->payload);
    return message ? message->call_id.size() + message->size : 0;
}

/// Besides decode_only: the search for credentials, of which this traffic has none.
std::size_t decode_and_mask(const test::Record& record) {
    static std::string out;
    const auto capture = hep::decode(wire::as_bytes(record.bytes), record.arrival);
    if (!capture) return 0;
    return capture->payload.size() + (sip::mask(capture->payload, {}, out) ? out.size() : 0);
}

BENCHMARK(recorded_traffic<copy_and_scan>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<decode_only>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<decode_and_mask>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<decode_and_parse>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ci::bench
