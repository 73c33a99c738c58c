#include "sources/packed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace ci::sources {
namespace {

using Step = PackedFile::Unpacker::Step;

/// Reads one or several members (RFC 1952 2.2).
class Gunzip : public PackedFile::Unpacker {
  public:
    Gunzip() { is_good_ = ::inflateInit2(&stream_, window_and_gzip) == Z_OK; }
    ~Gunzip() override { ::inflateEnd(&stream_); }
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    Step unpack(std::span<const std::byte> from, std::span<std::byte> to) override {
        if (!is_good_) return {0, 0, true};
        if (at_end_ && from.empty()) return {};
        if (at_end_) {
            // Padding after the last member is ignored.
            if (from[0] != first_of_magic) return {from.size(), 0, false};
            is_good_ = ::inflateReset(&stream_) == Z_OK;
            at_end_ = false;
        }
        // zlib's interface predates const.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(from.data()));
        stream_.avail_in = static_cast<uInt>(from.size());
        stream_.next_out = reinterpret_cast<Bytef*>(to.data());
        stream_.avail_out = static_cast<uInt>(to.size());
        const int status = ::inflate(&stream_, Z_NO_FLUSH);
        at_end_ = status == Z_STREAM_END;
        const bool is_broken = status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
        return {from.size() - stream_.avail_in, to.size() - stream_.avail_out, is_broken};
    }
    [[nodiscard]] bool is_whole() const override { return at_end_; }

  private:
    static constexpr int window_and_gzip = 15 + 16;
    static constexpr std::byte first_of_magic{0x1f};
    z_stream stream_{};
    bool is_good_ = false, at_end_ = false;
};

class Unzstd : public PackedFile::Unpacker {
  public:
    Unzstd() : context_(::ZSTD_createDCtx()) {}

    Step unpack(std::span<const std::byte> from, std::span<std::byte> to) override {
        if (at_end_ && from.empty()) return {};  // the decoder would expect another frame
        ZSTD_inBuffer in{from.data(), from.size(), 0};
        ZSTD_outBuffer out{to.data(), to.size(), 0};
        const std::size_t status = ::ZSTD_decompressStream(context_.get(), &out, &in);
        at_end_ = status == 0;
        return {in.pos, out.pos, ::ZSTD_isError(status) != 0};
    }
    [[nodiscard]] bool is_whole() const override { return at_end_; }

  private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const noexcept { ::ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    bool at_end_ = false;
};

std::string error_text() {
    return net::last_socket_error().why;
}

}  // namespace

wire::expected<PackedFile, net::SocketError> PackedFile::open(const std::string& path,
                                                              std::stop_token stopped) {
    // O_NONBLOCK, so that a FIFO does not block the open.
    os::Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor.is_open()) return net::last_socket_error();
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0) return net::last_socket_error();
    if (!S_ISREG(status.st_mode)) return net::SocketError{"not a regular file"};
    PackedFile file(std::move(descriptor), std::move(stopped));
    (void)file.refill();
    struct Row {
        std::string_view magic, name;
    };
    constexpr Row others[] = {{"\xfd"
                               "7zXZ",
                               "xz"},
                              {"BZh", "bzip2"},
                              {"\x04\x22\x4d\x18", "lz4"},
                              {"PK\x03\x04", "zip"},
                              {"7z\xbc\xaf", "7z"}};
    const std::string_view begin(reinterpret_cast<const char*>(file.buffer_.data()), file.end_);
    for (const Row& row : others) {
        if (!begin.starts_with(row.magic)) continue;
        return net::SocketError{"packed by " + std::string(row.name) + ": unpack it first"};
    }
    if (begin.starts_with("\x1f\x8b")) file.unpacker_ = std::make_unique<Gunzip>();
    if (begin.starts_with("\x28\xb5\x2f\xfd")) file.unpacker_ = std::make_unique<Unzstd>();
    return file;
}

/// False: the end of the file.
bool PackedFile::refill() {
    begin_ = end_ = 0;
    while (!is_over_) {
        const ssize_t got = stopped_.stop_requested()
                                ? 0
                                : ::read(descriptor_.get(), buffer_.data(), buffer_.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) trouble_ = error_text();
        if (got > 0) {
            end_ = static_cast<std::size_t>(got);
            return true;
        }
        is_over_ = true;
    }
    return false;
}

std::size_t PackedFile::read(std::span<std::byte> to) {
    std::size_t done = 0;
    while (done < to.size()) {
        const std::span rest = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
        if (!unpacker_) {
            const std::size_t part = std::min(rest.size(), to.size() - done);
            std::copy_n(rest.begin(), part, to.begin() + static_cast<std::ptrdiff_t>(done));
            begin_ += part;
            done += part;
            if (done < to.size() && !refill()) break;
            continue;
        }
        // Called also without new input: the decoder may hold output that did not fit.
        const Step step = unpacker_->unpack(rest, to.subspan(done));
        begin_ += step.taken;
        done += step.given;
        if (step.is_broken) {
            trouble_ = "damaged file: cannot be decompressed";
            is_over_ = true;
            begin_ = end_ = 0;
            break;
        }
        if (stopped_.stop_requested()) break;
        if (step.taken + step.given > 0 || refill()) continue;
        if (!unpacker_->is_whole() && trouble_.empty()) {
            trouble_ = "truncated dump file: the compressed data ends early";
        }
        break;
    }
    return done;
}

}  // namespace ci::sources
