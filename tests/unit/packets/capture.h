// A decoder, and the messages that it delivered.
#pragma once

#include <string>
#include <vector>

#include "packets/decoder.h"
#include "packets/frames.h"

namespace ci::test {

using Texts = std::vector<std::string>;
inline const std::string two = sip_message("2@x", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n");

/// The sequence number behind `size` octets of a connection whose SYN had 1,000.
inline std::uint32_t number(std::size_t size) {
    return static_cast<std::uint32_t>(1'001 + size);
}

struct Seen {
    std::string bytes, source, destination;
    int protocol;
    wire::Micros at;
    bool is_cut, bad_length, is_hep;
};

class Capture {
  public:
    explicit Capture(packets::Link link = packets::Link::raw,
                     const packets::Decoder::Limits& limits = {})
        : decoder(
              link,
              [this](const packets::Message& m) {
                  seen.push_back({std::string(wire::as_text(m.bytes)), wire::to_string(m.source),
                                  wire::to_string(m.destination), m.protocol, m.at, m.is_cut,
                                  m.bad_length, m.is_hep});
              },
              limits) {}

    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    /// A frame; each is a millisecond later than the one before.
    Capture& take(const std::string& frame) {
        decoder.decode(wire::as_bytes(frame), now += 1'000);
        return *this;
    }
    /// A segment of the connection 192.0.2.1:5070 to 192.0.2.2:5060.
    Capture& tcp(std::uint32_t sequence, unsigned flags, const std::string& payload) {
        return take(
            ipv4("192.0.2.1", "192.0.2.2", 6, test::tcp(5070, 5060, sequence, flags, payload)));
    }
    [[nodiscard]] Texts messages() const {
        Texts all;
        for (const auto& message : seen) all.push_back(message.bytes);
        return all;
    }
    [[nodiscard]] std::uint64_t fate(packets::Fate fate) const {
        return decoder.counts().fates.at(static_cast<std::size_t>(fate));
    }
    [[nodiscard]] std::uint64_t loss(packets::Loss loss) const {
        return decoder.counts().losses.at(static_cast<std::size_t>(loss));
    }

    std::vector<Seen> seen;
    wire::Micros now = 1'000'000'000;
    packets::Decoder decoder;
};

}  // namespace ci::test
