// The cases of tests/data/sip/masking.md, and recorded messages.
#include "sip/mask.h"

#include <gtest/gtest.h>

#include "support/md_cases.h"
#include "support/recordings.h"

namespace ci::sip {
namespace {

using test::MdCase;

constexpr Masking credentials{true, false};
constexpr Masking bodies{false, true};
constexpr Masking all{true, true};

std::string masked(std::string_view message, const Masking& what) {
    std::string out;
    return mask(message, what, out) ? out : std::string(message);
}

class MaskCase : public testing::TestWithParam<MdCase> {};

TEST_P(MaskCase, MasksAsExpected) {
    const MdCase& md = GetParam();
    const std::string message = test::text_bytes(md.block("sip"));
    const auto expect = [&](const char* block, const Masking& what) {
        const auto expected = md.has(block) ? test::text_bytes(md.block(block)) : message;
        EXPECT_EQ(masked(message, what), expected) << md.place << ": " << block;
        EXPECT_EQ(masked(expected, what), expected) << md.place << ": again, " << block;
        std::string untouched = "x";
        EXPECT_EQ(mask(expected, what, untouched), false);
        EXPECT_EQ(untouched, "x");
    };
    expect("credentials", credentials);
    expect("bodies", bodies);
    EXPECT_EQ(masked(message, {false, false}), message);
}

INSTANTIATE_TEST_SUITE_P(Files, MaskCase,
                         testing::ValuesIn(test::read_md_cases(TEST_DATA "/sip", {"masking.md"})),
                         [](const auto& row) { return test::name_of(row.param); });

TEST(Mask, CutAnywhereALetterOfTheResponseIsNeverShown) {
    const std::string message =
        "REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\nAuthorization: Digest username=\"al\",\r\n"
        " uri=\"sip:a\", response=\"XXXX\", nonce=\"n\"\r\n"
        "Content-Type: application/sdp\r\n\r\nv=0\r\na=crypto:1 AES inline:XXXX\r\n";
    for (std::size_t size = 0; size <= message.size(); ++size) {
        EXPECT_EQ(masked(message.substr(0, size), all).find('X'), std::string::npos) << size;
    }
}

TEST(Mask, RecordedTrafficHidesOnlyItsResponses) {
    std::size_t responses = 0;
    for (const char* run : {"kam_hep3_kazoo", "b2b_kam3_sofia3", "kam_hep3_mode1", "sofia_hep3"}) {
        const bool is_sofia = std::string_view(run) == "sofia_hep3";
        for (const auto& record : test::read_records(run, is_sofia ? "uac.bin" : "p1.bin")) {
            const std::string text = masked(record.bytes, credentials);
            ASSERT_EQ(text.size(), record.bytes.size());
            constexpr std::string_view name = "response=\"";
            for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
                EXPECT_EQ(text.compare(at + name.size(), 33, std::string(32, '*') + '"'), 0);
                ++responses;
            }
        }
    }
    EXPECT_GT(responses, 0U);
}

TEST(Mask, SummariesAreMaskedFromTheNameOn) {
    std::string out;
    EXPECT_TRUE(mask_summary("not SIP: x Proxy-Authorization: Digest r=1", credentials, out));
    EXPECT_EQ(out, "not SIP: x Proxy-Authorization************");
    EXPECT_FALSE(mask_summary("not SIP: WWW-Authenticate: Digest a=1", credentials, out));
    EXPECT_TRUE(mask_summary("sdp v=0 k=clear:key", bodies, out));
    EXPECT_EQ(out, "sdp v=0 ***********");
    EXPECT_FALSE(mask_summary("sdp v=0 k=clear:key", credentials, out));
}

}  // namespace
}  // namespace ci::sip
