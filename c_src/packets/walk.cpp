#include "packets/walk.h"

#include "packets/octets.h"

namespace ci::packets {
namespace {

Step open(const Step& step, Walk& walk) {
    switch (step.layer) {
        case Layer::ethernet:
            return open_ethernet(step.bytes, walk);
        case Layer::ether_type:
            return open_ether_type(step.type, step.bytes, walk);
        case Layer::llc:
            return open_llc(step.bytes);
        case Layer::mpls:
            return open_mpls(step.bytes, walk);
        case Layer::pppoe:
            return open_pppoe(step.bytes);
        case Layer::ppp:
            return open_ppp(step.bytes);
        case Layer::hdlc:
            return open_hdlc(step.bytes);
        case Layer::frame_relay:
            return open_frame_relay(step.bytes);
        case Layer::wlan:
            return open_wlan(step.bytes, walk);
        case Layer::radiotap:
        case Layer::prism:
        case Layer::avs:
            return open_radio(step.layer, step.bytes);
        default:
            return open_outermost(step.layer, step.bytes, walk);
    }
}

}  // namespace

bool looks_like_ip(wire::Bytes bytes) noexcept {
    constexpr std::size_t ipv4_head = 20;
    constexpr std::size_t ipv6_head = 40;
    if (bytes.empty()) return false;
    const unsigned version = octet(bytes, 0) >> 4U;
    if (version == 6) return bytes.size() >= ipv6_head;
    if (version != 4 || bytes.size() < ipv4_head) return false;
    const std::size_t head = std::size_t{octet(bytes, 0) & 15U} * 4;
    const std::size_t total = wire::be_at<std::uint16_t>(bytes, 2);
    return head >= ipv4_head && (total == 0 || total >= head);
}

bool Walk::run(Step step) {
    const Inside before = inside_;
    while (step.layer != Layer::raw && step.layer != Layer::none) {
        if (++steps_ > max_steps) {
            step = {Layer::none, {}, 0, Fate::too_deep};
            break;
        }
        step = open(step, *this);
    }
    if (step.layer == Layer::raw && looks_like_ip(step.bytes)) {
        inside_.ip = step.bytes;
        return true;
    }
    inside_ = before;
    // read_ip() reports a packet that turns out not to be IP.
    inside_.ip = step.layer == Layer::raw ? step.bytes : wire::Bytes();
    inside_.fate = step.fate;
    return step.layer == Layer::none && step.fate != Fate::not_ip;
}

bool Walk::run_to_ip(const Step& step) {
    const Inside before = inside_;
    if (run(step) && !inside_.ip.empty()) return true;
    inside_ = before;
    return false;
}

}  // namespace ci::packets
