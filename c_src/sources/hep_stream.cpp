#include "sources/hep_stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "sources/clock.h"

namespace ci::sources {

HepStream::State HepStream::read(Receiver& receiver) {
    const auto room = cutter_.room();
    const auto size = ::recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return State::blocked;
    if (size <= 0) return end();
    cutter_.filled(static_cast<std::size_t>(size));
    hand_over(receiver);
    return cutter_.lost() ? end() : State::open;
}

void HepStream::hand_over(Receiver& receiver) {
    const wire::Micros arrival = now();
    std::array<Datagram, 64> batch;
    std::size_t count = 0;
    const auto flush = [&] {
        if (count > 0) receiver.take(std::span(batch).first(count));
        count = 0;
    };
    while (const auto packet = cutter_.next()) {
        batch[count++] = {*packet, peer_, arrival};
        if (count == batch.size()) flush();
    }
    flush();
}

HepStream::State HepStream::end() {
    trouble_ = cutter_.end();
    return State::ended;
}

}  // namespace ci::sources
