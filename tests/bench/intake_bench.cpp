// From datagrams to a source's sink, with and without a key to check, and to the store's lines.
#include <benchmark/benchmark.h>

#include <deque>

#include "hep/hep3.h"
#include "sources/receiver.h"
#include "traffic.h"
#include "wire/hash.h"

namespace ci::bench {
namespace {

constexpr std::string_view key = "a key of 24 octets......";
constexpr std::string_view parser = "127.0.0.1:9060";

std::string with_key(const std::string& packet) {
    std::string field{0, 0, 0, 0x0e, 0, static_cast<char>(hep::hep3_field_head + key.size())};
    field += key;
    std::string out = packet;
    out.insert(hep::hep3_packet_head, field);
    out[4] = static_cast<char>(out.size() >> 8U);
    out[5] = static_cast<char>(out.size() & 0xffU);
    return out;
}

const std::vector<test::Record>& load_with_keys() {
    static const auto records = [] {
        auto all = load_of_2000_calls();
        for (auto& record : all) record.bytes = with_key(record.bytes);
        return all;
    }();
    return records;
}

/// One datagram at a time; the sink only counts.
void receive(benchmark::State& state, const std::vector<test::Record>& records,
             const std::string& expected_key) {
    std::size_t stored = 0;
    sources::Receiver receiver(std::string(parser), {}, {{}, expected_key}, {true, true},
                               [&stored](std::span<const chunk::Draft> drafts) {
                                   stored += drafts.size();
                                   return drafts.size();
                               });
    std::size_t items = 0;
    for (auto _ : state) {
        for (const auto& record : records) {
            const wire::Datagram datagram{wire::as_bytes(record.bytes), {}, record.arrival};
            receiver.receive({&datagram, 1});
        }
        items += records.size();
    }
    if (stored != items) state.SkipWithError("a recorded datagram was refused");
    state.SetItemsProcessed(static_cast<std::int64_t>(items));
}

void to_sink(benchmark::State& state) {
    receive(state, load_of_2000_calls(), {});
}
void to_sink_with_key(benchmark::State& state) {
    receive(state, load_with_keys(), std::string(key));
}

/// The line, and its place in the store's index.
std::size_t to_indexed_line(const test::Record& record) {
    static intake::Memory memory;
    static std::string line;
    const wire::Datagram datagram{wire::as_bytes(record.bytes), {}, record.arrival};
    const auto intake = intake::make_draft(datagram, parser, memory);
    if (!intake) return 0;
    line.clear();
    const auto call_id = chunk::append_line(intake->draft, line);
    return wire::hash_of(std::string_view(line).substr(call_id.at, call_id.size)) | 1U;
}

/// What counting a sender's habits adds to each message, which `to_sink` contains.
void habits(benchmark::State& state) {
    const auto& records = load_of_2000_calls();
    std::deque<intake::Memory> memories;
    std::vector<chunk::Draft> drafts;
    std::vector<sources::Origin> origins;
    for (const auto& record : records) {
        const wire::Datagram datagram{wire::as_bytes(record.bytes), {}, record.arrival};
        const auto intake = intake::make_draft(datagram, parser, memories.emplace_back());
        if (!intake) return state.SkipWithError("a recorded datagram was refused");
        drafts.push_back(intake->draft);
        origins.emplace_back().maker = hep::Maker::kamailio;
    }
    sources::Habits noted;
    for (auto _ : state) {
        for (std::size_t i = 0; i < drafts.size(); ++i) noted.note(drafts[i], origins[i]);
    }
    benchmark::DoNotOptimize(noted.counts().twice);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * drafts.size()));
}

BENCHMARK(recorded_traffic<copy_and_scan>)->Unit(benchmark::kMillisecond);
BENCHMARK(to_sink)->Unit(benchmark::kMillisecond);
BENCHMARK(habits)->Unit(benchmark::kMillisecond);
BENCHMARK(to_sink_with_key)->Unit(benchmark::kMillisecond);
BENCHMARK(recorded_traffic<to_indexed_line>)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ci::bench
