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

Error compress(Disk& disk, const std::filesystem::path& path, Group group) {
    std::string text;
    if (Error error = read_whole(path, text)) return error;
    const auto target = compressed_path(path);
    std::string packed;
    std::string old;
    if (Error error = read_whole(target, packed)) {
        if (error.code != ENOENT) return error;
    } else if (const int broken = unpack(packed, old); broken != 0) {
        return {broken, target};
    }
    text = without_doubles(text, old);
    if (const int error = append_frame(text, packed); error != 0) return {error, target};
    // The plain file is removed below, so its lines must be on the medium in the compressed one by
    // then.
    if (Error error = replace_whole(disk, target, packed, group)) return error;
    const auto directory = path.parent_path();
    if (disk.sync_directory(directory.c_str()) != 0) return {errno, directory};
    return {disk.unlink(path.c_str()) == 0 || errno == ENOENT ? 0 : errno, path};
}

}  // namespace ci::store
