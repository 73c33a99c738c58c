#include "store/calls/compress.h"

#include <zstd.h>

#include <cerrno>
#include <memory>

#include "store/disk/file_io.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

constexpr int level = 3;

int append_frame(std::string_view text, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + ZSTD_compressBound(text.size()));
    const std::size_t n =
        ZSTD_compress(out.data() + before, out.size() - before, text.data(), text.size(), level);
    if (ZSTD_isError(n) != 0) return ENOMEM;
    out.resize(before + n);
    return 0;
}

int unpack(std::string_view packed, std::string& out) {
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                          &ZSTD_freeDCtx);
    if (!context) return ENOMEM;
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::size_t rest = 0;
    while (in.pos < in.size) {
        ZSTD_outBuffer unpacked{piece.data(), piece.size(), 0};
        rest = ZSTD_decompressStream(context.get(), &unpacked, &in);
        if (ZSTD_isError(rest) != 0) return EBADMSG;
        out.append(piece, 0, unpacked.pos);
        if (out.size() > max_read) return EFBIG;
    }
    while (rest != 0) {  // the decoder still holds output
        ZSTD_outBuffer unpacked{piece.data(), piece.size(), 0};
        rest = ZSTD_decompressStream(context.get(), &unpacked, &in);
        if (ZSTD_isError(rest) != 0 || unpacked.pos == 0) return EBADMSG;
        out.append(piece, 0, unpacked.pos);
    }
    return 0;
}

}  // namespace

std::filesystem::path compressed_path(const std::filesystem::path& path) {
    return std::filesystem::path(path) += compressed_suffix;
}

int read_compressed(const File& file, std::string& out) {
    std::string packed;
    if (const int error = read_whole(file, max_read, packed); error != 0) return error;
    return unpack(packed, out);
}

int compress(Disk& disk, const std::filesystem::path& path, Group group) {
    std::string text;
    if (const int error = read_whole(path, text); error != 0) return error;
    const auto target = compressed_path(path);
    std::string packed;
    std::string old;
    int error = read_whole(target, packed);
    if (error == 0) error = unpack(packed, old);
    if (error != 0 && error != ENOENT) return error;
    text = without_doubles(text, old);
    if (error = append_frame(text, packed); error != 0) return error;
    // The plain file is removed below, so its lines must be on the medium in the compressed one by
    // then.
    if (error = replace_whole(disk, target, packed, group); error != 0) return error;
    if (disk.sync_directory(path.parent_path().c_str()) != 0) return errno;
    return disk.unlink(path.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

}  // namespace ci::store
