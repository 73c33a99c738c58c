// libpcap, loaded at its first use. It brings libdbus, libsystemd and libgcrypt along, which would
// otherwise be loaded for each question on the command line and take most of its time.
#pragma once

#include <pcap/pcap.h>

namespace ci::sources {

/// The functions of libpcap that are used, without their prefix.
struct Libpcap {
    decltype(&::pcap_activate) activate;
    decltype(&::pcap_close) close;
    decltype(&::pcap_compile) compile;
    decltype(&::pcap_create) create;
    decltype(&::pcap_datalink) datalink;
    decltype(&::pcap_datalink_val_to_name) datalink_val_to_name;
    decltype(&::pcap_freecode) freecode;
    decltype(&::pcap_get_selectable_fd) get_selectable_fd;
    decltype(&::pcap_geterr) geterr;
    decltype(&::pcap_next_ex) next_ex;
    decltype(&::pcap_set_buffer_size) set_buffer_size;
    decltype(&::pcap_set_promisc) set_promisc;
    decltype(&::pcap_set_snaplen) set_snaplen;
    decltype(&::pcap_set_timeout) set_timeout;
    decltype(&::pcap_setfilter) setfilter;
    decltype(&::pcap_setnonblock) setnonblock;
    decltype(&::pcap_stats) stats;
    decltype(&::pcap_statustostr) statustostr;
};

/// Throws std::runtime_error if the library cannot be loaded; the next call tries again. Any thread
/// may call this.
[[nodiscard]] const Libpcap& libpcap();

}  // namespace ci::sources
