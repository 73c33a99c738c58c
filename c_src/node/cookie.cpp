#include "node/cookie.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "os/descriptor.h"
#include "os/library.h"

namespace ci::node {
namespace {

CI_LATE(os::openssl, EVP_Digest);
CI_LATE(os::openssl, EVP_md5);

constexpr std::size_t longest_cookie = 255;  // an atom
constexpr mode_t of_others = 077;

constexpr std::string_view well_known[] = {
    "change_me", "changeme", "cookie",     "COOKIE",         "erlang", "secret",
    "ClueCon",   "monster",  "kazoo",      "call_inspector", "2600hz", "nocookie",
    "test",      "password", "freeswitch", "rabbit",
};

}  // namespace

std::string read_cookie(const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& why) {
        return std::runtime_error("cookie file " + file.string() + ": " + why);
    };
    const os::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (opened.get() < 0 || ::fstat(opened.get(), &status) != 0) {
        throw refuse(std::system_category().message(errno));
    }
    if (!S_ISREG(status.st_mode)) throw refuse("not a file");
    if ((status.st_mode & of_others) != 0) {
        throw refuse("must be accessible by its owner only (chmod 400)");
    }
    std::array<char, 2 * longest_cookie> text{};
    const ssize_t size = ::read(opened.get(), text.data(), text.size());
    if (size < 0) throw refuse(std::system_category().message(errno));
    std::string cookie(text.data(), static_cast<std::size_t>(size));
    cookie.erase(cookie.find_last_not_of(" \r\n") + 1);
    if (const std::string why = trouble_with(cookie); !why.empty()) throw refuse(why);
    return cookie;
}

std::string trouble_with(std::string_view cookie) {
    if (cookie.empty()) return "the cookie is empty";
    if (cookie.size() > longest_cookie) return "the cookie is longer than 255 characters";
    const bool is_printable =
        std::all_of(cookie.begin(), cookie.end(), [](char c) { return c > ' ' && c <= '~'; });
    return is_printable ? "" : "the cookie has characters other than printable ASCII";
}

bool is_well_known(std::string_view cookie) noexcept {
    return std::find(std::begin(well_known), std::end(well_known), cookie) != std::end(well_known);
}

erlang::Digest digest_of(std::string_view cookie, std::uint32_t challenge) {
    const std::string secret = std::string(cookie) + std::to_string(challenge);
    std::array<unsigned char, EVP_MAX_MD_SIZE> md5{};
    unsigned length = 0;
    EVP_Digest(secret.data(), secret.size(), md5.data(), &length, EVP_md5(), nullptr);
    erlang::Digest digest;
    std::transform(md5.begin(), md5.begin() + digest.size(), digest.begin(),
                   [](unsigned char octet) { return std::byte{octet}; });
    return digest;
}

bool is_equal(const erlang::Digest& a, const erlang::Digest& b) noexcept {
    std::byte difference{0};
    for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
    return difference == std::byte{0};
}

}  // namespace ci::node
