// Any file gives frames or says what is wrong with it, in bounded memory, however it is read; what
// a file begins with is read the same if the rest is missing.
#include <algorithm>
#include <string>
#include <vector>

#include "must.h"
#include "packets/capture_file.h"

namespace ci::fuzz {
namespace {

struct Frame {
    std::string bytes;
    wire::Micros at;
    int link_type;
    friend bool operator==(const Frame&, const Frame&) = default;
};

std::vector<Frame> read(std::string_view bytes) {
    std::vector<Frame> frames;
    packets::CaptureFile file([&](std::span<std::byte> to) {
        const auto part = wire::as_bytes(bytes.substr(0, to.size()));
        std::copy(part.begin(), part.end(), to.begin());
        bytes.remove_prefix(part.size());
        return part.size();
    });
    if (!file.open()) {
        must(!file.trouble().empty(), "what cannot be read says why");
        return frames;
    }
    packets::Record record;
    auto state = packets::RecordState::frame;
    while ((state = file.next(record)) == packets::RecordState::frame) {
        must(record.bytes.size() <= packets::max_frame, "a frame has an end");
        must(record.at >= 0 && record.at < (packets::latest_second + 1) * 1'000'000, "and a time");
        must(record.link_type >= 0 && record.link_type <= 65'535, "and a link type");
        frames.push_back({std::string(wire::as_text(record.bytes)), record.at, record.link_type});
    }
    must((state == packets::RecordState::failed) == !file.trouble().empty(),
         "what is wrong is said, and only that");
    return frames;
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci::fuzz;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto whole = read(input);
    const auto part = read(input.substr(0, size - size / 3));
    must(part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin()),
         "a part of the file has a part of the frames");
    return 0;
}
