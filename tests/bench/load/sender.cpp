// Sends calls of the recorded load as HEPv3 over UDP, each with a Call-ID of its own, many of them
// up at once: load_sender PORT RATE SECONDS CALLS. RATE is messages a second, 0 as fast as can be.
// Prints {"sent": ..., "calls": ..., "bytes": ..., "seconds": ...}.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "../traffic.h"

namespace {

using Clock = std::chrono::steady_clock;

/// A datagram, and where in it the Call-ID stands.
struct Template {
    std::string bytes;
    std::vector<std::size_t> places;
};

/// The messages of one call, in order; its Call-ID is `length` bytes long.
struct Call {
    std::vector<Template> messages;
    std::size_t length = 0;
};

std::string call_id_of(const std::string& datagram) {
    constexpr std::string_view name = "\r\nCall-ID: ";
    const auto begin = datagram.find(name);
    if (begin == std::string::npos) return {};
    const auto end = datagram.find("\r\n", begin + name.size());
    return datagram.substr(begin + name.size(), end - begin - name.size());
}

std::vector<Call> recorded_calls() {
    std::map<std::string, Call> calls;
    for (const auto& record : ci::bench::load_of_2000_calls()) {
        Template message{std::string(record.bytes), {}};
        const std::string call_id = call_id_of(message.bytes);
        if (call_id.size() < 12) continue;
        for (auto at = message.bytes.find(call_id); at != std::string::npos;
             at = message.bytes.find(call_id, at + call_id.size())) {
            message.places.push_back(at);
        }
        Call& call = calls[call_id];
        call.length = call_id.size();
        call.messages.push_back(std::move(message));
    }
    std::vector<Call> usual;
    for (auto& [id, call] : calls) {
        if (call.messages.size() == 13) usual.push_back(std::move(call));
    }
    return usual;
}

/// A call that is up: which one it is like, its number, and what comes next of it.
struct Active {
    const Call* call;
    std::uint64_t number;
    std::size_t next;
};

constexpr std::size_t batch = 64;

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: load_sender PORT RATE SECONDS CALLS\n");
        return 1;
    }
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    const double rate = std::atof(argv[2]);
    const auto duration = std::chrono::duration<double>(std::atof(argv[3]));
    const auto up = static_cast<std::size_t>(std::atol(argv[4]));

    const std::vector<Call> calls = recorded_calls();
    std::uint64_t number = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
    const auto begin_call = [&] {
        ++number;
        return Active{&calls[number % calls.size()], number, 0};
    };
    std::vector<Active> active(up);
    for (std::size_t i = 0; i < up; ++i) {
        active[i] = begin_call();
        active[i].next = i % active[i].call->messages.size();  // not all in step
    }

    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
        std::perror("connect");
        return 1;
    }
    std::array<std::string, batch> texts;
    std::array<iovec, batch> pieces{};
    std::array<mmsghdr, batch> packets{};
    std::uint64_t sent = 0, bytes = 0, begun = up;
    std::size_t turn = 0;
    const auto start = Clock::now();
    while (Clock::now() - start < duration) {
        if (rate > 0) {
            std::this_thread::sleep_until(
                start + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(static_cast<double>(sent) / rate)));
        }
        for (std::size_t i = 0; i < batch; ++i) {
            Active& one = active[turn];
            turn = (turn + 1) % up;
            const Template& message = one.call->messages[one.next];
            texts[i] = message.bytes;
            char digits[256];
            const int written = std::snprintf(digits, sizeof digits, "%0255llu",
                                              static_cast<unsigned long long>(one.number));
            const char* const last = digits + written - one.call->length;
            for (const std::size_t at : message.places) {
                std::memcpy(texts[i].data() + at, last, one.call->length);
            }
            pieces[i] = {texts[i].data(), texts[i].size()};
            packets[i].msg_hdr.msg_iov = &pieces[i];
            packets[i].msg_hdr.msg_iovlen = 1;
            bytes += texts[i].size();
            if (++one.next == one.call->messages.size()) {
                one = begin_call();
                ++begun;
            }
        }
        for (std::size_t done = 0; done < batch;) {
            const int n =
                ::sendmmsg(socket, packets.data() + done, static_cast<unsigned>(batch - done), 0);
            if (n > 0) done += static_cast<std::size_t>(n);
            if (n < 0 && errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
                std::perror("sendmmsg");
                return 1;
            }
        }
        sent += batch;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("{\"sent\": %llu, \"calls\": %llu, \"bytes\": %llu, \"seconds\": %.3f}\n",
                static_cast<unsigned long long>(sent), static_cast<unsigned long long>(begun),
                static_cast<unsigned long long>(bytes), seconds);
}
