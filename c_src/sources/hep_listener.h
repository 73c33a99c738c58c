// A source that receives HEP on one address, over UDP and TCP or over TLS alone, in its own thread,
// and hands chunks to its sink.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "net/poller.h"
#include "net/tcp_acceptor.h"
#include "net/udp_socket.h"
#include "sources/connections.h"
#include "sources/counters.h"
#include "sources/source.h"

namespace ci::sources {

struct HepOptions {
    wire::Endpoint local{};               ///< must have an address and a port
    std::size_t max_connections = 1'024;  ///< at a time
    int max_descriptor = 1 << 20;         ///< numbers from this on are reserved
    std::optional<net::TlsFiles> tls{};   ///< if set: TLS only, no plain TCP and no UDP
    std::chrono::milliseconds handshake_time{10'000};
    Admission admission{};
    SwitchSettings switches{true, true};  ///< at the start
};

class HepListener : public Source {
  public:
    /// On return the source listens on all transports, or there is an error and it listens on none.
    static wire::expected<std::unique_ptr<HepListener>, net::SocketError> start(
        const HepOptions& options, Sink sink);

    /// Stops. Packets received before are handed over first.
    ~HepListener() override;
    HepListener(const HepListener&) = delete;
    HepListener& operator=(const HepListener&) = delete;

    [[nodiscard]] std::string_view type() const override { return "hep"; }
    /// The buffer of the UDP socket.
    [[nodiscard]] int receive_buffer() const override { return udp_ ? udp_->receive_buffer() : 0; }

    static std::string id_of(const HepOptions& options);

  private:
    struct Sockets {
        std::optional<net::UdpSocket> udp;
        std::optional<net::TlsContext> tls;
        net::TcpAcceptor tcp;
        os::Descriptor wake;
        net::Poller poller;
    };
    HepListener(const HepOptions& options, Sockets sockets, Sink sink);
    void run();
    bool receive_batch();
    void accept(std::size_t most);
    void welcome(net::TcpAcceptor::Accepted accepted);
    /// Makes room for one more connection. False: none may be closed for it; this is counted.
    bool make_room(net::TcpAcceptor::Accepted& accepted);
    void look_away();
    void look_again();
    void serve(int descriptor);
    void drain();
    void end_slow_handshakes();
    [[nodiscard]] int timeout_ms() const;
    void close(int descriptor, std::optional<ConnectionReason> trouble);
    void count(ConnectionReason reason) noexcept;

    std::size_t max_connections_;
    int max_descriptor_;
    std::chrono::milliseconds handshake_time_;
    std::optional<net::UdpSocket> udp_;
    std::optional<net::TlsContext> tls_;
    net::TcpAcceptor tcp_;
    os::Descriptor wake_;
    net::Poller poller_;
    Connections connections_;
    std::optional<std::chrono::steady_clock::time_point> looks_again_at_;  ///< accepts again then
    struct Handshake {
        std::chrono::steady_clock::time_point deadline;
        int descriptor;
        std::uint64_t connection;
    };
    std::deque<Handshake> handshakes_;  ///< those begun, some of them done; oldest first
    std::thread thread_;                // last: it uses all of the above
};

}  // namespace ci::sources
