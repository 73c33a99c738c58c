#include "web/access/tokens_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "os/descriptor.h"

namespace ci::web {
namespace {

constexpr auto between_looks = std::chrono::seconds(1);
constexpr off_t largest = 16 << 20;

std::string last_error() {
    return std::system_category().message(errno);
}

bool is_same(const struct stat& a, const struct stat& b) noexcept {
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
           a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

}  // namespace

TokensFile::TokensFile(std::filesystem::path path, Complaint complain)
    : path_(std::move(path)), complain_(std::move(complain)) {
    read();
    if (!trouble_.empty()) throw std::runtime_error(trouble_);
    if (tokens_.all.empty()) {
        throw std::runtime_error(path_.string() +
                                 ": no token is in it; call_inspector web-token makes one");
    }
}

const Tokens& TokensFile::now() {
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ < between_looks) return tokens_;
    looked_ = now;
    struct stat seen {};
    if (::stat(path_.c_str(), &seen) != 0) seen = {};
    if (!is_same(seen, seen_) || !trouble_.empty()) read();
    return tokens_;
}

void TokensFile::read() {
    looked_ = std::chrono::steady_clock::now();
    Tokens tokens;
    const std::string trouble = try_to_read(tokens);
    if (!trouble.empty() && trouble != trouble_) complain_(trouble);
    trouble_ = trouble;
    for (const BadLine& line : tokens.bad) {
        complain_(path_.string() + ": line " + std::to_string(line.number) +
                  " is no token: " + line.why);
    }
    tokens_ = std::move(tokens);
}

/// Why it cannot be read; empty: done. A file that others may write would let them in.
std::string TokensFile::try_to_read(Tokens& tokens) {
    const os::Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const std::string name = path_.string() + ": ";
    seen_ = {};
    if (!file.is_open() || ::fstat(file.get(), &seen_) != 0) return name + last_error();
    if (!S_ISREG(seen_.st_mode)) return name + "not a file";
    if ((seen_.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return name + "others than its owner may write it; chmod go-w";
    }
    if (seen_.st_size > largest) return name + "larger than 16 MiB";
    std::string text;
    std::array<char, 65536> part{};
    while (true) {
        const ssize_t size = ::read(file.get(), part.data(), part.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return name + last_error();
        if (size == 0) break;
        text.append(part.data(), static_cast<std::size_t>(size));
        if (text.size() > static_cast<std::size_t>(largest)) return name + "larger than 16 MiB";
    }
    tokens = read_tokens(text);
    return {};
}

}  // namespace ci::web
