// The cases of tests/data/sip, and recorded messages compared with those on the wire.
#include "sip/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "support/md_cases.h"
#include "support/places.h"
#include "support/recordings.h"

namespace ci::sip {
namespace {

using test::MdCase;

std::string yes_no(bool value) {
    return value ? "yes" : "no";
}

test::Expected describe(const Message& m) {
    test::Expected all{
        {"refused", "no"},
        {"request", yes_no(m.is_request)},
        {"start_line", std::string(m.start_line)},
        {"method", std::string(m.method)},
        {"uri", std::string(m.request_uri)},
        {"status", std::to_string(m.status)},
        {"body", std::string(m.body)},
        {"size", std::to_string(m.size)},
        {"call_id", std::string(m.call_id)},
        {"cseq_value", std::string(m.cseq_value)},
        {"cseq", m.cseq ? std::to_string(m.cseq->number) : "none"},
        {"cseq_method", m.cseq ? std::string(m.cseq->method) : "none"},
        {"max_forwards", m.max_forwards ? std::to_string(*m.max_forwards) : "none"},
        {"duplicate_call_id", yes_no(m.duplicate_call_id)},
        {"truncated", yes_no(m.truncated)},
        {"from_tag", std::string(from_tag(m))},
        {"to_tag", std::string(to_tag(m))},
        {"header.subject", std::string(find_header(m, "Subject", 's'))},
    };
    const auto hops = vias(m);
    all["vias"] = std::to_string(hops.size());
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const std::string via = "via" + std::to_string(i + 1) + ".";
        all[via + "transport"] = hops[i].transport;
        all[via + "sent_by"] = hops[i].sent_by;
        all[via + "branch"] = hops[i].branch;
        all[via + "received"] = hops[i].received;
        all[via + "rport"] = hops[i].rport;
        all[via + "text"] = hops[i].text;
    }
    return all;
}

test::Expected describe(const Rejection& rejection) {
    return {{"refused", std::string(reason_names[static_cast<std::size_t>(rejection.reason)])},
            {"at", std::to_string(rejection.at)}};
}

class SipCase : public testing::TestWithParam<MdCase> {};

TEST_P(SipCase, ReadsAsExpected) {
    const auto bytes = test::text_bytes(GetParam().block("sip"));
    const auto parsed = parse(bytes);
    const auto actual = parsed ? describe(*parsed) : describe(parsed.error());
    for (const auto& [key, value] : test::read_expected(GetParam().block("expect"))) {
        const auto found = actual.find(key);
        ASSERT_NE(found, actual.end()) << GetParam().place << ": nothing named " << key;
        EXPECT_EQ(found->second, value) << GetParam().place << ": " << key;
    }
}

INSTANTIATE_TEST_SUITE_P(Files, SipCase,
                         testing::ValuesIn(test::read_md_cases(
                             test::data("sip"), {"start_line.md", "lines.md", "headers.md",
                                                 "via.md", "body.md", "torture.md"})),
                         [](const auto& row) { return test::name_of(row.param); });

/// Runs whose payloads are SIP, not wrapped in JSON.
const char* const sip_runs[] = {
    "b2b_kam3_sofia3", "b2b_kam3_sofia3_skew", "kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s",
    "kam_hep1_mode1",  "kam_hep2_mode1",       "kam_hep2_mode1_ipv6", "kam_hep3_kazoo",
    "kam_hep3_mode1",  "osips_hep2_udp",       "sofia_hep1",          "sofia_hep2",
    "sofia_hep3",      "kam_sip_xheaders",
};

class RecordedRun : public testing::TestWithParam<const char*> {};

/// Reads each datagram from its start line on, without the capture protocol's head.
TEST_P(RecordedRun, ReadsWhatWasOnTheWire) {
    const std::string run = GetParam();
    const auto manifest =
        nlohmann::json::parse(test::read_whole(test::data("recordings/") + run + "/manifest.json"));
    // This sender adds five headers to the octets on the wire.
    const bool has_added_headers = run == "kam_sip_xheaders";
    std::map<std::string, std::vector<test::Record>> streams;
    for (const auto& sender : manifest["senders"]) {
        const std::string file = sender["file"];
        streams[sender["name"]] = test::read_records(run, file);
    }
    std::size_t seen = 0;
    for (const auto& call : manifest["calls"]) {
        for (const auto& message : call["messages"]) {
            for (const auto& [name, indexes] : message["seen"].items()) {
                if (!streams.contains(name)) continue;  // a text log
                for (const std::size_t index : indexes) {
                    const std::string& datagram = streams[name].at(index).bytes;
                    const std::string label = message["label"];
                    const auto at = datagram.find(label + "\r\n");
                    ASSERT_NE(at, std::string::npos);
                    const auto parsed = parse(std::string_view(datagram).substr(at));
                    ASSERT_TRUE(parsed);
                    EXPECT_EQ(parsed->start_line, label);
                    EXPECT_EQ(parsed->call_id, std::string(call["call_id"]));
                    EXPECT_EQ(parsed->cseq_value, std::string(message["cseq"]));
                    EXPECT_FALSE(parsed->truncated);
                    // The callee of the compact scenario answers without Vias.
                    EXPECT_TRUE(!parsed->is_request || !vias(*parsed).empty());
                    EXPECT_FALSE(from_tag(*parsed).empty());
                    const std::size_t bytes = message["bytes"];
                    if (has_added_headers) {
                        EXPECT_GT(parsed->size, bytes);
                    } else {
                        EXPECT_EQ(parsed->size, bytes);
                    }
                    ++seen;
                }
            }
        }
    }
    EXPECT_GT(seen, 20U);
}

INSTANTIATE_TEST_SUITE_P(Runs, RecordedRun, testing::ValuesIn(sip_runs), [](const auto& row) {
    std::string name = row.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
});

TEST(SipMessage, ReadsEveryBeginningOfAMessage) {
    const auto records = test::read_records("kam_sip_xheaders", "p1.bin");
    for (std::size_t i = 0; i < records.size(); i += 20) {
        const std::string& whole = records[i].bytes;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string cut = whole.substr(0, size);
            const auto parsed = parse(cut);
            if (!parsed) {
                EXPECT_LE(parsed.error().at, size);
                EXPECT_LT(size, whole.find('\n')) << cut;
                continue;
            }
            EXPECT_EQ(parsed->size, size);
            // The cut may leave half of the empty line's line end.
            EXPECT_TRUE(parsed->truncated || whole.compare(size - 3, 4, "\n\r\n\r") == 0 ||
                        whole.compare(size - 3, 4, "\r\n\r\n") == 0)
                << size;
        }
    }
}

TEST(SipMessage, StaysLinearOnRowsOfOpenQuotes) {
    std::string message = "OPTIONS sip:a@b SIP/2.0\r\nFrom: <sip:a@b>;";
    for (int i = 0; i < 16'000; ++i) message += "\"\\\";";
    message += "\r\nVia: ";
    for (int i = 0; i < 16'000; ++i) message += "\\\",;\"";
    message += "\r\n\r\n";
    const auto parsed = parse(message);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(from_tag(*parsed), "");
    EXPECT_FALSE(vias(*parsed).empty());
}

struct Looks {
    const char* name;
    std::string_view bytes;
    bool like_sip;
};
void PrintTo(const Looks& row, std::ostream* out) {
    *out << row.bytes;
}

using namespace std::string_view_literals;
const Looks looks[] = {
    {"ARequestDoes", "INVITE sip:a@b SIP/2.0\r\n"sv, true},
    {"AResponseDoes", "SIP/2.0 200 OK\r\n"sv, true},
    {"ASmallVersionDoes", "sip/2.0 200 OK\r\n"sv, true},
    {"BehindLineEndsToo", "\r\n\r\n \tBYE sip:a SIP/2.0"sv, true},
    {"SmallLettersInAMethodDoNot", "X-yz sip:a SIP/2.0"sv, false},
    {"AnExtensionMethodDoes", "X-BREW_1 sip:a SIP/2.0"sv, true},
    {"NothingDoesNot", ""sv, false},
    {"LineEndsDoNot", "\r\n\r\n"sv, false},
    {"AMethodAloneDoesNot", "INVITE"sv, false},
    {"JsonDoesNot", "{\"payload\": \"INVITE \"}"sv, false},
    {"HepDoesNot", "HEP3\x02\xd5\0\0 "sv, false},
    {"ALogLineDoesNot", "NOTICE:script log"sv, false},
    {"ProseDoesNot", "invite them all"sv, false},
    {"AVersionAloneDoesNot", "SIP/2.0"sv, false},
};

class LooksLikeSip : public testing::TestWithParam<Looks> {};
TEST_P(LooksLikeSip, ByItsFirstBytes) {
    EXPECT_EQ(looks_like_sip(GetParam().bytes), GetParam().like_sip);
}
INSTANTIATE_TEST_SUITE_P(Bytes, LooksLikeSip, testing::ValuesIn(looks),
                         [](const auto& row) { return row.param.name; });

TEST(SipHeaders, AreTakenOffOneByOne) {
    const auto parsed =
        parse("OPTIONS sip:a@b SIP/2.0\r\nA: 1\r\nnonsense\r\nb :2\r\n 3\r\nc:\r\n\r\n");
    ASSERT_TRUE(parsed);
    std::string_view rest = parsed->headers;
    std::vector<std::pair<std::string, std::string>> taken;
    while (const auto header = next_header(rest)) {
        taken.emplace_back(header->name, header->value);
    }
    const std::vector<std::pair<std::string, std::string>> expected{
        {"A", "1"}, {"b", "2\r\n 3"}, {"c", ""}};
    EXPECT_EQ(taken, expected);
    EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace ci::sip
