// Chunks of a dialogue from lines that say only what matters to a case:
//
//   at=0 is=INVITE number=1                     a request, 0 ms after the start
//   at=20 is=180 of=INVITE by=b hop=2>3 vias=2  a response, seen by observer b between 2 and 3
//
// `hop=1>2` means from 10.0.0.1:5060 to 10.0.0.2:5060. `media=192.168.1.5`: with a session
// description of that address, `kind=image` another medium than audio, `codec=8`, `line` one line
// more in it. `branch=x`: a branch of its own, where a proxy forks. `clock=500`: its observer's
// clock is 500 ms ahead. Any other name is a header.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "support/md_cases.h"

namespace ci::test {

inline constexpr wire::Micros start_of_cases = 1'795'225'910'000'000;

inline std::string end_of_hop(const std::string& text) {
    return text.find_first_of(".:") == std::string::npos ? "10.0.0." + text + ":5060" : text;
}

inline chunk::Chunk chunk_of(Expected line, const std::string& call_id = "call@example.com") {
    const auto take = [&](const char* name, const char* usual) {
        const auto found = line.find(name);
        if (found == line.end()) return std::string(usual);
        std::string value = found->second;
        line.erase(found);
        return value;
    };
    chunk::Chunk chunk;
    chunk.call_id = call_id;
    const double ms = std::stod(take("at", "0"));
    chunk.ref_timestamp = start_of_cases + static_cast<wire::Micros>(ms * 1'000);
    chunk.timestamp =
        *chunk.ref_timestamp + static_cast<wire::Micros>(std::stod(take("clock", "0")) * 1'000);
    chunk.observer = take("by", "a");
    chunk.parser = take("parser", "");
    chunk.event = take("event", "");
    const std::string hop = take("hop", "1>2");
    chunk.src = end_of_hop(hop.substr(0, hop.find('>')));
    chunk.dst = end_of_hop(hop.substr(hop.find('>') + 1));
    const std::string is = take("is", "INVITE"), number = take("number", "1");
    const bool is_response = is.find_first_not_of("0123456789") == std::string::npos;
    const std::string method = take("of", is_response ? "INVITE" : is.c_str());
    const std::string uri = take("uri", "sip:bob@example.com");
    std::string sip =
        is_response ? "SIP/2.0 " + is + " Reason\r\n" : is + " " + uri + " SIP/2.0\r\n";
    const int vias = std::stoi(take("vias", "1"));
    const std::string fork = take("branch", "");
    for (int i = 0; i < vias; ++i) {
        // Each host on the way has a branch of its own; who made the request comes last.
        const std::string hop_number = i + 1 == vias ? "" : "-" + std::to_string(vias - 1 - i);
        const std::string of_fork = i + 1 < vias || vias == 1 ? fork : "";
        sip += "Via: SIP/2.0/UDP 10.0.0." + std::to_string(i) + ";branch=z9hG4bK" + number +
               hop_number + of_fork + "\r\n";
    }
    const std::string from_tag = take("from_tag", "f"),
                      to_tag = take("to_tag", is_response ? "t" : "");
    sip += "From: " + take("from", "<sip:alice@example.com>") + ";tag=" + from_tag + "\r\n";
    sip += "To: " + take("to", "<sip:bob@example.com>") + (to_tag.empty() ? "" : ";tag=" + to_tag) +
           "\r\n";
    sip += "Call-ID: " + chunk.call_id + "\r\nCSeq: " + number + " " + method + "\r\n";
    const std::string media = take("media", ""), kind = take("kind", "audio");
    const std::string more = take("line", ""), codec = take("codec", "0");
    for (const auto& [name, value] : line)
        sip.append(name).append(": ").append(value).append("\r\n");
    chunk.message = sip + "\r\n";
    if (!media.empty()) {
        chunk.message += "v=0\r\no=- 1 1 IN IP4 " + media + "\r\ns=-\r\nc=IN IP4 " + media +
                         "\r\nt=0 0\r\nm=" + kind + " 4000 RTP/AVP " + codec + "\r\n" +
                         (more.empty() ? "" : more + "\r\n");
    }
    if (!chunk.event.empty()) chunk.message = "an event";
    return chunk;
}

/// `leg` of a line is its Call-ID.
inline std::vector<chunk::Chunk> chunks_of(std::string_view block) {
    std::vector<chunk::Chunk> chunks;
    while (!block.empty()) {
        const auto end = std::min(block.find('\n'), block.size() - 1);
        const auto line = block.substr(0, end);
        block.remove_prefix(end + 1);
        if (line.find_first_not_of(" \n") != std::string_view::npos) {
            Expected one = read_expected(line);
            const auto leg = one.extract("leg");
            chunks.push_back(leg.empty() ? chunk_of(one) : chunk_of(one, leg.mapped()));
        }
    }
    return chunks;
}

/// Of each chunk the number of its Call-ID.
inline std::vector<std::size_t> legs_of(const std::vector<chunk::Chunk>& chunks) {
    std::map<std::string, std::size_t> legs;
    std::vector<std::size_t> leg_of;
    leg_of.reserve(chunks.size());
    for (const chunk::Chunk& one : chunks) {
        leg_of.push_back(legs.emplace(one.call_id, legs.size()).first->second);
    }
    return leg_of;
}

}  // namespace ci::test
