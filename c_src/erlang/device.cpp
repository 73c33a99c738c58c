#include "erlang/device.h"

#include "erlang/distribution.h"

namespace ci::erlang {
namespace {

TermWriter& begin_request(TermWriter& out, const Self& self, std::uint32_t process,
                          std::uint32_t reply_as) {
    return out.tuple(4).atom("io_request").process(self, process).number(reply_as);
}

}  // namespace

std::string encode_device_question(RawTerm device, const Self& self, std::uint32_t process,
                                   std::uint32_t reply_as) {
    TermWriter out;
    begin_request(out, self, process, reply_as).atom("getopts");
    return encode_send(device, out);
}

std::string encode_print(RawTerm device, const Self& self, std::uint32_t process,
                         std::uint32_t reply_as, Encoding encoding, std::string_view text) {
    TermWriter out;
    begin_request(out, self, process, reply_as).tuple(3).atom("put_chars");
    out.atom(encoding == Encoding::latin1 ? "latin1" : "unicode").binary(text);
    return encode_send(device, out);
}

std::optional<DeviceReply> device_reply_of(RawTerm message) {
    const auto parts = tuple_of(message);
    if (!parts || parts->size() != 3 || !is_atom((*parts)[0], "io_reply")) return std::nullopt;
    const auto reply_as = number_of((*parts)[1]);
    if (!reply_as) return std::nullopt;
    return DeviceReply{*reply_as, (*parts)[2]};
}

Encoding encoding_of(RawTerm reply) {
    for (const RawTerm option : list_of(reply).value_or(std::vector<RawTerm>{})) {
        const auto pair = tuple_of(option);
        if (pair && pair->size() == 2 && is_atom((*pair)[0], "encoding") &&
            is_atom((*pair)[1], "latin1")) {
            return Encoding::latin1;
        }
    }
    return Encoding::unicode;
}

}  // namespace ci::erlang
