// Calls made to be dear: each shape has very many of something of which a call has few. The cost of
// each must grow as n log n does; a step that compares all with all shows here.
#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"

namespace ci::bench {
namespace {

using chunk::Chunk;
using wire::Micros;

constexpr Micros start = 1'795'000'000'123'000;
constexpr Micros ms = 1000;

struct Sent {
    std::string line, cseq;
    std::vector<std::string> branches;
    std::string src = "192.0.2.1:5060", dst = "192.0.2.2:5060", to_tag = {};
};

Chunk seen(const Sent& sent, const std::string& observer, Micros stamp, Micros arrival) {
    Chunk chunk;
    chunk.call_id = "shape";
    chunk.parser = chunk.observer = observer;
    chunk.src = sent.src;
    chunk.dst = sent.dst;
    chunk.label = sent.line;
    chunk.c_seq = sent.cseq;
    chunk.message = sent.line + "\r\n";
    for (const auto& branch : sent.branches) {
        chunk.message += "Via: SIP/2.0/UDP h;branch=z9hG4bK" + branch + "\r\n";
    }
    chunk.message += "From: <sip:a@x>;tag=a\r\nTo: <sip:b@x>";
    if (!sent.to_tag.empty()) chunk.message += ";tag=" + sent.to_tag;
    chunk.message += "\r\nCSeq: " + sent.cseq + "\r\n\r\n";
    chunk.timestamp = start + stamp;
    chunk.ref_timestamp = start + arrival;
    return chunk;
}

const std::string invite = "INVITE sip:b SIP/2.0";
const std::string ringing = "SIP/2.0 180 Ringing";

std::string number(std::size_t i) {
    return std::to_string(i);
}
Micros at(std::size_t i, Micros apart) {
    return static_cast<Micros>(i) * apart;
}

/// The n-th of so many.
using Shape = std::function<Chunk(std::size_t)>;

Chunk each_an_observer(std::size_t i) {
    return seen({invite, "1 INVITE", {"x" + number(i / 4)}}, "o" + number(i / 2),
                at(i % 7, 3'600'000 * ms) + at(i, ms), at(i, ms));
}
Chunk all_saw_it(std::size_t i) {
    return seen({invite, "1 INVITE", {"x"}}, "o" + number(i), at(i % 7, 3'600'000 * ms), at(i, 1));
}
Chunk all_saw_both(std::size_t i) {
    const Micros when = i % 2 == 0 ? 0 : 100 * ms;
    const Sent sent =
        i % 2 == 0 ? Sent{invite, "1 INVITE", {"x"}}
                   : Sent{ringing, "1 INVITE", {"x"}, "192.0.2.2:5060", "192.0.2.1:5060", "b"};
    return seen(sent, "o" + number(i / 2), at(i / 2 % 7, 3'600'000 * ms) + when, when + at(i, 1));
}
Chunk half_saw_it_twice(std::size_t i) {
    const Micros when = at(i % 3 == 1 ? 1 : 0, 500 * ms);
    return seen({invite, "1 INVITE", {"x"}}, "o" + number(i / 3 * 2 + i % 3 / 2),
                at(i / 3 % 7, 3'600'000 * ms) + when, when + at(i, 1));
}
/// Nothing but causes ties them.
Chunk strangers(std::size_t i) {
    const std::string n = number(i / 2);
    const std::string cseq = n + " INVITE";
    if (i % 2 == 0) {
        return seen({invite, cseq, {"a" + n}, "192.0.2.1:" + n}, "a" + n,
                    at(i, 5 * ms) + at(i % 9, 60'000 * ms), at(i, 5 * ms) + at(i % 5, 300 * ms));
    }
    return seen({invite, cseq, {"p" + n, "a" + n}, "192.0.2.2:5060", "192.0.2.3:5060"},
                "p" + number(i % 97), at(i, 5 * ms), at(i, 5 * ms));
}
/// One request again and again, each time sent on under a branch of its own, and answered.
Chunk repeats_and_branches(std::size_t i) {
    const Micros when = at(i / 3, 500 * ms);
    const std::string n = number(i);
    if (i % 3 == 0) return seen({invite, "1 INVITE", {"a"}}, "p", when, when);
    if (i % 3 == 1) {
        return seen({invite, "1 INVITE", {"p" + n, "a"}, "192.0.2.2:5060", "192.0.2.3:5060"}, "p",
                    when + ms, when + ms);
    }
    return seen({ringing, "1 INVITE", {"a"}, "192.0.2.2:5060", "192.0.2.1:5060", "t" + n}, "p",
                when + 2 * ms, when + 2 * ms);
}
/// One request with very many Vias, and answers with one.
Chunk deep(std::size_t i) {
    if (i > 0) {
        return seen(
            {ringing, "1 INVITE", {"v0"}, "192.0.2.2:5060", "192.0.2.1:5060", "t" + number(i)}, "p",
            at(i, ms), at(i, ms));
    }
    Sent sent{invite, "1 INVITE", {}};
    for (std::size_t k = 0; k < 2'000; ++k) sent.branches.push_back("v" + number(k));
    return seen(sent, "p", 0, 0);
}
/// A log whose clock jumps with each line.
Chunk jumping_log(std::size_t i) {
    const std::string n = number(i / 2);
    const Sent sent{"OPTIONS sip:b SIP/2.0", n + " OPTIONS", {n}};
    const Micros when = at(i / 2, 300 * ms);
    if (i % 2 == 0) return seen(sent, "p", when, when);
    return seen(sent, "log", when + at(i / 2 % 2, 500 * ms),
                at(i / 14 + 1, 2'100 * ms) + at(i / 2 % 7, 100));
}
Chunk no_clocks(std::size_t i) {
    const std::string n = number(i / 2);
    Chunk chunk = seen({"OPTIONS sip:b SIP/2.0", n + " OPTIONS", {n}}, "p" + number(i % 2), 0,
                       at(i, 300) + at(i % 5, 2 * ms));
    chunk.flags.set(chunk::Flag::no_clock);
    return chunk;
}
Chunk cut(std::size_t i) {
    const std::string n = number(i / 4);
    Chunk chunk = i % 2 == 0
                      ? seen({invite, n + " INVITE", {n}}, "p", at(i, ms), at(i, ms))
                      : seen({ringing, n + " INVITE", {n}, "192.0.2.2:5060", "192.0.2.1:5060"}, "p",
                             at(i, ms), at(i, ms));
    if (i % 2 == 0) return chunk;
    chunk.c_seq.clear();
    chunk.message.resize(chunk.message.find("CSeq"));
    return chunk;
}

void shape(benchmark::State& state, const Shape& of) {
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
        chunks.push_back(of(i));
    }
    for (auto _ : state) benchmark::DoNotOptimize(order::order(chunks));
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetComplexityN(state.range(0));
}

#define CI_SHAPE(name)                   \
    BENCHMARK_CAPTURE(shape, name, name) \
        ->RangeMultiplier(4)             \
        ->Range(3'125, 50'000)           \
        ->Unit(benchmark::kMillisecond)  \
        ->Complexity(benchmark::oNLogN)
CI_SHAPE(each_an_observer);
CI_SHAPE(all_saw_it);
CI_SHAPE(all_saw_both);
CI_SHAPE(half_saw_it_twice);
CI_SHAPE(strangers);
CI_SHAPE(repeats_and_branches);
CI_SHAPE(deep);
CI_SHAPE(jumping_log);
CI_SHAPE(no_clocks);
CI_SHAPE(cut);
#undef CI_SHAPE

}  // namespace
}  // namespace ci::bench
