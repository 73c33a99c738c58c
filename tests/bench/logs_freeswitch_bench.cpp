// FreeSWITCH's log to records, beside `grep -c` of the same file.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "logs/date_scan.h"
#include "logs/freeswitch.h"
#include "support/places.h"
#include "support/recordings.h"

namespace ci::bench {
namespace {

/// A recorded log of FreeSWITCH 1.10 with DEBUG lines, repeated to 32 MB.
const std::string& freeswitch_log() {
    static const std::string log = [] {
        const auto once =
            test::read_whole(test::data("recordings/fs_misc_kazoo_hep2/fs.freeswitch.log"));
        std::string all;
        while (all.size() < 32'000'000) all += once;
        return all;
    }();
    return log;
}

/// Messages only, as sofia-sip's own programs write them.
const std::string& sofia_log() {
    static const std::string log = [] {
        const auto once = test::read_whole(test::data("recordings/b2b_kam3_sofia3/fs.sofia.log"));
        std::string all;
        while (all.size() < 32'000'000) all += once;
        return all;
    }();
    return log;
}

using Log = const std::string& (*)();

void decode_log(benchmark::State& state, Log log) {
    const auto& bytes = log();
    constexpr std::size_t piece = 1U << 16U;
    std::size_t records = 0;
    for (auto _ : state) {
        const auto decoder = logs::freeswitch_decoder({}, [&](const logs::Record& record) {
            ++records;
            benchmark::DoNotOptimize(record.text.data());
        });
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            decoder->take(std::string_view(bytes).substr(at, piece), 0);
        }
        decoder->finish();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
    state.counters["records"] =
        benchmark::Counter(static_cast<double>(records), benchmark::Counter::kIsRate);
}

void grep_log(benchmark::State& state, Log log) {
    const std::string path = "/tmp/call_inspector_bench_" + std::to_string(getpid()) + ".log";
    std::ofstream(path, std::ios::binary) << log();
    // With /dev/null as its output grep stops at the first match.
    const std::string command = "grep -c ' bytes ' " + path + " | cat > /dev/null";
    for (auto _ : state) {
        if (std::system(command.c_str()) != 0) throw std::runtime_error("grep");  // NOLINT
    }
    std::remove(path.c_str());
    state.SetBytesProcessed(static_cast<std::int64_t>(log().size()) * state.iterations());
}

BENCHMARK_CAPTURE(grep_log, freeswitch, freeswitch_log)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(decode_log, freeswitch, freeswitch_log)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(grep_log, sofia, sofia_log)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(decode_log, sofia, sofia_log)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ci::bench
