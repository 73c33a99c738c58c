// The cases of tests/data/sip/masking.md, and recorded messages.
#include "sip/mask.h"

#include <gtest/gtest.h>

#include "support/md_cases.h"
#include "support/places.h"
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
                         testing::ValuesIn(test::read_md_cases(test::data("sip"), {"masking.md"})),
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

/// An event and its masked form. `@` stands for a secret. One masking must remove the secret, and a
/// second one must change nothing.
struct Wrapped {
    const char* event;
    const char* expected;  ///< empty: the secret must be gone, the rest is not checked
};

std::string with_secret(std::string text, std::string_view secret) {
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + secret.size()))
        text.replace(at, 1, secret);
    return text;
}

TEST(Mask, EventsHideCredentialsInAnyWrapping) {
    constexpr std::string_view secret = "5ec4e7";
    const Wrapped rows[] = {
        {"Authorization: Basic @", "Authorization: Basic @"},
        {"x\r\nAuthorization: Digest username=\"u\", response=\"@\"\r\nnext line", ""},
        {R"({"headers":{"Authorization":"Digest response=\"@\""},"a":"b"})",
         R"({"headers":{"Authorization":"Digest response=\"@\""},"a":"b"})"},
        {R"({"m":"INVITE sip:a SIP/2.0\r\nAuthorization: Digest response=\"@\"\r\nTo: x\r\n","a":1})",
         R"({"m":"INVITE sip:a SIP/2.0\r\nAuthorization: Digest response=\"@\"\r\nTo: x\r\n","a":1})"},
        {R"({"h":"Accept: x\r\nAuthorization: Bearer @\r\n\r\n","a":1})",
         R"({"h":"Accept: x\r\nAuthorization: Bearer @\r\n\r\n","a":1})"},
        {R"({"p":"{\"p\":\"A b\\r\\nProxy-Authorization: Digest nonce=\\\"n\\\", response=\\\"@\\\"\\r\\n\"}"})",
         R"({"p":"{\"p\":\"A b\\r\\nProxy-Authorization: Digest nonce=\\\"n\\\", response=\\\"@\\\"\\r\\n\"}"})"},
        {R"({"h":"\u0041uthoriz\u0061tion: Basic @"})",
         R"({"h":"\u0041uthoriz\u0061tion: Basic @"})"},
        {R"({"h":["Authorization: Basic @","b"]})", R"({"h":["Authorization: Basic @","b"]})"},
        {R"({"Authorization":["Basic @"],"b":"c"})", ""},
        {R"({"name":"Authorization","value":"Basic @"})",
         R"({"name":"Authorization","value":"Basic @"})"},
        {R"({"Authorization":"Basic @","b":"c"})", R"({"Authorization":"Basic @","b":"c"})"},
        {R"({"h":"Authorization: Digest response=\"@)", ""},
        {R"({'Authorization': 'Basic @', 'b': 'c'})", R"({'Authorization': 'Basic @', 'b': 'c'})"},
        {"GET /?headers=Authorization%3A%20Basic%20@&x=1", ""},
        {R"({"uri":"sip:b?Authorization=Basic%2520@"})", ""},
        {"HTTP_AUTHORIZATION=Basic @", "HTTP_AUTHORIZATION=Basic @"},
    };
    for (const Wrapped& row : rows) {
        const std::string text = with_secret(row.event, secret);
        std::string once, twice = "x";
        ASSERT_TRUE(mask_event(text, credentials, once)) << text;
        EXPECT_EQ(once.find(secret), std::string::npos) << once;
        EXPECT_EQ(once.size(), text.size());
        EXPECT_FALSE(mask_event(once, credentials, twice)) << once << "\n" << twice;
        if (*row.expected != '\0') {
            EXPECT_EQ(once, with_secret(row.expected, std::string(secret.size(), '*')));
        }
    }
}

TEST(Mask, EventsThatOnlyMentionAHeaderStay) {
    std::string out;
    for (const char* const text :
         {"Authorization failed for bob", "no Authorization header, Digest authentication needed",
          R"({"authorization_id":"x","response":"200 OK","uthor":"%41"})",
          R"({"WWW-Authenticate":"Digest realm=\"r\", nonce=\"n\""})", "response=ok"}) {
        EXPECT_FALSE(mask_event(text, credentials, out)) << out;
    }
}

TEST(Mask, TakesTimeInProportionWhateverIsRepeated) {
    for (const std::string_view part :
         {"Authorization:", "\"Authorization: x\",", "x Authorization: a=\\\"b\\\"\" ",
          "\"authorization\":[", "a\r\n   ", "response=\"", "?authorization=x y",
          "\\\\\\u0041uthorization:\\\"", "%25%2541", "\nAuthorization: Digest a=\"",
          "Digest response=\"\\", "auth \n "}) {
        std::string text = "{\"";
        while (text.size() < 300'000) text += part;
        std::string out;
        mask_event(text, all, out);  // quadratic masking would exceed the test's time
        mask(text, all, out);
        mask(std::string_view(text).substr(2), all, out);
    }
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
