#include "inspector/masking.h"

#include <gtest/gtest.h>

namespace ci::inspector {
namespace {

chunk::Draft described(std::string_view text) {
    chunk::Draft draft;
    draft.is_described = true;
    draft.message = text;
    draft.label = "INVITE sip:b SIP/2.0";
    return draft;
}

TEST(Masker, MasksBothChunksOfARecordOfALog) {
    const std::string secret =
        "start\r\nAuthorization: Digest username=\"a\", response=\"0123abcd\"";
    const std::string harmless = "start\r\nsource 192.0.2.1";
    Masker masker;
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(masker.apply(described(secret), {}).message.find("0123abcd"), std::string::npos);
        EXPECT_EQ(masker.apply(described(secret), {}).message.find("0123abcd"), std::string::npos);
        EXPECT_EQ(masker.apply(described(harmless), {}).message, harmless);
        EXPECT_EQ(masker.apply(described(harmless), {}).message, harmless);
    }
    EXPECT_EQ(masker.apply(described(secret), {}).message.size(), secret.size());
}

}  // namespace
}  // namespace ci::inspector
