// Walks from a frame to the IP packet in it, taking off one layer after the other. The capture's
// link type names the first layer, and each layer names the next one.
//
// Some layers say too little: MPLS labels may be followed by IP or by Ethernet. Then each candidate
// is tried, and the one that leads to a packet wins. All tries of one frame share one bound.
#pragma once

#include <cstdint>

#include "packets/counts.h"
#include "packets/layer.h"
#include "packets/trace.h"
#include "wire/reader.h"

namespace ci::packets {

/// A layer, and where it begins.
struct Step {
    Layer layer = Layer::none;
    wire::Bytes bytes{};
    std::uint16_t type = 0;    ///< for Layer::ether_type: the EtherType
    Fate fate = Fate::not_ip;  ///< for Layer::none: the frame's fate
};

/// The contents of a frame or tunnel.
struct Inside {
    wire::Bytes ip{};           ///< the IP packet, any padding included; empty: none was found
    Fate fate = Fate::not_ip;   ///< if `ip` is empty: what was found instead
    LinkTrace link{};           ///< of the innermost Ethernet around `ip`
    std::uint32_t network = 0;  ///< id of the overlay's network, 24 bits; 0: none
};

class Walk {
  public:
    /// `is_cut`: only part of the frame was captured.
    explicit Walk(bool is_cut = false) : is_cut_(is_cut) {}

    /// True: the walk led to an IP packet with a plausible header, or to something else known.
    bool run(Step step);
    /// True: the walk led to an IP packet.
    bool run_to_ip(const Step& step);
    /// Takes the first step that leads to an IP packet, else the first that leads to anything
    /// known.
    template <class... Steps>
    bool first_of(const Steps&... steps) {
        return (run_to_ip(steps) || ...) || (run(steps) || ...);
    }
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

    [[nodiscard]] const Inside& inside() const noexcept { return inside_; }
    /// A step that brings an outer walk to the end of the last run.
    [[nodiscard]] Step result() const noexcept {
        return {inside_.ip.empty() ? Layer::none : Layer::raw, inside_.ip, 0, inside_.fate};
    }
    LinkTrace& link() noexcept { return inside_.link; }
    void set_network(std::uint32_t network) noexcept { inside_.network = network; }

  private:
    static constexpr int max_steps = 32;

    bool is_cut_;
    int steps_ = 0;
    Inside inside_;
};

[[nodiscard]] inline Inside look_inside(const Step& step) {
    Walk walk;
    (void)walk.run(step);
    return walk.inside();
}

/// True: `bytes` begin with a plausible IP header, whose lengths do not contradict each other.
[[nodiscard]] bool looks_like_ip(wire::Bytes bytes) noexcept;

// The layers; each takes off one. `Layer::none` ends the walk.
[[nodiscard]] Step open_ethernet(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_ether_type(std::uint16_t type, wire::Bytes bytes, Walk& walk);
/// `protocol`: a number that NSH and VXLAN-GPE share.
[[nodiscard]] Step open_next_protocol(unsigned protocol, wire::Bytes bytes);
[[nodiscard]] Step open_llc(wire::Bytes bytes);
[[nodiscard]] Step open_mpls(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_pppoe(wire::Bytes bytes);
[[nodiscard]] Step open_ppp(wire::Bytes bytes);
[[nodiscard]] Step open_hdlc(wire::Bytes bytes);
[[nodiscard]] Step open_frame_relay(wire::Bytes bytes);
[[nodiscard]] Step open_wlan(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_radio(Layer layer, wire::Bytes bytes);
/// Opens the layers that only occur outermost.
[[nodiscard]] Step open_outermost(Layer layer, wire::Bytes bytes, Walk& walk);

}  // namespace ci::packets
