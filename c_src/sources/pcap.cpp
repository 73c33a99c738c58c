#include "sources/pcap.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "os/library.h"

namespace ci::sources {
namespace {

const os::Library& libpcap() {
    static const os::Library library(CI_LIBPCAP);
    return library;
}

CI_LATE(libpcap, pcap_activate);
CI_LATE(libpcap, pcap_close);
CI_LATE(libpcap, pcap_compile);
CI_LATE(libpcap, pcap_create);
CI_LATE(libpcap, pcap_datalink);
CI_LATE(libpcap, pcap_datalink_val_to_name);
CI_LATE(libpcap, pcap_freecode);
CI_LATE(libpcap, pcap_get_selectable_fd);
CI_LATE(libpcap, pcap_geterr);
CI_LATE(libpcap, pcap_next_ex);
CI_LATE(libpcap, pcap_set_buffer_size);
CI_LATE(libpcap, pcap_set_promisc);
CI_LATE(libpcap, pcap_set_snaplen);
CI_LATE(libpcap, pcap_set_timeout);
CI_LATE(libpcap, pcap_setfilter);
CI_LATE(libpcap, pcap_setnonblock);
CI_LATE(libpcap, pcap_stats);
CI_LATE(libpcap, pcap_statustostr);

constexpr int snapshot = 262'144;  ///< tcpdump's: whole frames, also those that a card put together
constexpr int timeout_ms = 100;    ///< the kernel hands over pending frames after this time

/// Sums of times up to here do not overflow. Files may contain any time.
constexpr std::int64_t latest_second = 253'402'300'799;  // 9999-12-31

std::string text_of(pcap_t* pcap) {
    return pcap_geterr(pcap);
}

/// Why an interface could not be opened; libpcap's own text where it suffices.
std::string explain(int status, pcap_t* pcap) {
    switch (status) {
        case PCAP_ERROR_NO_SUCH_DEVICE:
            return "no such interface";
        case PCAP_ERROR_PERM_DENIED:
        case PCAP_ERROR_PROMISC_PERM_DENIED:
            return "permission denied: the inspector needs CAP_NET_RAW "
                   "(setcap cap_net_raw+ep call_inspector)";
        case PCAP_ERROR_IFACE_NOT_UP:
            return "the interface is not up";
        default: {
            const std::string text = text_of(pcap);
            return text.empty() ? pcap_statustostr(status) : text;
        }
    }
}

net::SocketError failed(std::string why) {
    std::replace(why.begin(), why.end(), '\n', ' ');
    return {std::move(why)};
}

}  // namespace

void Pcap::Close::operator()(pcap_t* pcap) const noexcept {
    pcap_close(pcap);
}

std::string link_type_name(int number) {
    try {
        if (const char* name = pcap_datalink_val_to_name(number); name != nullptr) return name;
    } catch (const std::runtime_error&) {
        // A number is enough.
    }
    return std::to_string(number);
}

wire::expected<Pcap, net::SocketError> Pcap::finish(Handle handle) {
    const int number = pcap_datalink(handle.get());
    const auto link = packets::link_of(number);
    if (link) return Pcap(std::move(handle), *link);
    return failed("frames of link type " + link_type_name(number) + " cannot be read");
}

wire::expected<Pcap, net::SocketError> Pcap::open_interface(const std::string& interface,
                                                            const std::string& filter) {
    if (interface.empty()) return failed("no such interface");
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    Handle handle;
    try {
        handle.reset(pcap_create(interface.c_str(), error.data()));
    } catch (const std::runtime_error& missing) {
        return failed(missing.what());
    }
    if (!handle) return failed(error.data());
    pcap_t* const pcap = handle.get();
    pcap_set_snaplen(pcap, snapshot);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, timeout_ms);
    pcap_set_buffer_size(pcap, buffer_size);
    if (const int status = pcap_activate(pcap); status < 0) return failed(explain(status, pcap));
    if (!filter.empty()) {
        bpf_program program{};
        if (pcap_compile(pcap, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
            return failed("bad filter: " + text_of(pcap));
        }
        const int set = pcap_setfilter(pcap, &program);
        pcap_freecode(&program);
        if (set != 0) return failed("bad filter: " + text_of(pcap));
    }
    if (pcap_setnonblock(pcap, 1, error.data()) != 0) return failed(error.data());
    if (pcap_get_selectable_fd(pcap) < 0) return failed("the interface cannot be waited for");
    return finish(std::move(handle));
}

Pcap::State Pcap::next(Frame& frame) {
    pcap_pkthdr* head = nullptr;
    const u_char* bytes = nullptr;
    switch (pcap_next_ex(handle_.get(), &head, &bytes)) {
        case 1:
            break;
        case 0:
            return State::none;
        default:
            return State::failed;
    }
    frame.bytes = std::as_bytes(std::span(bytes, head->caplen));
    const auto second = std::clamp<std::int64_t>(head->ts.tv_sec, 0, latest_second);
    const auto micros = std::clamp<std::int64_t>(head->ts.tv_usec, 0, 999'999);
    frame.at = second * 1'000'000 + micros;
    return State::frame;
}

std::string Pcap::trouble() const {
    return failed(text_of(handle_.get())).why;
}

int Pcap::descriptor() const noexcept {
    return pcap_get_selectable_fd(handle_.get());
}

std::uint64_t Pcap::dropped() const {
    pcap_stat stat{};
    if (pcap_stats(handle_.get(), &stat) != 0) return 0;
    return std::uint64_t{stat.ps_drop} + stat.ps_ifdrop;
}

}  // namespace ci::sources
