// From a datagram to a line of a call's file, and back to a chunk.
#include <benchmark/benchmark.h>

#include "intake/intake.h"
#include "traffic.h"

namespace ci::bench {
namespace {

constexpr auto parser = "127.0.0.1:9060";

wire::expected<intake::Intake, intake::Refused> make_draft(const test::Record& record,
                                                           intake::Memory& memory) {
    const wire::Datagram datagram{wire::as_bytes(record.bytes), {}, record.arrival};
    return intake::make_draft(datagram, parser, memory);
}

std::size_t to_chunk(const test::Record& record) {
    static intake::Memory memory;
    const auto intake = make_draft(record, memory);
    return intake ? intake->draft.message.size() : 0;
}

std::size_t to_line(const test::Record& record) {
    static intake::Memory memory;
    static std::string line;
    const auto intake = make_draft(record, memory);
    if (!intake) return 0;
    line.clear();
    chunk::append_line(intake->draft, line);
    return line.size();
}

/// The lines of the whole load are made once; each is read by its turn.
std::size_t back_to_chunk(const test::Record& record) {
    static const auto lines = [] {
        std::vector<std::string> all;
        intake::Memory memory;
        for (const auto& one : load_of_2000_calls()) {
            chunk::append_line(make_draft(one, memory)->draft, all.emplace_back());
        }
        return all;
    }();
    const auto index = static_cast<std::size_t>(&record - load_of_2000_calls().data());
    const auto chunk = chunk::read_line(lines[index]);
    return chunk ? chunk->message.size() : 0;
}

BENCHMARK(recorded_traffic<copy_and_scan>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<to_chunk>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<to_line>)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<back_to_chunk>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ci::bench
