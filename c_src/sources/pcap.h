// Frames of an interface, by libpcap.
#pragma once

#include <pcap/pcap.h>

#include <memory>
#include <optional>
#include <string>

#include "net/socket_error.h"
#include "packets/layer.h"
#include "wire/micros.h"
#include "wire/reader.h"
#include "wire/result.h"

namespace ci::sources {

/// The link type's name as in tcpdump, or its number if it has none.
[[nodiscard]] std::string link_type_name(int number);

class Pcap {
  public:
    /// Opens the interface in promiscuous mode. `filter`: pcap-filter(7); may be empty.
    static wire::expected<Pcap, net::SocketError> open_interface(const std::string& interface,
                                                                 const std::string& filter);

    [[nodiscard]] packets::Link link() const noexcept { return link_; }

    struct Frame {
        wire::Bytes bytes;  ///< valid until the next call
        wire::Micros at = 0;
    };
    enum class State : std::uint8_t { frame, none, failed };
    /// State::none: no frame is available now.
    State next(Frame& frame);
    /// Why next() failed.
    [[nodiscard]] std::string trouble() const;

    /// The descriptor to wait for.
    [[nodiscard]] int descriptor() const noexcept;
    /// Frames dropped by the kernel or the network card since the open.
    [[nodiscard]] std::uint64_t dropped() const;

    static constexpr int buffer_size = 16 * 1'024 * 1'024;  ///< bytes in the kernel

  private:
    struct Close {
        void operator()(pcap_t* pcap) const noexcept;
    };
    using Handle = std::unique_ptr<pcap_t, Close>;
    Pcap(Handle handle, packets::Link link) : handle_(std::move(handle)), link_(link) {}
    static wire::expected<Pcap, net::SocketError> finish(Handle handle);

    Handle handle_;
    packets::Link link_;
};

}  // namespace ci::sources
