#include "packets/fragments.h"

namespace ci::packets {
namespace {

constexpr std::size_t largest_datagram = 65'535;

Key key_of(const IpPacket& packet) {
    // IPv6 does not tell datagrams apart by protocol (RFC 8200 4.5).
    const bool is_ipv4 = packet.source.family == wire::Family::ipv4;
    const std::uint64_t protocol = is_ipv4 ? packet.protocol : 0;
    return {packet.source, packet.destination,
            std::uint64_t{packet.network} << 40U | protocol << 32U | packet.fragment->id};
}

}  // namespace

Fragments::State Fragments::add(IpPacket& packet, wire::Micros at, std::string& payload,
                                std::size_t& given_up) {
    const Fragment part = *packet.fragment;
    const std::size_t end = part.offset + packet.payload.size();
    // All but the last are multiples of eight (RFC 791 3.2).
    if (packet.payload.empty() || end > largest_datagram ||
        (part.more && packet.payload.size() % 8 != 0)) {
        return State::refused;
    }
    const Key key = key_of(packet);
    auto found = datagrams_.find(key);
    if (found == datagrams_.end()) {
        found = datagrams_.try_emplace(key).first;
        found->second.began = at;
        found->second.age = ages_.insert(ages_.end(), key);
    }
    Datagram& datagram = found->second;
    const std::size_t known_to =
        datagram.pieces.empty()
            ? 0
            : datagram.pieces.rbegin()->first + datagram.pieces.rbegin()->second.size();
    const bool contradicts =
        (datagram.size && end > *datagram.size) ||
        (!part.more && (end < known_to || (datagram.size && end != *datagram.size)));
    if (contradicts || datagram.pieces.size() >= limits_.pieces) {
        erase(found);
        ++given_up;
        return State::refused;
    }
    if (!part.more) datagram.size = end;
    if (part.offset == 0) datagram.protocol = packet.protocol;
    insert(datagram, part.offset, wire::as_text(packet.payload));

    if (datagram.held == datagram.size) {
        payload.clear();
        for (const auto& [offset, bytes] : datagram.pieces) payload += bytes;
        packet.payload = wire::as_bytes(payload);
        packet.protocol = datagram.protocol;
        packet.fragment.reset();
        erase(found);
        return State::whole;
    }
    while (datagrams_.size() > limits_.datagrams || held_ > limits_.bytes) {
        erase(datagrams_.find(ages_.front()));
        ++given_up;
    }
    return State::waits;
}

void Fragments::insert(Datagram& datagram, std::size_t offset, std::string_view bytes) {
    auto next = datagram.pieces.upper_bound(offset);
    if (next != datagram.pieces.begin()) {
        const auto before = std::prev(next);
        const std::size_t covered = before->first + before->second.size();
        if (covered > offset) {
            const std::size_t skip = std::min(covered - offset, bytes.size());
            bytes.remove_prefix(skip);
            offset += skip;
        }
    }
    while (!bytes.empty()) {
        const bool is_last = next == datagram.pieces.end();
        const std::size_t room = is_last ? bytes.size() : next->first - offset;
        const auto fits = bytes.substr(0, room);
        if (!fits.empty()) {
            datagram.pieces.emplace_hint(next, offset, fits);
            datagram.held += fits.size();
            held_ += fits.size();
        }
        if (is_last) return;
        const std::size_t skip = std::min(fits.size() + next->second.size(), bytes.size());
        bytes.remove_prefix(skip);
        offset += skip;
        ++next;
    }
}

void Fragments::erase(Datagrams::iterator datagram) {
    held_ -= datagram->second.held;
    ages_.erase(datagram->second.age);
    datagrams_.erase(datagram);
}

std::size_t Fragments::expire(wire::Micros now) {
    std::size_t count = 0;
    while (!ages_.empty()) {
        const auto oldest = datagrams_.find(ages_.front());
        if (now - oldest->second.began <= limits_.patience) break;
        erase(oldest);
        ++count;
    }
    return count;
}

std::size_t Fragments::clear() {
    const std::size_t count = datagrams_.size();
    datagrams_.clear();
    ages_.clear();
    held_ = 0;
    return count;
}

}  // namespace ci::packets
