// The cases of tests/data/logs/kamailio. Beside the blocks of support/md_cases.h:
//
//   ```log       lines as they stand in a file
//   ```short     "PID CALLID|tag|text": what stands in front is added, a millisecond later each
//   time
//   ```expect    one record a line, in the order of the log: the members that are named must be so
//   ```lines     what became of the lines; if it is missing, all of them are in records
#include "logs/kamailio.h"

#include <gtest/gtest.h>

#include "logs/decoded.h"
#include "support/places.h"

namespace ci::logs {
namespace {

using test::MdCase;

const std::string cases = test::data("logs/kamailio");

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string log_of(const MdCase& md) {
    if (md.has("log")) return test::text_bytes(md.block("log"));
    std::string log;
    int milliseconds = 100;
    for (const auto line : lines_of(md.block("short"))) {
        const auto blank = line.find(' ');
        log += "2026-11-21T02:43:15." + std::to_string(milliseconds++) + "+00:00 proxy kamailio[" +
               std::string(line.substr(0, blank)) +
               "]: INFO: <script>: " + test::unescape(line.substr(blank + 1)) + "\n";
    }
    return log;
}

KamailioOptions options() {
    KamailioOptions options;
    options.local = *wire::parse_endpoint("192.0.2.1:5060");
    options.calendar = {utc({2026, 11, 28, 0}), utc, true};
    return options;
}

Decoded decode_kamailio(std::string_view log, std::size_t piece) {
    return decode([](RecordSink sink) { return kamailio_decoder(options(), std::move(sink)); }, log,
                  piece, options().calendar.newest);
}

class KamailioCase : public testing::TestWithParam<MdCase> {};

TEST_P(KamailioCase, ReadsAsExpected) {
    const auto log = log_of(GetParam());
    auto actual = decode_kamailio(log, log.size());
    for (const std::size_t piece : {1U, 7U, 100U}) {
        EXPECT_EQ(decode_kamailio(log, piece), actual) << "in pieces of " << piece;
    }
    std::stable_sort(actual.records.begin(), actual.records.end(),
                     [](const Kept& a, const Kept& b) {
                         return std::stoull(a["position"]) < std::stoull(b["position"]);
                     });
    const auto expected = lines_of(GetParam().block("expect"));
    EXPECT_EQ(actual.records.size(), expected.size()) << testing::PrintToString(actual.records);
    for (std::size_t i = 0; i < std::min(actual.records.size(), expected.size()); ++i) {
        for (const auto& [name, value] : test::read_expected(expected[i])) {
            EXPECT_EQ(actual.records[i][name], value) << name << " of record " << i;
        }
    }
    test::Expected lines = {
        {"in_records", std::to_string(std::count(log.begin(), log.end(), '\n'))}};
    if (GetParam().has("lines")) lines = test::read_expected(GetParam().block("lines"));
    EXPECT_EQ(actual.lines, lines);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, KamailioCase,
    testing::ValuesIn(test::read_md_cases(cases, {"lines.md", "wordings.md", "requests.md",
                                                  "replies.md", "failures.md", "records.md"})),
    [](const auto& row) { return test::name_of(row.param); });

}  // namespace
}  // namespace ci::logs
