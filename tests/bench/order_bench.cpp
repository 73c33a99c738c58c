// Ordering one call of 10 to 100,000 chunks, beside sorting the same chunks by their stamps.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "calls/findings/analysis_json.h"
#include "intake/intake.h"
#include "order/order.h"
#include "sip/message.h"
#include "traffic.h"

namespace ci::bench {
namespace {

/// The load's calls under one Call-ID, one after the other, as a stuck client would make them: the
/// messages of each have their own branches and tags.
std::vector<chunk::Chunk> one_call_of(std::size_t count) {
    std::vector<chunk::Chunk> chunks;
    intake::Memory memory;
    std::string line;
    while (chunks.size() < count) {
        const wire::Micros later = static_cast<wire::Micros>(chunks.size()) * 10'000;
        for (const auto& record : load_of_2000_calls()) {
            if (chunks.size() == count) break;
            const wire::Datagram datagram{wire::as_bytes(record.bytes), {}, record.arrival + later};
            auto intake = intake::make_draft(datagram, "127.0.0.1:9060", memory);
            intake->draft.call_id = "stuck";
            intake->draft.timestamp += later;
            line.clear();
            chunk::append_line(intake->draft, line);
            chunks.push_back(*chunk::read_line(line));
        }
    }
    return chunks;
}

void order(benchmark::State& state) {
    const auto chunks = one_call_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(order::order(chunks));
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetComplexityN(state.range(0));
}

/// What other collectors do, and what the least would cost: read each message's headers, sort.
void sort_by_stamp(benchmark::State& state) {
    const auto chunks = one_call_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        std::vector<std::pair<wire::Micros, std::size_t>> order;
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            benchmark::DoNotOptimize(sip::parse(chunks[i].message));
            order.emplace_back(*chunks[i].timestamp, i);
        }
        std::sort(order.begin(), order.end());
        benchmark::DoNotOptimize(order);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetComplexityN(state.range(0));
}

/// What comes on top of ordering: the course, its findings, their text.
void analyze(benchmark::State& state) {
    const auto chunks = one_call_of(static_cast<std::size_t>(state.range(0)));
    const order::Flow flow = order::order(chunks);
    for (auto _ : state) benchmark::DoNotOptimize(calls::analysis_text(chunks, flow, {}, {}));
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetComplexityN(state.range(0));
}

BENCHMARK(sort_by_stamp)->RangeMultiplier(10)->Range(10, 100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(order)
    ->RangeMultiplier(10)
    ->Range(10, 100'000)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity(benchmark::oNLogN);
BENCHMARK(analyze)->Arg(13)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ci::bench
