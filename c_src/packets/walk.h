// From a frame to the IP packet in it: one layer after the other is taken off. A layer is known by
// what the one around it says, or by the capture's link type.
//
// Some say too little: behind MPLS labels IP or Ethernet may stand. Then each is tried, and the one
// holds in which a packet is found. All tries of one frame share one bound.
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
    std::uint16_t type = 0;    ///< of Layer::ether_type: what the bytes are
    Fate fate = Fate::not_ip;  ///< of Layer::none: what it was
};

/// What a frame or a tunnel holds.
struct Inside {
    wire::Bytes ip{};           ///< with whatever padding stands behind it; empty: there is none
    Fate fate = Fate::not_ip;   ///< then: what there was
    LinkTrace link{};           ///< of the Ethernet next to it
    std::uint32_t network = 0;  ///< which of the overlay's networks, 24 bits; 0: it tells none
};

class Walk {
  public:
    /// `is_cut`: not all of it was captured.
    explicit Walk(bool is_cut = false) : is_cut_(is_cut) {}

    /// True: it led to an IP packet whose head can be, or to something else that is known.
    bool run(Step step);
    /// Only if it led to an IP packet.
    bool run_to_ip(const Step& step);
    /// The first of those that lead to an IP packet, else of those that lead somewhere.
    template <class... Steps>
    bool first_of(const Steps&... steps) {
        return (run_to_ip(steps) || ...) || (run(steps) || ...);
    }
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }

    [[nodiscard]] const Inside& inside() const noexcept { return inside_; }
    /// The step that ends here where the last run ended.
    [[nodiscard]] Step result() const noexcept {
        return {inside_.ip.empty() ? Layer::none : Layer::raw, inside_.ip, 0, inside_.fate};
    }
    LinkTrace& link() noexcept { return inside_.link; }
    void set_network(std::uint32_t network) noexcept { inside_.network = network; }

  private:
    static constexpr int most_steps = 32;

    bool is_cut_;
    int steps_ = 0;
    Inside inside_;
};

[[nodiscard]] inline Inside look_inside(const Step& step) {
    Walk walk;
    (void)walk.run(step);
    return walk.inside();
}

/// An IP header that can be: the lengths do not contradict each other.
[[nodiscard]] bool looks_like_ip(wire::Bytes bytes) noexcept;

// The layers; each takes off one. `Layer::none` ends the walk.
[[nodiscard]] Step open_ethernet(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_ether_type(std::uint16_t type, wire::Bytes bytes, Walk& walk);
/// By the numbers that NSH and VXLAN-GPE share.
[[nodiscard]] Step open_next_protocol(unsigned protocol, wire::Bytes bytes);
[[nodiscard]] Step open_llc(wire::Bytes bytes);
[[nodiscard]] Step open_mpls(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_pppoe(wire::Bytes bytes);
[[nodiscard]] Step open_ppp(wire::Bytes bytes);
[[nodiscard]] Step open_hdlc(wire::Bytes bytes);
[[nodiscard]] Step open_frame_relay(wire::Bytes bytes);
[[nodiscard]] Step open_wlan(wire::Bytes bytes, Walk& walk);
[[nodiscard]] Step open_radio(Layer layer, wire::Bytes bytes);
/// Link types that no layer within another one is.
[[nodiscard]] Step open_outermost(Layer layer, wire::Bytes bytes, Walk& walk);

}  // namespace ci::packets
