#include "erlang/frames.h"

namespace ci::erlang {

void FrameCutter::append(wire::Bytes piece) {
    // Frames handed out are dropped only here, so that their views are valid until now.
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    constexpr std::size_t usual = 1U << 20U;
    if (buffer_.capacity() > usual && buffer_.size() + piece.size() < usual / 2) {
        buffer_.shrink_to_fit();  // a single large frame must not hold its memory for good
    }
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
}

std::optional<wire::Bytes> FrameCutter::next() noexcept {
    const auto left = wire::Bytes(buffer_).subspan(at_);
    if (left.size() < frame_head) return std::nullopt;
    const std::size_t length = wire::be_at<std::uint32_t>(left, 0);
    if (length > limit_ || left.size() - frame_head < length) return std::nullopt;
    at_ += frame_head + length;
    return left.subspan(frame_head, length);
}

std::optional<std::size_t> FrameCutter::oversized() const noexcept {
    const auto left = wire::Bytes(buffer_).subspan(at_);
    if (left.size() < frame_head) return std::nullopt;
    const std::size_t length = wire::be_at<std::uint32_t>(left, 0);
    if (length <= limit_) return std::nullopt;
    return length;
}

}  // namespace ci::erlang
