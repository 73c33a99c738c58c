#include "os/library.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

const ci::os::Library& c_library() {
    static const ci::os::Library library("libc.so.6");
    return library;
}

CI_LATE(c_library, labs);

TEST(Library, AFunctionIsCalledAsEver) {
    EXPECT_EQ(labs(-7), 7);
    EXPECT_NE(ci::os::openssl().find("EVP_md5"), nullptr) << "of libcrypto";
}

TEST(Library, TellsWhatIsMissing) {
    try {
        const ci::os::Library library("libnosuch.so.1");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("libnosuch.so.1"), std::string::npos);
    }
    EXPECT_THROW((void)c_library().find("no_such_function"), std::runtime_error);
}

}  // namespace
