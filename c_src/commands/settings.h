// What the operator sets once for all parsers.
#pragma once

#include "sip/mask.h"
#include "sources/admission.h"
#include "sources/hep_listener.h"
#include "sources/tls.h"
#include "store/store.h"

namespace ci::commands {

struct Settings {
    sources::TlsFiles tls;
    std::size_t most_connections = sources::HepOptions{}.most_connections;  ///< of one parser
    sources::Admission admission;  ///< of parsers that are started without one of their own
    store::Options store;
    sip::Masking masking;  ///< before anything is written
};

}  // namespace ci::commands
