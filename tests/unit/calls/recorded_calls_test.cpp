// Recordings of real senders: the legs that are found against those of the manifests.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "calls/joining.h"
#include "chunk/chunk.h"
#include "sip/message.h"
#include "support/memory_dialogues.h"
#include "support/places.h"

namespace ci::calls {
namespace {

using wire::Micros;
using Group = std::set<std::string>;

struct Recording {
    std::string name;
    std::vector<Group> groups;
    std::vector<chunk::Chunk> chunks;  ///< by arrival
};

std::string read_gzip(const std::string& path) {
    std::string out;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        popen(("gzip -dc '" + path + "'").c_str(), "r"), pclose);
    std::array<char, 65'536> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
        out.append(buffer.data(), size);
    }
    return out;
}

std::vector<Recording> recordings() {
    std::vector<Recording> all;
    for (const auto& entry : std::filesystem::directory_iterator(test::data("calls"))) {
        if (entry.path().extension() != ".gz") continue;
        Recording one;
        one.name = entry.path().filename().string();
        std::istringstream lines(read_gzip(entry.path().string()));
        std::string line;
        std::getline(lines, line);
        const auto head = nlohmann::json::parse(line);
        for (const auto& group : head.at("groups")) {
            one.groups.push_back(group.get<Group>());
        }
        while (std::getline(lines, line)) {
            auto chunk = chunk::read_line(line);
            EXPECT_TRUE(chunk) << line;
            one.chunks.push_back(*std::move(chunk));
        }
        all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(),
              [](const Recording& a, const Recording& b) { return a.name < b.name; });
    EXPECT_FALSE(all.empty());
    return all;
}

/// Without headers that tell of another dialogue, and without lines of logs.
bool remove_what_tells(chunk::Chunk& chunk) {
    if (!chunk.event.empty()) return false;
    constexpr std::string_view telling[] = {
        "X-CID",       "k-cid",     "X-Call-ID",    "X-FS-Refer-Partner-UUID",
        "Referred-By", "Refer-To",  "Replaces",     "Session-ID",
        "Diversion",   "P-Call-ID", "History-Info", "Target-Dialog"};
    const auto message = sip::parse(chunk.message);
    if (!message) return false;
    std::string out(message->start_line);
    out += "\r\n";
    auto headers = message->headers;
    while (const auto header = sip::next_header(headers)) {
        const bool tells =
            std::any_of(std::begin(telling), std::end(telling),
                        [&](std::string_view name) { return sip::is_named(*header, name, 0); });
        if (tells) continue;
        out += std::string(header->name) + ": " + std::string(header->value) + "\r\n";
    }
    chunk.message = out + "\r\n" + std::string(message->body);
    return true;
}

void add(test::MemoryDialogues& dialogues, const chunk::Chunk& chunk, Micros at) {
    const auto address = [](const std::string& text) {
        const auto endpoint = wire::parse_endpoint(text);
        return endpoint ? endpoint->address : wire::Address{};
    };
    const Sighting sighting{chunk.call_id, "", address(chunk.src), address(chunk.dst),
                            chunk.observer};
    dialogues.add(sighting, chunk.message, at);
}

/// Pairs of a dialogue that is asked for and another one.
struct Score {
    std::size_t right = 0, wrong = 0, missing = 0, surely_wrong = 0;
    std::size_t legs_joined = 0, legs_alone = 0;  ///< legs of calls that have several
    std::string told;

    [[nodiscard]] double precision() const {
        return right + wrong == 0 ? 1
                                  : static_cast<double>(right) / static_cast<double>(right + wrong);
    }
    [[nodiscard]] double recall() const {
        return right + missing == 0
                   ? 1
                   : static_cast<double>(right) / static_cast<double>(right + missing);
    }
};

void score_group(test::MemoryDialogues& dialogues, const Group& group, Score& score) {
    for (const std::string& asked : group) {
        Group found;
        // Channels of FreeSWITCH that have no SIP of their own are in no manifest.
        for (const Leg& leg : join(dialogues, asked).legs) {
            found.insert(leg.call_id);
            if (leg.call_id == asked || !leg.outline.is_call) continue;
            if (group.contains(leg.call_id)) {
                ++score.right;
                continue;
            }
            ++score.wrong;
            score.told += "\nwrong: " + asked + " with " + leg.call_id;
            for (const Proof& proof : leg.joined_by) {
                score.told +=
                    "\n    " +
                    std::string(evidence_names[static_cast<std::size_t>(proof.evidence)]) + " " +
                    proof.fact + " with " + proof.with;
                if (is_sure(proof.evidence)) ++score.surely_wrong;
            }
        }
        const bool is_alone = std::none_of(group.begin(), group.end(), [&](const std::string& leg) {
            return leg != asked && found.contains(leg);
        });
        if (group.size() > 1) ++(is_alone ? score.legs_alone : score.legs_joined);
        for (const std::string& leg : group) {
            if (found.contains(leg)) continue;
            ++score.missing;
            score.told += "\nmissing: " + asked + " without " + leg;
        }
    }
}

TEST(RecordedCalls, TheirLegsAreFoundByHeadersAndLogs) {
    Score all;
    for (const Recording& recording : recordings()) {
        test::MemoryDialogues dialogues;
        for (const chunk::Chunk& chunk : recording.chunks) {
            add(dialogues, chunk, chunk.ref_timestamp.value());
        }
        for (const Group& group : recording.groups) score_group(dialogues, group, all);
    }
    EXPECT_GE(all.precision(), 0.99) << all.told;
    EXPECT_GE(all.recall(), 0.99) << all.told;
    EXPECT_EQ(all.surely_wrong, 0U) << all.told;
}

/// All calls of the recordings, ten of them beginning each second. `step` mixes their order, so
/// that calls of one recording do not stay together.
void score_without_headers(const std::vector<Recording>& all, std::size_t step, Score& score) {
    struct Shifted {
        Micros at;
        const chunk::Chunk* chunk;
    };
    std::vector<Shifted> traffic;
    std::vector<Group> groups;
    for (const Recording& recording : all) {
        for (const Group& group : recording.groups) {
            std::vector<const chunk::Chunk*> own;
            bool is_call = false;
            for (const chunk::Chunk& chunk : recording.chunks) {
                if (!group.contains(chunk.call_id)) continue;
                own.push_back(&chunk);
                is_call = is_call || chunk.label.starts_with("INVITE");
            }
            if (!is_call) continue;
            groups.push_back(group);
            const auto slot = static_cast<Micros>((groups.size() * step) % 151);
            const Micros start = 1'800'000'000'000'000 + slot * 100'000;
            const Micros first = own.front()->ref_timestamp.value();
            for (const chunk::Chunk* chunk : own) {
                traffic.push_back({start + chunk->ref_timestamp.value() - first, chunk});
            }
        }
    }
    std::stable_sort(traffic.begin(), traffic.end(),
                     [](const Shifted& a, const Shifted& b) { return a.at < b.at; });
    test::MemoryDialogues dialogues;
    for (const Shifted& one : traffic) add(dialogues, *one.chunk, one.at);
    for (const Group& group : groups) score_group(dialogues, group, score);
}

TEST(RecordedCalls, WithoutHeadersTheyAreFoundByGuessesAtTenCallAttemptsASecond) {
    std::vector<Recording> all = recordings();
    for (Recording& recording : all) {
        std::erase_if(recording.chunks,
                      [](chunk::Chunk& chunk) { return !remove_what_tells(chunk); });
    }
    for (const std::size_t step : {61U, 101U}) {
        Score score;
        score_without_headers(all, step, score);
        EXPECT_GE(score.precision(), 0.99) << score.told;
        EXPECT_EQ(score.surely_wrong, 0U) << score.told;
        // Attended transfers and conferences leave nothing behind that tells.
        EXPECT_GE(score.recall(), 0.9) << score.told;
        EXPECT_GE(100 * score.legs_joined, 95 * (score.legs_joined + score.legs_alone))
            << score.told;
    }
}

}  // namespace
}  // namespace ci::calls
