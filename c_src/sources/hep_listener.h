// A source: receives HEP on one address, over UDP and TCP, in a thread of its own, and hands chunks
// to its sink. Or over TLS alone.
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
    wire::Endpoint local;                  ///< has an address and a port
    std::size_t most_connections = 1'024;  ///< at a time
    int most_descriptor = 1 << 20;         ///< those from here on are kept back for others
    std::optional<net::TlsFiles> tls;      ///< given: TLS only, and no datagrams
    std::chrono::milliseconds handshake_time{10'000};
    Admission admission;
    SwitchSettings switches{true, true};  ///< to begin with
};

class HepListener : public Source {
  public:
    /// Listens when it returns, by all transports; or by none.
    static wire::expected<std::unique_ptr<HepListener>, net::SocketError> start(
        const HepOptions& options, Sink sink);

    /// Stops; what was received is handed over first.
    ~HepListener() override;
    HepListener(const HepListener&) = delete;
    HepListener& operator=(const HepListener&) = delete;

    [[nodiscard]] std::string_view type() const override { return "hep"; }
    /// Of UDP.
    [[nodiscard]] int receive_buffer() const override { return udp_ ? udp_->receive_buffer() : 0; }

    static std::string id_of(const HepOptions& options);

  private:
    struct Sockets {
        std::optional<net::UdpSocket> udp;
        std::optional<net::TlsContext> tls;
        net::TcpAcceptor tcp;
        net::Descriptor wake;
        net::Poller poller;
    };
    HepListener(const HepOptions& options, Sockets sockets, Sink sink);
    void run();
    bool take_batch();
    void accept(std::size_t most);
    void welcome(net::TcpAcceptor::Accepted accepted);
    /// For one more; false: nobody can be sent away for it, and that is counted.
    bool make_room(net::TcpAcceptor::Accepted& accepted);
    void look_away();
    void look_again();
    void serve(int descriptor);
    void drain();
    void end_slow_handshakes();
    [[nodiscard]] int timeout_ms() const;
    void close(int descriptor, std::optional<ConnectionReason> trouble);
    void count(ConnectionReason reason) noexcept;

    std::size_t most_connections_;
    int most_descriptor_;
    std::chrono::milliseconds handshake_time_;
    std::optional<net::UdpSocket> udp_;
    std::optional<net::TlsContext> tls_;
    net::TcpAcceptor tcp_;
    net::Descriptor wake_;
    net::Poller poller_;
    Connections connections_;
    std::optional<std::chrono::steady_clock::time_point> looks_again_at_;  ///< at who connects
    struct Handshake {
        std::chrono::steady_clock::time_point deadline;
        int descriptor;
        std::uint64_t connection;
    };
    std::deque<Handshake> handshakes_;  ///< begun, and maybe done since; the oldest first
    std::thread thread_;                // last: it uses all of the above
};

}  // namespace ci::sources
