#include "ladder/sdp_text.h"

#include "ladder/label.h"
#include "sip/message.h"
#include "sip/sdp.h"
#include "wire/endpoint.h"

namespace ci::ladder {
namespace {

constexpr std::size_t longest_description = 400;
constexpr std::string_view direction_names[] = {"sendrecv", "sendonly", "recvonly", "inactive"};

std::string stream_text(const sip::MediaStream& stream) {
    std::string text(stream.media);
    if (stream.port == 0) return text + " refused";
    text += ' ';
    text += stream.address.family == wire::Family::none
                ? "?:" + std::to_string(stream.port)
                : wire::to_string(wire::Endpoint{stream.address, stream.port});
    if (stream.transport != "RTP/AVP") (text += ' ') += stream.transport;
    char before = ' ';
    for (const std::string_view codec : stream.codecs) {
        (text += before) += codec.substr(0, codec.find('/'));
        before = ',';
    }
    return (text += ' ') += direction_names[static_cast<std::size_t>(stream.direction)];
}

}  // namespace

std::u32string sdp_text(const chunk::Chunk& chunk) {
    if (!chunk.event.empty()) return {};
    const auto message = sip::parse(chunk.message);
    if (!message) return {};
    const std::string_view body = sip::sdp_in(message->body);
    if (body.empty()) return {};
    std::string text;
    for (const sip::MediaStream& stream : sip::parse_sdp(body).streams) {
        if (!text.empty()) text += "; ";
        text += stream_text(stream);
    }
    return cut(printable(text), longest_description);
}

}  // namespace ci::ladder
