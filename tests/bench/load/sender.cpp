// Sends calls of the recorded load as HEPv3 over UDP, each with a Call-ID of its own, many of them
// up at once: load_sender PORT. It is told by lines on its input, so that nothing has to be loaded
// between two of them, and ends with it:
//
//   RATE SECONDS CALLS NAMES      RATE: messages a second, 0: as fast as can be. CALLS: up at once
//
// For each it prints the first NAMES calls that end, and those that are up at the end, as
//
//   CALL-ID MESSAGES SENT         MESSAGES: of this call. SENT: of all, when the last of it was
//   sent
//
// and {"sent": ..., "calls": ..., "bytes": ..., "seconds": ...} as soon as the last one is sent.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <utility>
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

/// A call that is up: which one it is like, and what comes next of it.
struct Active {
    const Call* call;
    std::string id;
    std::size_t first;  ///< that was sent of it
    std::size_t next;
};

constexpr std::size_t batch = 64;

struct Order {
    double rate = 0, seconds = 0;
    std::size_t calls = 0, names = 0;
};

/// The messages in the order in which they are sent: one of each call that is up, again and again.
class Traffic {
  public:
    explicit Traffic(const std::vector<Call>& calls)
        : calls_(calls),
          number_(static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())) {}

    void begin(std::size_t calls) {
        active_.clear();
        turn_ = begun_ = 0;
        for (std::size_t i = 0; i < calls; ++i) {
            Active one = begin_call();
            one.first = one.next = i % one.call->messages.size();  // not all in step
            active_.push_back(std::move(one));
        }
    }

    void next(std::string& text) {
        Active& one = active_[turn_];
        turn_ = (turn_ + 1) % active_.size();
        const Template& message = one.call->messages[one.next];
        text = message.bytes;
        for (const std::size_t at : message.places) {
            std::memcpy(text.data() + at, one.id.data(), one.id.size());
        }
        if (++one.next == one.call->messages.size()) {
            ended_.push_back(std::move(one));
            one = begin_call();
        }
    }

    /// Those that ended since this was asked last.
    [[nodiscard]] std::vector<Active> take_ended() { return std::exchange(ended_, {}); }
    [[nodiscard]] std::vector<Active> take_up() { return std::exchange(active_, {}); }
    [[nodiscard]] std::uint64_t begun() const noexcept { return begun_; }

  private:
    Active begin_call() {
        ++begun_;
        const Call& call = calls_[++number_ % calls_.size()];
        char digits[256];
        const int written = std::snprintf(digits, sizeof digits, "%0255llu",
                                          static_cast<unsigned long long>(number_));
        return {&call, std::string(digits + written - call.length, call.length), 0, 0};
    }

    const std::vector<Call>& calls_;
    std::uint64_t number_;
    std::vector<Active> active_, ended_;
    std::size_t turn_ = 0;
    std::uint64_t begun_ = 0;
};

/// Sends its packets, and tells which calls they were.
class Sender {
  public:
    explicit Sender(int socket) : socket_(socket) {}

    bool run(Traffic& traffic, const Order& order) {
        traffic.begin(order.calls);
        sent_ = bytes_ = 0;
        names_ = order.names;
        const auto start = Clock::now();
        const std::chrono::duration<double> duration(order.seconds);
        while (Clock::now() - start < duration) {
            if (order.rate > 0) {
                const std::chrono::duration<double> due(static_cast<double>(sent_) / order.rate);
                std::this_thread::sleep_until(start +
                                              std::chrono::duration_cast<Clock::duration>(due));
            }
            fill(traffic);
            if (!send()) return false;
            name(traffic.take_ended());
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        name(traffic.take_up());
        std::printf("{\"sent\": %llu, \"calls\": %llu, \"bytes\": %llu, \"seconds\": %.3f}\n",
                    static_cast<unsigned long long>(sent_),
                    static_cast<unsigned long long>(traffic.begun()),
                    static_cast<unsigned long long>(bytes_), seconds);
        return std::fflush(stdout) == 0;
    }

  private:
    void fill(Traffic& traffic) {
        for (std::size_t i = 0; i < batch; ++i) {
            traffic.next(texts_[i]);
            pieces_[i] = {texts_[i].data(), texts_[i].size()};
            packets_[i].msg_hdr.msg_iov = &pieces_[i];
            packets_[i].msg_hdr.msg_iovlen = 1;
            bytes_ += texts_[i].size();
        }
    }

    bool send() {
        for (std::size_t done = 0; done < batch;) {
            const int n =
                ::sendmmsg(socket_, packets_.data() + done, static_cast<unsigned>(batch - done), 0);
            if (n > 0) done += static_cast<std::size_t>(n);
            if (n < 0 && errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
                std::perror("sendmmsg");
                return false;
            }
        }
        sent_ += batch;
        return true;
    }

    void name(const std::vector<Active>& calls) {
        if (names_ == 0 || calls.empty()) return;
        for (const Active& one : calls) {
            if (one.next == one.first) continue;  // up, but nothing was sent yet
            if (names_ == 0) break;
            --names_;
            std::printf("%s %zu %llu\n", one.id.c_str(), one.next - one.first,
                        static_cast<unsigned long long>(sent_));
        }
        std::fflush(stdout);
    }

    int socket_;
    std::array<std::string, batch> texts_;
    std::array<iovec, batch> pieces_{};
    std::array<mmsghdr, batch> packets_{};
    std::uint64_t sent_ = 0, bytes_ = 0;
    std::size_t names_ = 0;
};

/// Not open: it cannot be, and why was printed.
int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
        std::perror("connect");
        return -1;
    }
    return socket;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: load_sender PORT, then lines RATE SECONDS CALLS NAMES\n");
        return 1;
    }
    const int socket = connect_to(static_cast<std::uint16_t>(std::atoi(argv[1])));
    if (socket < 0) return 1;
    const std::vector<Call> calls = recorded_calls();
    Traffic traffic(calls);
    Sender sender(socket);
    for (Order order; std::cin >> order.rate >> order.seconds >> order.calls >> order.names;) {
        if (order.calls == 0) {
            std::fprintf(stderr, "no call is up\n");
            return 1;
        }
        if (!sender.run(traffic, order)) return 1;
    }
}
