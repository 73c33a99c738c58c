#include "wire/message_inflater.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace ci::wire {

struct MessageInflater::State {
    State() : is_ready(inflateInit2(&stream, -MAX_WBITS) == Z_OK) {}
    ~State() {
        if (is_ready) inflateEnd(&stream);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    z_stream stream{};
    bool is_ready;
};

MessageInflater::MessageInflater() = default;
MessageInflater::~MessageInflater() = default;
MessageInflater::MessageInflater(MessageInflater&&) noexcept = default;
MessageInflater& MessageInflater::operator=(MessageInflater&&) noexcept = default;

void MessageInflater::reset() noexcept {
    state_.reset();
}

bool MessageInflater::add(std::string_view compressed, std::size_t largest, std::string& out) {
    constexpr std::string_view tail("\0\0\xff\xff", 4);
    if (!state_) state_ = std::make_unique<State>();
    z_stream& stream = state_->stream;
    const std::size_t before = out.size();
    bool is_good = state_->is_ready;
    std::array<char, 4096> piece{};
    for (const std::string_view part : {compressed, tail}) {
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
        stream.avail_in = static_cast<uInt>(part.size());
        // If the output is full, more output may follow although all input is taken.
        for (bool is_full = false; is_good && (stream.avail_in > 0 || is_full);) {
            stream.next_out = reinterpret_cast<Bytef*>(piece.data());
            stream.avail_out = static_cast<uInt>(piece.size());
            const int state = ::inflate(&stream, Z_SYNC_FLUSH);
            is_full = stream.avail_out == 0;
            out.append(piece.data(), piece.size() - stream.avail_out);
            // A message may end in a final block; the next message then begins a new deflate stream
            // (RFC 7692 7.2.3.4).
            if (state == Z_STREAM_END && inflateReset(&stream) != Z_OK) is_good = false;
            if (state == Z_STREAM_END && part.data() == tail.data()) break;
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) is_good = false;
            if (out.size() - before > largest) is_good = false;
        }
    }
    if (out.size() - before > largest) out.resize(before + largest);
    if (!is_good) reset();
    return is_good;
}

}  // namespace ci::wire
