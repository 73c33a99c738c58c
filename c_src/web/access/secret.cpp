#include "web/access/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "os/library.h"

namespace ci::web {
namespace {

CI_LATE(os::openssl, CRYPTO_memcmp);
CI_LATE(os::openssl, EVP_Digest);
CI_LATE(os::openssl, EVP_PBE_scrypt);
CI_LATE(os::openssl, EVP_sha256);
CI_LATE(os::openssl, RAND_bytes);

constexpr std::string_view mark = "ci_";
constexpr std::size_t octets = 32;  ///< of a secret, a salt's hash, a password's hash
constexpr std::uint64_t most_memory = 64U << 20U;

using Hash = std::array<unsigned char, octets>;

std::string hex(const unsigned char* bytes, std::size_t size) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += digits[bytes[i] >> 4U];
        text += digits[bytes[i] & 15U];
    }
    return text;
}

bool is_hex(std::string_view text, std::size_t size) noexcept {
    return text.size() == 2 * size &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Hash random_octets() {
    Hash bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("the system gives no random bits");
    }
    return bytes;
}

/// What scrypt costs, and its salt.
struct Kept {
    unsigned log_n = 15, r = 8, p = 1;
    std::string_view salt, hash;  ///< hexadecimal
};

bool read_number(std::string_view text, unsigned& number) noexcept {
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    return bad == std::errc{} && end == text.data() + text.size();
}

std::optional<Kept> read(std::string_view text) {
    std::vector<std::string_view> parts;
    while (parts.size() < 5) {
        const std::size_t end = std::min(text.find(':'), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    Kept kept;
    if (!text.empty() || !read_number(parts[0], kept.log_n) || !read_number(parts[1], kept.r) ||
        !read_number(parts[2], kept.p) || !is_hex(parts[3], octets) || !is_hex(parts[4], octets)) {
        return std::nullopt;
    }
    const bool is_weak = kept.log_n < 14 || kept.r < 8 || kept.p < 1;
    if (is_weak || kept.log_n > 16 || kept.r > 8 || kept.p > 4) return std::nullopt;
    kept.salt = parts[3];
    kept.hash = parts[4];
    return kept;
}

/// The salt is its hexadecimal text.
std::string scrypt(std::string_view password, const Kept& costs) {
    Hash hash{};
    const int done = EVP_PBE_scrypt(password.data(), password.size(),
                                    reinterpret_cast<const unsigned char*>(costs.salt.data()),
                                    costs.salt.size(), std::uint64_t{1} << costs.log_n, costs.r,
                                    costs.p, 2 * most_memory, hash.data(), hash.size());
    if (done != 1) throw std::runtime_error("scrypt cannot be computed");
    return hex(hash.data(), hash.size());
}

}  // namespace

std::string new_secret() {
    const Hash bytes = random_octets();
    return std::string(mark) + hex(bytes.data(), bytes.size());
}

bool is_secret(std::string_view text) noexcept {
    return text.starts_with(mark) && is_hex(text.substr(mark.size()), octets);
}

std::string sha256(std::string_view text) {
    Hash hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 cannot be computed");
    }
    return hex(hash.data(), size);
}

std::string scrypt_of(std::string_view password) {
    const Hash salt = random_octets();
    const std::string text = hex(salt.data(), salt.size());
    Kept kept;
    kept.salt = text;
    return std::to_string(kept.log_n) + ":" + std::to_string(kept.r) + ":" +
           std::to_string(kept.p) + ":" + text + ":" + scrypt(password, kept);
}

bool is_scrypt(std::string_view kept) {
    return read(kept).has_value();
}

bool is_password(std::string_view password, std::string_view kept) {
    const auto costs = read(kept);
    return costs && are_equal(scrypt(password, *costs), costs->hash);
}

bool are_equal(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ci::web
