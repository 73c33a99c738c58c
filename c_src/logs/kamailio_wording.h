// What one line of Kazoo's script says, in any of the wordings since Kazoo 3.12.
#pragma once

#include <cstdint>
#include <string_view>

#include "logs/kamailio_line.h"
#include "wire/endpoint.h"

namespace ci::logs {

/// Whether a message came from Kazoo's media servers.
enum class Side : std::uint8_t { unknown, external, internal };

/// Whether Kazoo answers "486 Unable to Comply" once no media server is left.
enum class GivesUp : std::uint8_t { no, before_dialog, always };

struct Saying {
    enum class Is : std::uint8_t {
        note,            ///< something about the message that is at hand
        request,         ///< a request was received: method, uri, ip_protocol
        internal_reply,  ///< a media server's response: code, reason
        external_begin,  ///< another's response; more lines follow: method, code, reason, source
        external_reply,  ///< another's response, told by this line alone
        internal_whole,  ///< a media server's response, told by this line alone
        failure,         ///< a failure route deals with a response: code, reason, maybe sent_code
        in_failure,      ///< a failure route deals with the message that is at hand
        instead,         ///< it sends another response: sent_code, sent_reason
        source,          ///< the message's sender, maybe the address where it arrived
        origin,          ///< side
        c_seq,
        method,
        branch,       ///< the URI of the next branch
        passed_on,    ///< a request was sent: local, far
        passed_back,  ///< a response was sent: far
        end,          ///< nothing follows
    };
    Is is = Is::note;
    Side side = Side::unknown;
    bool is_receipt = false;         ///< of a failure: no other line told that the response arrived
    GivesUp gives_up = GivesUp::no;  ///< of a failure
    std::uint8_t ip_protocol = 0;
    std::string_view method, uri, code, reason, c_seq, sent_code, sent_reason;
    wire::Endpoint far, local;
};

[[nodiscard]] Saying read_saying(const ScriptLine& line) noexcept;

}  // namespace ci::logs
