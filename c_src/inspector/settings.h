// What the operator sets once for all parsers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/tls.h"
#include "sip/mask.h"
#include "sources/admission.h"
#include "sources/hep_listener.h"
#include "store/store.h"

namespace ci::inspector {

/// How questions by AMQP are answered; where, only for who has no Kazoo around.
struct AmqpSettings {
    std::vector<std::string> urls;     ///< of one broker's nodes, tried in turn; empty: no AMQP
    std::string ca, certificate, key;  ///< PEM files, for amqps
    std::string node;                  ///< what answers call us; empty: call_inspector@HOST
    std::uint64_t gather_ms = 500;     ///< how long other inspectors are waited for
};
inline constexpr std::uint64_t most_gather_ms = 60'000;

struct Settings {
    net::TlsFiles tls;
    std::size_t most_connections = sources::HepOptions{}.most_connections;  ///< of one parser
    int most_descriptor = sources::HepOptions{}.most_descriptor;            ///< of a connection
    sources::Admission admission;  ///< of parsers that are started without one of their own
    store::Options store;
    sip::Masking masking;  ///< before anything is written
    AmqpSettings amqp;
};

}  // namespace ci::inspector
