#include "sources/hep_stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/wall_clock.h"

namespace ci::sources {

HepStream::State HepStream::read(Receiver& receiver) {
    do {
        const net::TlsSession::Read got = read_some(cutter_.room());
        switch (got.state) {
            case net::TlsSession::State::bytes:
                cutter_.filled(got.size);
                hand_over(receiver);
                if (cutter_.lost()) return end(false);
                break;
            case net::TlsSession::State::wants_read:
                return State::wants_read;
            case net::TlsSession::State::wants_write:
                return State::wants_write;
            case net::TlsSession::State::ended:
                return end(false);
            case net::TlsSession::State::failed:
                return end(true);
        }
    } while (tls_ && tls_->has_more());  // a TLS record may need several reads
    return State::more;
}

net::TlsSession::Read HepStream::read_some(std::span<std::byte> room) {
    if (tls_) return tls_->read(room);
    const auto size = ::recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (size > 0) return {net::TlsSession::State::bytes, static_cast<std::size_t>(size)};
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return {net::TlsSession::State::wants_read};
    return {net::TlsSession::State::ended};
}

void HepStream::hand_over(Receiver& receiver) {
    const wire::Micros arrival = net::now();
    std::array<wire::Datagram, 64> batch;
    std::size_t count = 0;
    const auto flush = [&] {
        if (count > 0) receiver.receive(std::span(batch).first(count));
        count = 0;
    };
    while (const auto packet = cutter_.next()) {
        batch[count++] = {*packet, peer_, arrival};
        if (count == batch.size()) flush();
    }
    flush();
}

HepStream::State HepStream::end(bool failed) {
    if (!is_established()) {
        trouble_ = ConnectionReason::tls_handshake_failed;
    } else if (const auto rejection = cutter_.end()) {
        trouble_ = static_cast<ConnectionReason>(rejection->reason);
    } else if (failed) {
        trouble_ = ConnectionReason::tls_broken;
    }
    return State::ended;
}

}  // namespace ci::sources
