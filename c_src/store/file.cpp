#include "store/file.h"

#include <sys/stat.h>

#include <cerrno>

namespace ci::store {

int read_all(const File& file, std::size_t most, std::string& out) {
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return errno;
    if (static_cast<std::size_t>(info.st_size) > most) return EFBIG;
    out.resize(static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    while (done < out.size()) {  // what is appended meanwhile belongs to the next question
        const ssize_t n = ::pread(file.descriptor(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) break;  // truncated meanwhile
        done += static_cast<std::size_t>(n);
    }
    out.resize(done);
    return 0;
}

}  // namespace ci::store
