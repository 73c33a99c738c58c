// Printing at a caller: messages of Erlang's I/O protocol to its group leader.
//
//   {io_request, From, ReplyAs, getopts}                             encoding of the device
//   {io_request, From, ReplyAs, {put_chars, unicode | latin1, Octets}}
//   {io_reply, ReplyAs, Reply}
//
// A Latin-1 device, such as an escript's (sup's) on most releases, writes a character above 255 as
// \x{...}, but passes octets on unchanged: it is sent the octets of the UTF-8 text.
//
// Source: "The Erlang I/O Protocol", STDLIB user's guide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "erlang/raw_term.h"
#include "erlang/term_writer.h"

namespace ci::erlang {

enum class Encoding : std::uint8_t { unicode, latin1 };

/// Asks the device for its encoding.
[[nodiscard]] std::string encode_device_question(RawTerm device, const Self& self,
                                                 std::uint32_t process, std::uint32_t reply_as);
[[nodiscard]] std::string encode_print(RawTerm device, const Self& self, std::uint32_t process,
                                       std::uint32_t reply_as, Encoding encoding,
                                       std::string_view text);

struct DeviceReply {
    std::uint64_t reply_as = 0;
    RawTerm reply;
};
[[nodiscard]] std::optional<DeviceReply> device_reply_of(RawTerm message);

/// The encoding in the reply to the question. A device that does not tell takes Unicode.
[[nodiscard]] Encoding encoding_of(RawTerm reply);

}  // namespace ci::erlang
