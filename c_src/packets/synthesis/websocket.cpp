#include "packets/synthesis/websocket.h"

#include "packets/synthesis/internet.h"

namespace ci::synthesis {

std::string upgrade_request(std::string_view host) {
    std::string request = "GET / HTTP/1.1\r\nHost: ";
    request += host;
    return request +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

std::string upgrade_response() {
    // The accepted key is that of the request's, RFC 6455 1.3.
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
           "Sec-WebSocket-Protocol: sip\r\n\r\n";
}

std::string websocket_frame(std::string_view message, bool is_masked) {
    constexpr unsigned last_text = 0x81, mask_bit = 0x80;
    constexpr std::string_view mask = "\x37\xfa\x21\x3d";
    const std::size_t size = message.size();
    const unsigned masked = is_masked ? mask_bit : 0U;
    std::string frame(1, static_cast<char>(last_text));
    if (size < 126) {
        frame += static_cast<char>(masked | static_cast<unsigned>(size));
    } else if (size < 65'536) {
        frame += static_cast<char>(masked | 126U);
        append_16(size, frame);
    } else {
        frame += static_cast<char>(masked | 127U);
        append_32(size >> 32U, frame);
        append_32(size, frame);
    }
    if (!is_masked) return frame.append(message);
    frame += mask;
    for (std::size_t i = 0; i < size; ++i) {
        frame += static_cast<char>(message[i] ^ mask[i % mask.size()]);
    }
    return frame;
}

}  // namespace ci::synthesis
