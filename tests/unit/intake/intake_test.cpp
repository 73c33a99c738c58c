// Packets as senders send them, and the chunks made of them: tests/data/intake.
//
// Blocks: `hep3` has one field a line (type, then bytes as in a hex block); `sip` and `hex` are the
// packet itself. `captured`: a capture saw it, perhaps `cut` or with a `bad_length`. A case without
// a `type` only checks the members that it lists.
#include "intake/intake.h"

#include <gtest/gtest.h>

#include <chrono>

#include "sip/text.h"
#include "support/deflated.h"
#include "support/md_cases.h"
#include "support/places.h"

namespace {

using namespace ci;
using test::MdCase;

void put_be(std::size_t value, std::string& out) {
    out += static_cast<char>(value >> 8U);
    out += static_cast<char>(value & 0xffU);
}

std::string hep3_packet(std::string_view lines) {
    std::string fields;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        auto line = lines.substr(0, end);
        lines.remove_prefix(end + 1);
        const std::string type(sip::next_word(line));
        const auto value = test::hex_bytes(line);
        put_be(0, fields);
        put_be(static_cast<std::size_t>(std::stoi(type, nullptr, 16)), fields);
        put_be(value.size() + 6, fields);
        fields += value;
    }
    std::string packet = "HEP3";
    put_be(fields.size() + 6, packet);
    return packet + fields;
}

std::string packet_of(const MdCase& md) {
    if (md.has("hep3")) return hep3_packet(md.block("hep3"));
    if (md.has("hex")) return test::hex_bytes(md.block("hex"));
    return test::text_bytes(md.block("sip"));
}

std::string flags_of(chunk::Flags flags) {
    std::string names;
    for (std::size_t i = 0; i < std::size(chunk::flag_names); ++i) {
        if (!flags.has(static_cast<chunk::Flag>(i))) continue;
        names += names.empty() ? "" : " ";
        names += chunk::flag_names[i];
    }
    return names;
}

test::Expected describe(const wire::expected<intake::Intake, intake::Refused>& intake) {
    if (!intake) {
        return {{"refused", std::string(intake::Refused::name(intake.error().index()))}};
    }
    const chunk::Draft& draft = intake->draft;
    std::string line;
    chunk::append_line(draft, line);
    std::string links;
    for (const auto& link : draft.links) {
        links += (links.empty() ? "" : " ") + link.protocol + "=" + link.id;
    }
    return {
        {"refused", "no"},
        {"call_id", std::string(draft.call_id)},
        {"label", std::string(draft.label)},
        {"c_seq", std::string(draft.c_seq)},
        {"method", std::string(draft.method)},
        {"message", std::string(draft.message)},
        {"event", std::string(draft.event)},
        {"direction", std::string(draft.direction)},
        {"src", wire::to_string(draft.src)},
        {"dst", wire::to_string(draft.dst)},
        {"time", std::to_string(draft.timestamp)},
        {"protocol", std::to_string(draft.ip_protocol)},
        {"observer", std::string(draft.observer)},
        {"flags", flags_of(draft.flags)},
        {"links", links},
        {"complaint", intake->complaint
                          ? std::string(intake::Refused::name(intake->complaint->index()))
                          : "none"},
        {"damage", intake->damage ? std::string(intake::Refused::name(
                                        intake::Refused(*intake->damage).index()))
                                  : "none"},
        {"line", line},
    };
}

wire::Datagram datagram_of(std::string_view bytes) {
    wire::Datagram datagram;
    datagram.bytes = wire::as_bytes(bytes);
    datagram.peer = *wire::parse_endpoint("192.0.2.9:5060");
    datagram.local = *wire::parse_endpoint("192.0.2.10:9060");
    datagram.arrival = 1'795'225'829'000'000;
    return datagram;
}

class TakesIn : public testing::TestWithParam<MdCase> {};

TEST_P(TakesIn, AsTheCaseTells) {
    const auto packet = packet_of(GetParam());
    intake::Memory memory;
    intake::Options options;
    if (GetParam().has("drop-bad-sip")) options.keep_bad_sip = false;
    auto datagram = datagram_of(packet);
    if (GetParam().has("captured")) {
        const auto& how = GetParam().block("captured");
        datagram.captured = wire::Datagram::Captured{};
        datagram.captured->at = 1'795'225'828'000'000;
        datagram.captured->protocol = 6;
        datagram.captured->is_cut = how.find("cut") != std::string::npos;
        datagram.captured->bad_length = how.find("bad_length") != std::string::npos;
    }
    auto found = describe(intake::make_draft(datagram, "p:1", memory, options));
    for (const auto& [key, value] : test::read_expected(GetParam().block("expect"))) {
        if (key == "line-without") {
            EXPECT_EQ(found["line"].find(value), std::string::npos) << found["line"];
        } else if (key == "line-with") {
            EXPECT_NE(found["line"].find(value), std::string::npos) << found["line"];
        } else {
            EXPECT_EQ(found[key], value) << GetParam().place << " " << key;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Packets, TakesIn,
    testing::ValuesIn(test::read_md_cases(test::data("intake"),
                                          {"opensips.md", "plain_sip.md", "events.md", "secrets.md",
                                           "addresses.md", "bad.md", "times.md", "methods.md",
                                           "observers.md", "captured.md"})),
    [](const auto& row) { return test::name_of(row.param); });

constexpr std::string_view options_request =
    "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n";

/// A HEP 3 packet with the payload compressed in field 16, and a correlation id.
std::string compressed_packet(std::string_view payload, std::string_view kind = "\x01") {
    std::string fields;
    const auto put = [&fields](std::size_t type, std::string_view value) {
        put_be(0, fields);
        put_be(type, fields);
        put_be(value.size() + 6, fields);
        fields += value;
    };
    put(0x0b, kind);
    put(0x11, "corr");
    put(0x10, payload);
    std::string packet = "HEP3";
    put_be(fields.size() + 6, packet);
    return packet + fields;
}

test::Expected draft_of_compressed(std::string_view payload) {
    const auto packet = compressed_packet(payload);
    intake::Memory memory;
    return describe(intake::make_draft(datagram_of(packet), "p:1", memory));
}

TEST(Intake, TakesTheLargestMessage) {
    const std::string head =
        "MESSAGE sip:a@b SIP/2.0\r\nCall-ID: x\r\nContent-Length: 65000\r\n\r\n";
    std::string sip = head;
    for (int i = 0; i < 65'000; ++i) sip += static_cast<char>(i % 256);  // NULs among them
    std::string packet = "HEP3";
    put_be(sip.size() + 12, packet);
    put_be(0, packet);
    put_be(0x0f, packet);
    put_be(sip.size() + 6, packet);
    packet += sip;
    intake::Memory memory;
    auto found = describe(intake::make_draft(datagram_of(packet), "p:1", memory));
    EXPECT_EQ(found["message"], sip);
    EXPECT_EQ(found["flags"], "no_clock unknown_endpoint");
    const auto chunk = chunk::read_line(found["line"]);
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->message, sip);
}

TEST(Intake, UsesItsMemoryAgain) {
    const auto links = hep3_packet(
        "0f \"BYE sip:a SIP/2.0\\r\\nCall-ID: x\\r\\n\\r\\n\"\n65 \"{\\\"net\\\":\\\"1\\\"}\"\n");
    const auto none = hep3_packet("0f \"BYE sip:a SIP/2.0\\r\\nCall-ID: x\\r\\n\\r\\n\"\n");
    intake::Memory memory;
    EXPECT_EQ(describe(intake::make_draft(datagram_of(links), "p:1", memory))["links"], "net=1");
    EXPECT_EQ(describe(intake::make_draft(datagram_of(none), "p:1", memory))["links"], "");
}

/// A text that names many secrets must not be read again for each of them.
TEST(Intake, TakesItsTimeOnceForEachByte) {
    for (const std::string_view piece : {"secret", "secret_", "secret \\\"", "password=", "f"}) {
        std::string payload;
        while (payload.size() < 60'000) payload += piece;
        std::string packet = "HEP3";
        put_be(payload.size() + 19, packet);
        packet += std::string("\0\0\0\x0b\0\x07\x59\0\0\0\x0f", 11);
        put_be(payload.size() + 6, packet);
        packet += payload;
        intake::Memory memory;
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < 10; ++i) {
            EXPECT_TRUE(intake::make_draft(datagram_of(packet), "p:1", memory));
        }
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << piece;
    }
}

TEST(CompressedPayload, IsReadWhateverItsFormat) {
    for (const int format : {31, 15, -15}) {
        auto found = draft_of_compressed(test::deflated(options_request, format));
        EXPECT_EQ(found["message"], options_request) << format;
        EXPECT_EQ(found["call_id"], "x");
    }
    EXPECT_EQ(draft_of_compressed(options_request)["call_id"], "x") << "not compressed";
}

TEST(CompressedPayload, OfManyTimesItsSizeIsRefusedNotInflated) {
    const std::string bomb = std::string(options_request) + std::string(1'000'000, ' ');
    auto found = draft_of_compressed(test::deflated(bomb, 15));
    EXPECT_EQ(found["complaint"], "inflate_failed");
    EXPECT_EQ(found["event"], "unreadable");
    EXPECT_EQ(found["label"], "payload not readable");
    EXPECT_EQ(found["call_id"], "corr");
}

TEST(CompressedPayload, CutShortIsNotReadable) {
    const auto whole = test::deflated(options_request, 31);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        EXPECT_EQ(draft_of_compressed(whole.substr(0, size))["complaint"], "inflate_failed")
            << size;
    }
}

TEST(CompressedPayload, OfAnEventIsNotKeptUnread) {
    const auto whole = test::deflated("{\"master-key\":\"0badc0de\"}", 15);
    const auto packet = compressed_packet(whole.substr(0, whole.size() - 1), "\x59");
    intake::Memory memory;
    auto found = describe(intake::make_draft(datagram_of(packet), "p:1", memory));
    EXPECT_EQ(found["complaint"], "inflate_failed");
    EXPECT_EQ(found["message"], "payload not readable");
}

TEST(CompressedPayload, OfAnEventLosesItsSecrets) {
    const auto packet =
        compressed_packet(test::deflated("{\"master-key\":\"0badc0de\"}", 15), "\x59");
    intake::Memory memory;
    auto found = describe(intake::make_draft(datagram_of(packet), "p:1", memory));
    EXPECT_EQ(found["message"], "{\"master-key\":\"(removed)\"}");
}

TEST(CompressedPayload, OfExactlyTheLargestSizeIsRead) {
    const std::string head(options_request);
    const std::string largest = head + std::string(65'536 - head.size(), 'x');
    EXPECT_EQ(draft_of_compressed(test::deflated(largest, 15))["message"], largest);
    EXPECT_EQ(draft_of_compressed(test::deflated(largest + 'x', 15))["complaint"],
              "inflate_failed");
}

}  // namespace
