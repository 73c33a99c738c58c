// The cases of tests/data/logs/freeswitch. Beside the blocks of support/md_cases.h:
//
//   ```options   newest, first_day, events, local: of the decoder, where they matter
//   ```sip       a message; the first `##` in the log stands for the first one's octets, and so on,
//                and the first record that is a message must hold it
//   ```log       each line ends in LF; `\` at its end takes the LF away
//   ```expect    one record a line, in the order of the log: the members that are named must be so
//   ```lines     what became of the lines; if it is missing, all of them are in messages
#include "logs/freeswitch.h"

#include <gtest/gtest.h>

#include <sstream>

#include "logs/decoded.h"
#include "support/places.h"

namespace ci::logs {
namespace {

using test::MdCase;

const std::string freeswitch_cases = test::data("logs/freeswitch");

std::string with_line_feeds(std::string_view crlf_lines) {
    std::string out;
    for (std::size_t i = 0; i < crlf_lines.size(); ++i) {
        if (crlf_lines.substr(i).starts_with("\r\n")) ++i;
        out += crlf_lines[i];
    }
    return out;
}

std::vector<std::string> messages_of(const MdCase& md) {
    std::vector<std::string> messages;
    for (const auto& block : md.blocks) {
        if (block.kind == "sip") messages.push_back(test::text_bytes(block.lines));
    }
    return messages;
}

std::string freeswitch_log(const MdCase& md) {
    auto log = with_line_feeds(test::text_bytes(md.block("log")));
    for (const auto& message : messages_of(md)) {
        const auto at = log.find("##");
        if (at != std::string::npos) log.replace(at, 2, std::to_string(message.size()));
    }
    return log;
}

FreeswitchOptions options_of(const MdCase& md) {
    FreeswitchOptions options;
    options.local = *wire::parse_endpoint("192.0.2.1:5060");
    options.calendar = {utc({2026, 11, 28, 0}), utc, true};
    if (!md.has("options")) return options;
    for (const auto& [name, value] : test::read_expected(md.block("options"))) {
        if (name == "newest") {
            options.calendar.newest = std::stoll(value);
        } else if (name == "first_day") {
            options.first_day = std::stoll(value);
        } else if (name == "local") {
            options.local = *wire::parse_endpoint(value);
        } else if (name == "events") {
            const auto* const level =
                std::find(std::begin(level_names), std::end(level_names), value);
            options.events = static_cast<Level>(level - std::begin(level_names));
        } else {
            throw std::runtime_error(md.place + ": no option " + name);
        }
    }
    return options;
}

class FreeswitchCase : public testing::TestWithParam<MdCase> {};

TEST_P(FreeswitchCase, ReadsAsExpected) {
    const auto& md = GetParam();
    const auto log = freeswitch_log(md);
    const auto decode_pieces = [&](std::size_t piece) {
        return decode(
            [&](RecordSink sink) { return freeswitch_decoder(options_of(md), std::move(sink)); },
            log, piece);
    };
    const auto actual = decode_pieces(log.size());
    for (const std::size_t piece : {1U, 7U, 100U}) {
        EXPECT_EQ(decode_pieces(piece), actual) << "in pieces of " << piece;
    }
    std::vector<std::string> messages;
    for (const auto& record : actual.records) {
        if (record["kind"] == "message") messages.push_back(record["text"]);
    }
    const auto sip = messages_of(md);
    for (std::size_t i = 0; i < sip.size(); ++i) {
        EXPECT_EQ(i < messages.size() ? messages[i] : "", sip[i]) << "message " << i;
    }
    std::vector<test::Expected> expected;
    std::istringstream lines(md.block("expect"));
    for (std::string line; std::getline(lines, line);)
        expected.push_back(test::read_expected(line));
    EXPECT_EQ(actual.records.size(), expected.size()) << testing::PrintToString(actual.records);
    for (std::size_t i = 0; i < std::min(actual.records.size(), expected.size()); ++i) {
        for (const auto& [name, value] : expected[i]) {
            EXPECT_EQ(actual.records[i][name], value) << name << " of record " << i;
        }
    }
    const auto count = std::to_string(std::count(log.begin(), log.end(), '\n') +
                                      (log.empty() || log.back() == '\n' ? 0 : 1));
    EXPECT_EQ(std::to_string(sum_of(actual.lines)), count) << "lines";
    EXPECT_EQ(actual.lines, md.has("lines") ? test::read_expected(md.block("lines"))
                                            : test::Expected({{"message", count}}));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, FreeswitchCase,
    testing::ValuesIn(test::read_md_cases(freeswitch_cases,
                                          {"stamps.md", "generations.md", "octets.md",
                                           "line_ends.md", "wrapped.md", "events.md", "time.md"})),
    [](const auto& row) { return test::name_of(row.param); });

}  // namespace
}  // namespace ci::logs
