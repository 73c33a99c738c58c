// Makes the frames that would have carried messages: Ethernet, IP of either version, UDP or TCP.
//
// Lengths and checksums are right; a datagram larger than the MTU comes in fragments, a message on
// TCP in segments whose numbers run on, so that readers put both together. Not true are addresses
// of the link, ports of what has none, numbers, windows and the hops that packets may take.
#pragma once

#include <vector>

#include "packets/synthesis/connection.h"
#include "packets/synthesis/internet.h"
#include "packets/synthesis/sent.h"

namespace ci::synthesis {

class Packetizer {
  public:
    Packetizer() : connections_(identification_) {}
    Packetizer(const Packetizer&) = delete;
    Packetizer& operator=(const Packetizer&) = delete;

    /// Appends the frames of the next message; those of one with no octets are none. What is too
    /// large for a datagram goes by TCP.
    void add(const Sent& sent, std::vector<Frame>& frames);

  private:
    void add_datagram(const Sent& sent, std::vector<Frame>& frames);

    Identification identification_;
    Connections connections_;
};

}  // namespace ci::synthesis
