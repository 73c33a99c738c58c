#include "web/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace ci::web {
namespace {

class Stream {
  public:
    explicit Stream(int level) {
        constexpr int gzip_window = 15 + 16, memory = 8;
        const int failed =
            ::deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY);
        if (failed != Z_OK) throw std::bad_alloc();
    }
    ~Stream() { ::deflateEnd(&stream_); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void write(std::string_view octets, std::string& out) {
        constexpr std::size_t step = 1U << 30U;
        do {
            const std::string_view part = octets.substr(0, step);
            octets.remove_prefix(part.size());
            // zlib does not write to its input.
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
            stream_.avail_in = static_cast<uInt>(part.size());
            take(octets.empty() ? Z_FINISH : Z_NO_FLUSH, out);
        } while (!octets.empty());
    }

  private:
    void take(int flush, std::string& out) {
        char buffer[1U << 14U];
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer);
            stream_.avail_out = sizeof buffer;
            ::deflate(&stream_, flush);
            out.append(buffer, sizeof buffer - stream_.avail_out);
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
};

}  // namespace

std::string gzip(std::string_view octets, int level) {
    std::string out;
    Stream(level).write(octets, out);
    return out;
}

}  // namespace ci::web
