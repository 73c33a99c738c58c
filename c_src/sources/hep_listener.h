// A source: receives HEP on one address, over UDP and TCP, in a thread of its own, and hands chunks
// to its sink.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include "sources/counters.h"
#include "sources/hep_stream.h"
#include "sources/poller.h"
#include "sources/receiver.h"
#include "sources/tcp_acceptor.h"
#include "sources/udp_socket.h"

namespace ci::sources {

struct HepOptions {
    wire::Endpoint local;                  ///< has an address and a port
    std::size_t most_connections = 1'024;  ///< at a time
};

class HepListener {
  public:
    /// Listens when it returns, by all transports; or by none.
    static wire::expected<std::unique_ptr<HepListener>, SocketError> start(
        const HepOptions& options, Sink sink);

    /// Stops; what was received is handed over first.
    ~HepListener();
    HepListener(const HepListener&) = delete;
    HepListener& operator=(const HepListener&) = delete;

    [[nodiscard]] const std::string& id() const noexcept { return receiver_.id(); }
    [[nodiscard]] const Counters& counters() const noexcept { return receiver_.counters(); }
    [[nodiscard]] int receive_buffer() const noexcept { return udp_.receive_buffer(); }

  private:
    struct Sockets {
        UdpSocket udp;
        TcpAcceptor tcp;
        Descriptor wake;
        Poller poller;
    };
    HepListener(const HepOptions& options, Sockets sockets, Sink sink);
    void run();
    bool take_batch();
    void accept();
    void serve(int descriptor);
    void drain();
    void count(ConnectionReason reason) noexcept;

    Receiver receiver_;
    std::size_t most_connections_;
    UdpSocket udp_;
    TcpAcceptor tcp_;
    Descriptor wake_;
    Poller poller_;
    std::unordered_map<int, HepStream> streams_;  ///< by descriptor
    std::thread thread_;                          // last: it uses all of the above
};

}  // namespace ci::sources
