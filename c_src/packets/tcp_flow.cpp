#include "packets/tcp_flow.h"

namespace ci::packets {
namespace {

/// Nobody sends again what is this old: the ports are used anew, and the begin was missed.
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
    if (ahead < -old || ahead > static_cast<std::int64_t>(most_waiting)) {
        pieces_.clear();  // what lies between could not be kept either
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
        take(bytes, missing, at);
        drain();
        return true;
    }
    const auto [place, is_new] = pieces_.try_emplace(begin, Piece{std::string(bytes), missing, at});
    if (!is_new) {
        if (place->second.bytes.size() >= bytes.size()) return false;
        waiting_ -= place->second.bytes.size();
        place->second = {std::string(bytes), missing, at};
    }
    waiting_ += bytes.size();
    while (waiting_ > most_waiting || pieces_.size() > most_pieces) skip_gap();
    return true;
}

void TcpFlow::finish_at(std::uint32_t sequence) {
    end_ = widen(sequence);
}

bool TcpFlow::expire(wire::Micros now) {
    if (pieces_.empty() || now - pieces_.begin()->second.at <= patience) return false;
    skip_gap();
    return true;
}

bool TcpFlow::give_up() {
    if (pieces_.empty()) return false;
    skip_gap();
    return true;
}

void TcpFlow::take(std::string_view bytes, std::size_t missing, wire::Micros at) {
    stream_.append(bytes, at);
    next_ += bytes.size();
    if (missing == 0) return;
    ++gaps_;
    stream_.lose();
    next_ += missing;
}

void TcpFlow::skip_gap() {
    ++gaps_;
    stream_.lose();
    next_ = pieces_.begin()->first;
    drain();
}

void TcpFlow::drain() {
    while (!pieces_.empty() && pieces_.begin()->first <= next_) {
        const auto piece = pieces_.begin();
        const std::uint64_t known = next_ - piece->first;
        waiting_ -= piece->second.bytes.size();
        if (known < piece->second.bytes.size()) {
            take(std::string_view(piece->second.bytes).substr(known), piece->second.missing,
                 piece->second.at);
        }
        pieces_.erase(piece);
    }
}

}  // namespace ci::packets
