#include "wire/base64.h"

#include <gtest/gtest.h>

namespace ci::wire {
namespace {

std::string encoded(std::string_view bytes) {
    std::string out;
    append_base64(bytes, out);
    return out;
}

TEST(Base64, WritesTheVectorsOfTheRfc) {  // RFC 4648 10
    EXPECT_EQ(encoded(""), "");
    EXPECT_EQ(encoded("f"), "Zg==");
    EXPECT_EQ(encoded("fo"), "Zm8=");
    EXPECT_EQ(encoded("foo"), "Zm9v");
    EXPECT_EQ(encoded("foob"), "Zm9vYg==");
    EXPECT_EQ(encoded("fooba"), "Zm9vYmE=");
    EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, AllBytesComeBack) {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
        EXPECT_EQ(decode_base64(encoded(bytes)), bytes) << i;
        bytes += static_cast<char>(i * 7);
    }
}

TEST(Base64, RefusesWhatItDoesNotWrite) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v=", "====", "=g==", "Z===",
                             "Zm 9v===", "Zg==Zg==", "Zm9-", "Zm9\x80"}) {
        EXPECT_FALSE(decode_base64(text)) << text;
    }
}

}  // namespace
}  // namespace ci::wire
