#include "packets/tcp_flow.h"

namespace ci::packets {
namespace {

/// No sender retransmits data this many octets back: a new connection uses the ports, and its SYN
/// was not captured.
constexpr std::int64_t old = 1'048'576;

}  // namespace

std::uint64_t TcpFlow::widen(std::uint32_t sequence) const noexcept {
    const auto ahead = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(next_));
    return next_ + static_cast<std::uint64_t>(std::int64_t{ahead});
}

bool TcpFlow::add(std::uint32_t sequence, std::string_view bytes, std::size_t missing,
                  wire::Micros at) {
    std::uint64_t begin = widen(sequence);
    const auto ahead = static_cast<std::int64_t>(begin - next_);
    if (ahead < -old || ahead > static_cast<std::int64_t>(max_waiting)) {
        pieces_.clear();  // the segments between are too far away as well
        waiting_ = 0;
        ++gaps_;
        stream_.lose();
        next_ = begin = wide(sequence);
        end_.reset();
    }
    if (static_cast<std::int64_t>(begin - next_) < 0) {
        const std::uint64_t known = next_ - begin;
        if (known >= bytes.size()) return false;
        bytes.remove_prefix(known);
        begin = next_;
    }
    last_ = at;
    if (begin == next_) {
        append(bytes, missing, at);
        return true;
    }
    const auto [place, is_new] = pieces_.try_emplace(begin, Piece{std::string(bytes), missing, at});
    if (!is_new) {
        if (place->second.bytes.size() >= bytes.size()) return false;
        waiting_ -= place->second.bytes.size();
        place->second = {std::string(bytes), missing, at};
    }
    waiting_ += bytes.size();
    return true;
}

void TcpFlow::finish_at(std::uint32_t sequence) {
    end_ = widen(sequence);
}

std::optional<Found> TcpFlow::next() {
    for (;;) {
        if (auto found = stream_.next()) return found;
        if (missing_ > 0) {
            ++gaps_;
            stream_.lose();
            next_ += missing_;
            missing_ = 0;
        } else if (!append_piece()) {
            return std::nullopt;
        }
    }
}

bool TcpFlow::expire(wire::Micros now) {
    if (pieces_.empty() || now - pieces_.begin()->second.at <= patience) return false;
    return give_up();
}

bool TcpFlow::give_up() {
    if (pieces_.empty()) return false;
    ++gaps_;
    stream_.lose();
    next_ = pieces_.begin()->first;
    return true;
}

void TcpFlow::append(std::string_view bytes, std::size_t missing, wire::Micros at) {
    stream_.append(bytes, at);
    next_ += bytes.size();
    missing_ = missing;
}

/// False: no piece continues the stream at next_.
bool TcpFlow::append_piece() {
    if (pieces_.empty() || pieces_.begin()->first > next_) return false;
    const auto piece = pieces_.extract(pieces_.begin());
    const auto& [bytes, missing, at] = piece.mapped();
    const std::uint64_t known = next_ - piece.key();
    waiting_ -= bytes.size();
    if (known < bytes.size()) append(std::string_view(bytes).substr(known), missing, at);
    return true;
}

}  // namespace ci::packets
