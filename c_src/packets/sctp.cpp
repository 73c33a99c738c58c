#include "packets/sctp.h"

#include <algorithm>

#include "packets/octets.h"
#include "packets/payload.h"
#include "packets/sip_stream.h"
#include "sip/message.h"

namespace ci::packets {
namespace {

constexpr std::size_t common_head = 12, sctp_chunk_head = 4, data_head = 16;
constexpr std::size_t piece_cost = 128;  ///< memory of one piece beside its octets
constexpr unsigned type_data = 0, type_init = 1, type_init_ack = 2;
constexpr unsigned flag_end = 1, flag_begin = 2;

/// The more telling fate of two chunks in one packet.
Fate both(Fate one, Fate other) {
    constexpr Fate order[] = {Fate::sip, Fate::waits, Fate::not_sip, Fate::keepalive,
                              Fate::sctp_again};
    for (const Fate fate : order) {
        if (one == fate || other == fate) return fate;
    }
    return other;
}

}  // namespace

bool Sctp::is_packet(wire::Bytes payload) noexcept {
    if (payload.size() < common_head + sctp_chunk_head) return false;
    for (std::size_t at = common_head; at < payload.size();) {
        if (payload.size() - at < sctp_chunk_head) return false;
        const std::size_t length = wire::be_at<std::uint16_t>(payload, at + 2);
        // Bytes of another protocol would often give a chunk type that is not in use.
        constexpr unsigned last_common = 15;
        const unsigned type = octet(payload, at);
        if (length < sctp_chunk_head || length > payload.size() - at) return false;
        if (type > last_common && type < 0x40) return false;
        at += (length + 3) / 4 * 4;
    }
    return true;
}

Fate Sctp::decode(const IpPacket& packet, wire::Micros at) {
    const wire::Bytes octets = packet.payload;
    if (octets.size() < common_head) return packet.is_cut ? Fate::cut : Fate::bad_length;
    const Ends ends{{packet.source, wire::be_at<std::uint16_t>(octets, 0)},
                    {packet.destination, wire::be_at<std::uint16_t>(octets, 2)},
                    packet.network};
    auto flow = flows_.end();
    Fate fate = Fate::sctp_control;
    for (std::size_t begin = common_head; octets.size() - begin >= sctp_chunk_head;) {
        const std::size_t length = wire::be_at<std::uint16_t>(octets, begin + 2);
        const std::size_t there = octets.size() - begin;
        if (length < sctp_chunk_head) return both(fate, Fate::bad_length);
        if (length > there && !packet.is_cut) return both(fate, Fate::bad_length);
        const unsigned type = octet(octets, begin);
        if (type == type_init || type == type_init_ack) {  // TSNs begin anew
            forget(ends);
            flow = flows_.end();
        }
        if (type == type_data && std::min(length, there) > data_head) {
            const auto chunk = octets.subspan(begin, std::min(length, there));
            const unsigned flags = octet(chunk, 1);
            Data data;
            data.number = wire::be_at<std::uint32_t>(chunk, 4);
            data.stream = wire::be_at<std::uint16_t>(chunk, 8);
            data.begins = (flags & flag_begin) != 0;
            data.ends = (flags & flag_end) != 0;
            data.is_cut = length > there;
            data.bytes = wire::as_text(chunk.subspan(data_head));
            if (flow == flows_.end()) flow = open(ends);
            const Fate found = add_data(flow->second, data, at);
            fate = fate == Fate::sctp_control ? found : both(fate, found);
        }
        const std::size_t step = (length + 3) / 4 * 4;
        if (step >= there) break;
        begin += step;
    }
    while (held_ > limits_.bytes) close(flows_.find(ages_.front()));
    return fate;
}

void Sctp::forget(const Ends& ends) {
    const auto flow = flows_.find(key_of(ends));
    if (flow != flows_.end()) close(flow);
}

Sctp::Flows::iterator Sctp::open(const Ends& ends) {
    const Key key = key_of(ends);
    const auto found = flows_.find(key);
    if (found != flows_.end()) {
        ages_.splice(ages_.end(), ages_, found->second.age);
        return found;
    }
    while (flows_.size() >= limits_.flows) close(flows_.find(ages_.front()));
    Flow flow;
    flow.ends = ends;
    flow.age = ages_.insert(ages_.end(), key);
    return flows_.try_emplace(key, std::move(flow)).first;
}

/// False: the chunk was seen before. A TSN far away begins a new association.
bool Sctp::is_new(Flow& flow, std::uint32_t number, std::uint64_t& wide) {
    constexpr std::int64_t far = 1'048'576;
    const auto ahead =
        std::int64_t{static_cast<std::int32_t>(number - static_cast<std::uint32_t>(flow.top))};
    const bool is_first = flow.top == 0;
    if (is_first || ahead > far || ahead < -far) {
        while (!flow.pieces.empty()) give_up(flow, flow.pieces.begin());
        flow.seen.reset();
        flow.top = wide = (std::uint64_t{1} << 40U) + number;
        flow.seen.set(wide % window);
        return true;
    }
    wide = flow.top + static_cast<std::uint64_t>(ahead);
    if (ahead <= 0) {
        if (-ahead >= static_cast<std::int64_t>(window) || flow.seen.test(wide % window)) {
            return false;
        }
        flow.seen.set(wide % window);
        return true;
    }
    if (static_cast<std::size_t>(ahead) >= window) {
        flow.seen.reset();
    } else {
        for (std::uint64_t one = flow.top + 1; one <= wide; ++one) flow.seen.reset(one % window);
    }
    flow.top = wide;
    flow.seen.set(wide % window);
    return true;
}

Fate Sctp::add_data(Flow& flow, const Data& data, wire::Micros at) {
    std::uint64_t number = 0;
    if (!is_new(flow, data.number, number)) return Fate::sctp_again;
    if (data.begins && (data.ends || data.is_cut)) {
        return deliver(flow, data.bytes, data.is_cut, at);
    }
    if (data.is_cut) return Fate::cut;
    const auto piece = flow.pieces
                           .try_emplace(number, Piece{std::string(data.bytes), at, data.stream,
                                                      data.begins, data.ends})
                           .first;
    held_ += data.bytes.size() + piece_cost;
    const Fate fate = join(flow, piece, at);
    while (flow.pieces.size() > limits_.pieces) give_up(flow, flow.pieces.begin());
    return fate;
}

/// Delivers the message of `piece` if it is whole now.
Fate Sctp::join(Flow& flow, Pieces::iterator piece, wire::Micros at) {
    const auto goes_on = [](Pieces::iterator one, Pieces::iterator other) {
        return one->first + 1 == other->first && one->second.stream == other->second.stream &&
               !one->second.ends && !other->second.begins;
    };
    auto first = piece;
    while (!first->second.begins) {
        if (first == flow.pieces.begin() || !goes_on(std::prev(first), first)) return Fate::waits;
        --first;
    }
    auto last = piece;
    while (!last->second.ends) {
        const auto behind = std::next(last);
        if (behind == flow.pieces.end() || !goes_on(last, behind)) return Fate::waits;
        last = behind;
    }
    std::string whole;
    for (auto one = first; one != std::next(last); ++one) {
        whole += one->second.bytes;
        at = std::max(at, one->second.at);
    }
    erase(flow, first, std::next(last));
    return deliver(flow, whole, false, at);
}

Fate Sctp::deliver(Flow& flow, std::string_view bytes, bool is_cut, wire::Micros at) {
    if (!sip::looks_like_sip(bytes)) return fate_of(bytes);
    Message message;
    message.bytes = wire::as_bytes(bytes);
    message.source = flow.ends.source;
    message.destination = flow.ends.destination;
    message.protocol = proto_sctp;
    flow.last = message.at = in_order(at, flow.last);
    message.is_cut = is_cut;
    flow.is_sip = true;
    outlet_.give(message);
    return Fate::sip;
}

/// Gives up the pieces of one incomplete message. Returns the piece behind them.
Sctp::Pieces::iterator Sctp::give_up(Flow& flow, Pieces::iterator first) {
    std::string bytes;
    auto behind = first;
    std::uint64_t number = first->first;
    do {
        bytes += behind->second.bytes;
        ++behind;
        ++number;
    } while (behind != flow.pieces.end() && behind->first == number && !behind->second.begins);
    if (first->second.begins ? sip::looks_like_sip(bytes) : flow.is_sip) {
        outlet_.count(Loss::sctp_lost);
    }
    if (first->second.begins && names_a_call(bytes)) {
        deliver(flow, bytes, true, first->second.at);
    }
    erase(flow, first, behind);
    return behind;
}

void Sctp::erase(Flow& flow, Pieces::iterator from, Pieces::iterator to) {
    for (auto one = from; one != to; ++one) held_ -= one->second.bytes.size() + piece_cost;
    flow.pieces.erase(from, to);
}

void Sctp::close(Flows::iterator flow) {
    while (!flow->second.pieces.empty()) give_up(flow->second, flow->second.pieces.begin());
    ages_.erase(flow->second.age);
    flows_.erase(flow);
}

void Sctp::pass(wire::Micros now) {
    for (auto& [key, flow] : flows_) {
        for (auto piece = flow.pieces.begin(); piece != flow.pieces.end();) {
            const bool is_old = now - piece->second.at > limits_.patience;
            piece = is_old ? give_up(flow, piece) : std::next(piece);
        }
    }
}

void Sctp::end() {
    while (!flows_.empty()) close(flows_.begin());
}

}  // namespace ci::packets
