#include "store/disk/path.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "chunk/chunk.h"
#include "os/library.h"

namespace ci::store {
namespace {

CI_LATE(os::openssl, EVP_Digest);
CI_LATE(os::openssl, EVP_md5);

bool is_hex(std::string_view name, std::size_t length) noexcept {
    return name.size() == length && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

std::string relative_path(std::string_view call_id) {
    return path_of_octets(chunk::to_utf8(call_id));
}

std::string path_of_octets(std::string_view octets) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(octets.data(), octets.size(), digest.data(), &length, EVP_md5(), nullptr);
    constexpr std::string_view hex = "0123456789abcdef";
    std::string path;
    path.reserve(34);
    for (unsigned i = 0; i < length; ++i) {
        if (i == 1 || i == 2) path += '/';
        path += hex[digest[i] >> 4U];
        path += hex[digest[i] & 15U];
    }
    return path;
}

bool is_directory_name(std::string_view name) noexcept {
    return is_hex(name, 2);
}

bool is_file_name(std::string_view name) noexcept {
    if (name.ends_with(compressed_suffix)) name.remove_suffix(compressed_suffix.size());
    return is_hex(name, 28);
}

bool is_relative_path(std::string_view path) noexcept {
    return path.size() == 34 && path[2] == '/' && path[5] == '/' && is_hex(path.substr(0, 2), 2) &&
           is_hex(path.substr(3, 2), 2) && is_hex(path.substr(6), 28);
}

std::string plain_name(std::string_view name) {
    if (name.ends_with(compressed_suffix)) name.remove_suffix(compressed_suffix.size());
    return std::string(name);
}

}  // namespace ci::store
