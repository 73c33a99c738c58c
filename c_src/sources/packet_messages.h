// Passes a capture's messages to a receiver in batches, because the receiver writes each batch at
// once.
#pragma once

#include <string>
#include <vector>

#include "packets/decoder.h"
#include "sources/receiver.h"

namespace ci::sources {

class PacketMessages {
  public:
    explicit PacketMessages(Receiver& receiver) : receiver_(receiver) {}

    /// The arrival of HEP is its capture time.
    void add(const packets::Message& message, wire::Micros arrival);
    void hand_over();

    [[nodiscard]] bool is_full() const noexcept {
        return waiting_.size() >= most || bytes_.size() >= max_bytes;
    }

  private:
    static constexpr std::size_t most = 256;
    static constexpr std::size_t max_bytes = std::size_t{1'024} * 1'024;

    Receiver& receiver_;
    struct End {
        std::size_t bytes, macs;
    };
    std::string bytes_, macs_;  ///< the bytes of all waiting messages
    std::vector<wire::Datagram> waiting_;
    std::vector<End> ends_;
};

}  // namespace ci::sources
