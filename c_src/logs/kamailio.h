// The log that Kazoo's configuration of Kamailio writes: "CALLID|tag|text" and its later forms.
#pragma once

#include <memory>

#include "logs/record.h"

namespace ci::logs {

struct KamailioOptions {
    wire::Endpoint local;        ///< the proxy's address where the log does not tell it
    std::uint64_t position = 0;  ///< of the first octet
    Calendar calendar;
};

[[nodiscard]] std::unique_ptr<Decoder> kamailio_decoder(KamailioOptions options, RecordSink sink);

}  // namespace ci::logs
