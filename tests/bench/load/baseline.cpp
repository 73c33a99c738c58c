// The least that a collector on this machine must do: recvmmsg, and one sequential file of all the
// datagrams. load_baseline PORT FILE, until SIGTERM; then prints {"received": ..., "dropped": ...}.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr std::size_t batch = 64, largest = 65'536;
std::atomic<bool> stopped{false};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 1;
    std::signal(SIGTERM, [](int) { stopped = true; });
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int buffer = 64 << 20;
    if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0) {
        (void)::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    }
    const int on = 1;
    (void)::setsockopt(socket, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    const timeval wait{0, 100'000};
    (void)::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int file = ::open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0640);
    if (::bind(socket, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0 || file < 0) {
        std::perror("baseline");
        return 1;
    }
    std::vector<std::array<char, largest>> space(batch);
    std::array<std::array<char, 64>, batch> control{};
    std::array<iovec, batch> pieces{};
    std::array<mmsghdr, batch> packets{};
    std::string text;
    std::uint64_t received = 0;
    std::uint32_t dropped = 0;
    while (!stopped) {
        for (std::size_t i = 0; i < batch; ++i) {
            pieces[i] = {space[i].data(), largest};
            packets[i].msg_hdr = {};
            packets[i].msg_hdr.msg_iov = &pieces[i];
            packets[i].msg_hdr.msg_iovlen = 1;
            packets[i].msg_hdr.msg_control = control[i].data();
            packets[i].msg_hdr.msg_controllen = control[i].size();
        }
        const int n = ::recvmmsg(socket, packets.data(), batch, MSG_WAITFORONE, nullptr);
        if (n <= 0) continue;
        text.clear();
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
            text.append(space[i].data(), packets[i].msg_len);
            for (cmsghdr* c = CMSG_FIRSTHDR(&packets[i].msg_hdr); c != nullptr;
                 c = CMSG_NXTHDR(&packets[i].msg_hdr, c)) {
                if (c->cmsg_type == SO_RXQ_OVFL) std::memcpy(&dropped, CMSG_DATA(c), 4);
            }
        }
        received += static_cast<std::uint64_t>(n);
        if (::write(file, text.data(), text.size()) < 0) {
            std::perror("write");
            return 1;
        }
    }
    std::printf("{\"received\": %llu, \"dropped\": %u}\n",
                static_cast<unsigned long long>(received), dropped);
}
