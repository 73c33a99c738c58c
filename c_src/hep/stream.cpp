#include "hep/stream.h"

#include <algorithm>

#include "hep/hep3.h"

namespace ci::hep {

std::span<std::byte> StreamCutter::room() {
    if (buffer_.empty()) buffer_.resize(buffer_size);
    if (begin_ > 0) {
        const auto rest = std::span(buffer_).subspan(begin_, end_ - begin_);
        std::copy(rest.begin(), rest.end(), buffer_.begin());
        end_ -= begin_;
        begin_ = 0;
    }
    return std::span(buffer_).subspan(end_);
}

std::optional<wire::Bytes> StreamCutter::next() noexcept {
    const auto waiting = wire::Bytes(buffer_).subspan(begin_, end_ - begin_);
    if (waiting.size() < hep3_packet_head) return std::nullopt;
    const std::size_t total = wire::be_at<std::uint16_t>(waiting, 4);
    if (!has_hep3_magic(waiting)) {
        lost_ = StreamRejection{StreamReason::stream_desync, passed_};
    } else if (total < hep3_packet_head) {
        lost_ = StreamRejection{StreamReason::stream_desync, passed_ + 4};
    }
    if (lost_ || waiting.size() < total) return std::nullopt;
    begin_ += total;
    passed_ += total;
    return waiting.first(total);
}

std::optional<StreamRejection> StreamCutter::end() const noexcept {
    if (lost_) return lost_;
    if (begin_ == end_) return std::nullopt;
    return StreamRejection{StreamReason::stream_eof_mid_frame, passed_ + end_ - begin_};
}

}  // namespace ci::hep
