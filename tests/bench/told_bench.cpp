// What a page of a call costs beside ordering: its course, its findings, its story and its ladder.
#include <benchmark/benchmark.h>

#include "calls/findings/analysis.h"
#include "calls/story/story.h"
#include "ladder/text.h"
#include "long_call.h"
#include "order/order.h"

namespace ci::bench {
namespace {

std::vector<chunk::Chunk> call_of(std::size_t messages) {
    std::vector<chunk::Chunk> chunks;
    for (const std::string& line : LongCall().lines("long", messages)) {
        chunks.push_back(*chunk::read_line(line));
    }
    return chunks;
}

void tell_all(benchmark::State& state) {
    const auto chunks = call_of(static_cast<std::size_t>(state.range(0)));
    const order::Flow flow = order::order(chunks);
    for (auto _ : state) {
        const calls::Course course = calls::course_of(chunks, flow, {}, {});
        const calls::Analysis analysis = calls::analysis_of(course);
        benchmark::DoNotOptimize(calls::story_of(course, analysis));
        ladder::View view;
        for (const calls::Finding& one : analysis.findings) {
            view.remarks.push_back({"error", one.text, "", one.messages});
        }
        benchmark::DoNotOptimize(ladder::text(chunks, flow, view));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void draw_alone(benchmark::State& state) {
    const auto chunks = call_of(static_cast<std::size_t>(state.range(0)));
    const order::Flow flow = order::order(chunks);
    for (auto _ : state) benchmark::DoNotOptimize(ladder::text(chunks, flow));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(draw_alone)->Arg(13)->Arg(2'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(tell_all)->Arg(13)->Arg(2'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ci::bench
