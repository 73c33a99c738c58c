// Message bodies for tests, as Kazoo and other inspectors write them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "amqp/message.h"

namespace ci::amqp {

using Json = nlohmann::ordered_json;

/// A body: the members common to all, and `members`.
inline Json said(const std::string& event, Json members) {
    members.update({{"Node", "kzc@localhost"},
                    {"Msg-ID", "4405079ec0274d49"},
                    {"Event-Name", event},
                    {"Event-Category", "call_inspector"},
                    {"App-Version", "4.0.0"},
                    {"App-Name", "crossbar"}});
    return members;
}

inline Json lookup(const std::string& call_id = "a@b") {
    return said("lookup_req", {{"Call-ID", call_id}, {"Server-ID", "kzc-queue"}});
}

inline std::string chunk_line(const std::string& label, const std::string& observer = "one",
                              const std::string& stamp = "63962450204.066658") {
    const Json object = {{"call-id", "a@b"},
                         {"ref_timestamp", stamp},
                         {"label", label},
                         {"raw", {label, "Call-ID: a@b", "CSeq: 1 INVITE"}},
                         {"src", "192.0.2.1:5060"},
                         {"dst", "192.0.2.2:5060"},
                         {"parser", "127.0.0.1:9060"},
                         {"observer", observer},
                         {"c_seq", "1 INVITE"}};
    return R"({"timestamp":)" + stamp + "," + object.dump().substr(1);
}

inline chunk::Chunk a_chunk(const std::string& label, const std::string& observer = "one",
                            const std::string& stamp = "63962450204.066658") {
    return *chunk::read_line(chunk_line(label, observer, stamp));
}

}  // namespace ci::amqp
