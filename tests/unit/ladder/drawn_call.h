// A call made of a few lines, and its drawing.
#pragma once

#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "ladder/text.h"
#include "order/order.h"
#include "wire/utf8.h"

namespace ci::ladder {

using chunk::Chunk;

inline constexpr wire::Micros epoch = 1'795'225'910'000'000;
inline const std::string description =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0\r\na=sendonly\r\n";

struct Call {
    std::vector<Chunk> chunks;
    std::vector<std::string> legs;

    Chunk& add(const std::string& start, const std::string& src, const std::string& dst,
               const std::string& method, const std::string& headers = "",
               const std::string& body = "") {
        Chunk one;
        one.call_id = "c";
        one.parser = one.observer = "192.0.2.9:9060";
        one.src = src;
        one.dst = dst;
        one.timestamp = one.ref_timestamp = epoch + static_cast<wire::Micros>(chunks.size()) * 1000;
        one.label = start;
        one.c_seq = "1 " + method;
        one.message = start + "\r\n" + headers + "Call-ID: c\r\nCSeq: 1 " + method +
                      "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        legs.emplace_back();
        return chunks.emplace_back(std::move(one));
    }
    /// Along hosts 192.0.2.1, 192.0.2.2 ...
    void pass_on(std::size_t hosts) {
        for (std::size_t i = 1; i < hosts; ++i) {
            add("INVITE sip:b@c SIP/2.0", end(i), end(i + 1), "INVITE",
                "Via: SIP/2.0/UDP x;branch=z9hG4bK" + std::to_string(i) + "\r\n");
        }
    }
    static std::string end(std::size_t host) { return "192.0.2." + std::to_string(host) + ":5060"; }

    [[nodiscard]] order::Flow flow() const { return order::order(chunks); }
    [[nodiscard]] std::string draw(const View& view = {}) const {
        return text(chunks, flow(), view);
    }
};

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

inline std::string line_with(const std::string& drawn, const std::string& part) {
    for (const std::string& line : lines_of(drawn)) {
        if (line.find(part) != std::string::npos) return line;
    }
    return "none with " + part + ":\n" + drawn;
}

inline std::size_t cells(const std::string& line) {
    return wire::count_utf8(line).value_or(9999);
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace ci::ladder
