// From a Kamailio log to records, beside `grep -c '<script>'` of the same file.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "logs/kamailio.h"
#include "support/places.h"
#include "support/recordings.h"
#include "support/temporary_directory.h"

namespace ci::bench {
namespace {

constexpr std::size_t log_size = 64U << 20U;

/// A recorded log again and again, each time with other calls and half a minute later.
std::string long_log(const std::string& recorded) {
    constexpr std::string_view script = "<script>: ";
    constexpr std::size_t minute_at = std::string_view("2026-11-21T02:").size();
    std::string log;
    for (unsigned copy = 0; log.size() < log_size; ++copy) {
        char time[16];
        std::snprintf(time, sizeof time, "T%02u:%02u:", copy / 120 % 24, copy / 2 % 60);
        for (std::size_t at = 0; at < recorded.size();) {
            const auto end = recorded.find('\n', at) + 1;
            const auto line = std::string_view(recorded).substr(at, end - at);
            const auto text = line.find(script);
            at = end;
            log += line.substr(0, minute_at - 4);
            log += time;
            const auto rest = minute_at + 3;
            if (text == std::string_view::npos) {
                log += line.substr(rest);
                continue;
            }
            log += line.substr(rest, text + script.size() - rest);
            log += std::to_string(copy);
            log += line.substr(text + script.size());
        }
    }
    return log;
}

const std::string& the_log() {
    static const std::string log =
        long_log(test::read_whole(test::data("recordings/kazoo_log_4.2/kamailio.iso.log")));
    return log;
}

void to_records(benchmark::State& state) {
    constexpr std::size_t piece = 256U << 10U;
    const std::string_view log = the_log();
    std::size_t records = 0;
    for (auto run : state) {
        logs::KamailioOptions options;
        options.calendar = {1'796'000'000'000'000, logs::utc, true};
        const auto decoder = logs::kamailio_decoder(
            options, [&](const logs::Record& record) { records += record.label.empty() ? 0 : 1; });
        for (std::size_t at = 0; at < log.size(); at += piece) {
            decoder->take(log.substr(at, piece), options.calendar.newest);
        }
        decoder->finish();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(log.size()));
    state.counters["records"] =
        benchmark::Counter(static_cast<double>(records), benchmark::Counter::kIsRate);
}

void grep(benchmark::State& state) {
    const TemporaryDirectory folder;
    const auto file = folder.path() / "kamailio.log";
    std::ofstream(file, std::ios::binary) << the_log();
    // With /dev/null as its output grep stops at the first match.
    const auto command = "grep -c '<script>' '" + file.string() + "' | cat > /dev/null";
    for (auto run : state) {
        if (std::system(command.c_str()) != 0) throw std::runtime_error("grep failed");
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(the_log().size()));
}

BENCHMARK(to_records)->Unit(benchmark::kMillisecond);
BENCHMARK(grep)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace ci::bench
