// Valid UTF-8 out of any bytes.
#include "chunk/chunk.h"
#include "wire/utf8.h"

namespace ci::chunk {

std::string to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = wire::utf8_length(bytes);
        if (length == 0) {
            wire::append_utf8(static_cast<unsigned char>(bytes.front()), out);
            bytes.remove_prefix(1);
        } else {
            out += bytes.substr(0, length);
            bytes.remove_prefix(length);
        }
    }
    return out;
}

}  // namespace ci::chunk
