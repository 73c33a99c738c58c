// The log that Kazoo's configuration of Kamailio writes: "CALLID|tag|text" and its later forms.
//
// A decoder that goes on where an earlier one stopped begins at the earlier one's begin_of_open(),
// or before that, and is told how far the earlier one had read. It hands over what the earlier one
// has not, and knows the calls again that go on.
#pragma once

#include <memory>

#include "logs/record.h"

namespace ci::logs {

struct KamailioOptions {
    wire::Endpoint local;        ///< the proxy's address where the log does not tell it
    std::uint64_t position = 0;  ///< of the first octet
    Calendar calendar;
    /// Lines that begin before this were read by an earlier decoder: what they complete is neither
    /// counted nor handed over.
    std::uint64_t read_before = 0;
};

[[nodiscard]] std::unique_ptr<Decoder> kamailio_decoder(KamailioOptions options, RecordSink sink);

}  // namespace ci::logs
