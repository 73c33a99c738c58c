// A source: receives HEP on one UDP address, in a thread of its own, and hands chunks to its sink.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "sources/batch.h"
#include "sources/counters.h"
#include "sources/udp_socket.h"

namespace ci::sources {

class HepListener {
  public:
    /// Listens when it returns. `local` has an address and a port.
    static wire::expected<std::unique_ptr<HepListener>, SocketError> start(
        const wire::Endpoint& local, Sink sink);

    /// Stops; what was received is handed over first.
    ~HepListener();
    HepListener(const HepListener&) = delete;
    HepListener& operator=(const HepListener&) = delete;

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
    [[nodiscard]] int receive_buffer() const noexcept { return socket_.receive_buffer(); }

  private:
    HepListener(std::string id, const wire::Endpoint& local, UdpSocket socket, Descriptor wake,
                Sink sink);
    void run();
    std::size_t take_batch();

    std::string id_;
    Batch batch_;
    UdpSocket socket_;
    Descriptor wake_;
    Sink sink_;
    Counters counters_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace ci::sources
