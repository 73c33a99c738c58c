// What an asker of callid_details waits for: the call's file read, the chunks ordered and printed.
// In a store with these calls only, among many others, and while others arrive.
//
// LOOKUP_OTHER_CALLS: how many others (100,000). LOOKUP_LOAD: messages a second (20,000).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "commands/answers.h"
#include "long_call.h"
#include "store/store.h"
#include "support/temporary_directory.h"

namespace ci::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::size_t from_environment(const char* name, std::size_t otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::strtoul(value, nullptr, 10) : otherwise;
}

const LongCall& long_call() {
    static const LongCall call;
    return call;
}

std::string name_of(std::int64_t chunks) {
    return "of-" + std::to_string(chunks) + "@lookup";
}

/// Lines of calls that nobody asks for.
class Others {
  public:
    static constexpr std::size_t per_call = 13;

    const std::string& next() {
        line_ = "{\"call-id\":\"other-" + std::to_string(count_ / per_call) + "@lookup\"";
        line_ += rests_[count_++ % per_call];
        return line_;
    }
    void skip_call() { count_ += per_call; }

  private:
    static std::vector<std::string> rests() {
        std::vector<std::string> rests;
        for (auto& line : long_call().lines("", per_call)) {
            rests.push_back(line.substr(std::string_view("{\"call-id\":\"\"").size()));
        }
        return rests;
    }
    const std::vector<std::string> rests_ = rests();
    std::size_t count_ = 0;
    std::string line_;
};

struct FilledStore {
    TemporaryDirectory directory;
    store::Store store{directory.path()};

    explicit FilledStore(std::size_t others) {
        for (const std::int64_t chunks : {10, 100, 1'000, 10'000}) {
            for (const auto& line :
                 long_call().lines(name_of(chunks), static_cast<std::size_t>(chunks))) {
                append(line);
            }
        }
        Others calls;
        for (std::size_t i = 0; i < others; ++i) {
            append(calls.next());
            calls.skip_call();
            if (i % 10'000 == 0) settle();
        }
        settle();
    }
    void append(std::string_view text) {
        const store::Line line{text, store::key_of(text)};
        if (store.append({&line, 1}).stored != 1) throw std::runtime_error("no room");
    }
    void settle() {
        if (!store.settle(Clock::now() + std::chrono::minutes(10))) {
            throw std::runtime_error("the store does not come to rest");
        }
    }
};

FilledStore& with_these_only() {
    static FilledStore store(0);
    return store;
}

FilledStore& among_others() {
    static FilledStore store(from_environment("LOOKUP_OTHER_CALLS", 100'000));
    return store;
}

/// Messages arrive evenly, as many a second as are asked for.
class Load {
  public:
    explicit Load(FilledStore& store) : thread_([this, &store] { run(store); }) {}
    ~Load() {
        is_over_ = true;
        thread_.join();
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

  private:
    void run(FilledStore& store) {
        static Others calls;  // goes on where the last load ended
        const std::size_t per_tick = from_environment("LOOKUP_LOAD", 20'000) / 1'000;
        auto tick = Clock::now();
        while (!is_over_) {
            for (std::size_t i = 0; i < per_tick; ++i) store.append(calls.next());
            std::this_thread::sleep_until(tick += std::chrono::milliseconds(1));
        }
    }
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

double microseconds(Clock::duration time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

double bytes_a_chunk(const store::StoredCall& dialogue) {
    std::size_t bytes = 0;
    for (const auto& chunk : dialogue.chunks) bytes += chunk.json.size();
    return static_cast<double>(bytes) / static_cast<double>(dialogue.chunks.size());
}

void look_up(benchmark::State& state, FilledStore& filled) {
    const std::string call_id = name_of(state.range(0));
    std::vector<double> times;
    for (auto _ : state) {
        const auto begin = Clock::now();
        std::string answer;
        std::size_t chunks = 0;
        {
            const store::StoredCall dialogue = filled.store.read(call_id);
            answer = commands::callid_details(call_id, dialogue, {});
            chunks = dialogue.chunks.size();
        }
        const auto time = Clock::now() - begin;
        if (chunks != static_cast<std::size_t>(state.range(0))) {
            state.SkipWithError("chunks are missing");
        }
        benchmark::DoNotOptimize(answer);
        times.push_back(microseconds(time));
        state.SetIterationTime(times.back() / 1e6);
    }
    std::sort(times.begin(), times.end());
    const auto percentile = [&](std::size_t percent) {
        return times.empty() ? 0 : times[times.size() * percent / 100];
    };
    state.counters["p50_us"] = percentile(50);
    state.counters["p99_us"] = percentile(99);
    state.counters["bytes_a_chunk"] = bytes_a_chunk(filled.store.read(call_id));
    state.SetComplexityN(state.range(0));
}

void lookup(benchmark::State& state) {
    look_up(state, with_these_only());
}

void lookup_among_others(benchmark::State& state) {
    look_up(state, among_others());
}

void lookup_under_load(benchmark::State& state) {
    const Load load(with_these_only());
    look_up(state, with_these_only());
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->RangeMultiplier(10)
        ->Range(10, 10'000)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond)
        ->Complexity(benchmark::oNLogN);
}

BENCHMARK(lookup)->Apply(sizes);
BENCHMARK(lookup_among_others)->Apply(sizes);
BENCHMARK(lookup_under_load)->Apply(sizes);

}  // namespace
}  // namespace ci::bench
