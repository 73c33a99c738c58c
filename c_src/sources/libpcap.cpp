#include "sources/libpcap.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace ci::sources {
namespace {

std::runtime_error failure() {
    const char* const why = ::dlerror();
    return std::runtime_error("cannot load libpcap: " + std::string(why != nullptr ? why : "?"));
}

/// A function's address, as a pointer to whatever function is wanted.
struct Symbol {
    void* address;
    template <class Function>
    operator Function*() const noexcept {
        return reinterpret_cast<Function*>(address);
    }
};

Libpcap load() {
    void* const library = ::dlopen(CI_LIBPCAP, RTLD_LAZY | RTLD_LOCAL);  // stays to the end
    if (library == nullptr) throw failure();
    const auto find = [library](const char* name) {
        void* const address = ::dlsym(library, name);
        if (address == nullptr) throw failure();
        return Symbol{address};
    };
    return {
        .activate = find("pcap_activate"),
        .close = find("pcap_close"),
        .compile = find("pcap_compile"),
        .create = find("pcap_create"),
        .datalink = find("pcap_datalink"),
        .datalink_val_to_name = find("pcap_datalink_val_to_name"),
        .freecode = find("pcap_freecode"),
        .get_selectable_fd = find("pcap_get_selectable_fd"),
        .geterr = find("pcap_geterr"),
        .next_ex = find("pcap_next_ex"),
        .set_buffer_size = find("pcap_set_buffer_size"),
        .set_promisc = find("pcap_set_promisc"),
        .set_snaplen = find("pcap_set_snaplen"),
        .set_timeout = find("pcap_set_timeout"),
        .setfilter = find("pcap_setfilter"),
        .setnonblock = find("pcap_setnonblock"),
        .stats = find("pcap_stats"),
        .statustostr = find("pcap_statustostr"),
    };
}

}  // namespace

const Libpcap& libpcap() {
    static const Libpcap loaded = load();
    return loaded;
}

}  // namespace ci::sources
