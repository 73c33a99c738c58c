// What the operator sets once for all parsers.
#pragma once

#include "sources/tls.h"

namespace ci::commands {

struct Settings {
    sources::TlsFiles tls;
};

}  // namespace ci::commands
