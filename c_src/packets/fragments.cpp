#include "packets/fragments.h"

namespace ci::packets {
namespace {

constexpr std::size_t largest_datagram = 65'535;

Key key_of(const IpPacket& packet) {
    // In IPv6 the protocol is not part of a datagram's identity (RFC 8200 4.5).
    const bool is_ipv4 = packet.source.family == wire::Family::ipv4;
    const std::uint64_t protocol = is_ipv4 ? packet.protocol : 0;
    return {packet.source, packet.destination,
            std::uint64_t{packet.network} << 40U | protocol << 32U | packet.fragment->id};
}

}  // namespace

Fragments::State Fragments::add(IpPacket& packet, wire::Micros at, std::string& payload) {
    const Fragment part = *packet.fragment;
    const std::size_t end = part.offset + packet.payload.size();
    // The length of every fragment but the last is a multiple of eight (RFC 791 3.2).
    if (packet.payload.empty() || end > largest_datagram ||
        (part.more && !packet.is_cut && packet.payload.size() % 8 != 0)) {
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
    const bool is_last = !part.more && !packet.is_cut;
    const bool contradicts =
        (datagram.size && end > *datagram.size) ||
        (is_last && (end < known_to || (datagram.size && end != *datagram.size)));
    if (contradicts || datagram.pieces.size() >= limits_.pieces) {
        give_up(found);
        return State::refused;
    }
    if (is_last) datagram.size = end;
    if (part.offset == 0 && !datagram.first) {
        datagram.first = packet;
        datagram.first->payload = {};
        datagram.first->fragment.reset();
        datagram.first_at = at;
    }
    insert(datagram, part.offset, wire::as_text(packet.payload));

    if (datagram.held == datagram.size) {
        payload.clear();
        for (const auto& [offset, bytes] : datagram.pieces) payload += bytes;
        packet.payload = wire::as_bytes(payload);
        packet.protocol = datagram.first ? datagram.first->protocol : packet.protocol;
        packet.is_cut = false;
        packet.missing = 0;
        packet.fragment.reset();
        erase(found);
        return State::whole;
    }
    while (datagrams_.size() > limits_.datagrams || held_ > limits_.bytes ||
           pieces_ > limits_.all_pieces) {
        give_up(datagrams_.find(ages_.front()));
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
            ++pieces_;
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
    pieces_ -= datagram->second.pieces.size();
    ages_.erase(datagram->second.age);
    datagrams_.erase(datagram);
}

void Fragments::give_up(Datagrams::iterator datagram) {
    const Datagram& known = datagram->second;
    Lost& lost = lost_.emplace_back();
    lost.packet = known.first;
    lost.at = known.first_at;
    for (const auto& [offset, bytes] : known.pieces) {
        if (offset != lost.payload.size()) break;
        lost.payload += bytes;
    }
    if (lost.packet) {
        lost.packet->is_cut = true;
        lost.packet->missing = known.size.value_or(lost.payload.size()) - lost.payload.size();
    }
    erase(datagram);
}

void Fragments::expire(wire::Micros now) {
    while (!ages_.empty()) {
        const auto oldest = datagrams_.find(ages_.front());
        if (now - oldest->second.began <= limits_.patience) break;
        give_up(oldest);
    }
}

void Fragments::clear() {
    while (!ages_.empty()) give_up(datagrams_.find(ages_.front()));
}

}  // namespace ci::packets
