// From a datagram to a SIP message, beside what touching the bytes costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "hep/hep.h"
#include "sip/message.h"
#include "traffic.h"

namespace ci {
namespace {

/// The baseline: the datagram copied, and its line ends found.
std::size_t copy_and_scan(const test::Record& record) {
    static std::array<char, 65536> copy;
    std::copy(record.bytes.begin(), record.bytes.end(), copy.begin());  // a memcpy
    std::size_t lines = 0;
    const char* at = copy.data();
    const char* const end = at + record.bytes.size();
    while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
        at = static_cast<const char*>(found) + 1;
        ++lines;
    }
    return lines;
}

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

template <std::size_t (*work)(const test::Record&)>
void recorded_traffic(benchmark::State& state) {
    const auto& records = bench::load_of_2000_calls();
    std::size_t items = 0, bytes = 0;
    for (auto _ : state) {
        for (const auto& record : records) {
            const auto result = work(record);
            if (result == 0) state.SkipWithError("a recorded datagram was refused");
            benchmark::DoNotOptimize(result);
            bytes += record.bytes.size();
        }
        items += records.size();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(items));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK(recorded_traffic<copy_and_scan>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<decode_only>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<decode_and_parse>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ci
