// Dialogues as they would be indexed: numbers, addresses and User-Agents as an operator has them,
// each dialogue made of real SIP, so that rows and keys are what they are in use. The same seed
// makes the same dialogues.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "chunk/chunk.h"
#include "index/dialogue_table.h"

namespace ci::bench {

class Dialogues {
  public:
    static constexpr wire::Micros first = 1'790'000'000'000'000;
    static constexpr wire::Micros second = 1'000'000;

    /// `count` dialogues within 30 days.
    Dialogues(std::uint64_t seed, std::uint64_t count)
        : random_(seed),
          apart_(static_cast<wire::Micros>(30 * 86'400 * 1e6 / static_cast<double>(count))) {}

    index::Dialogue next() {
        const auto number = made_++;
        call_id_ = hex(random_()) + "@10.0." + std::to_string(number % 8) + ".1";
        index::Dialogue dialogue(call_id_);
        dialogue.size = 4'096;
        dialogue.last_seq = number * 16;
        at_ = first + static_cast<wire::Micros>(number) * apart_;
        const auto kind = below(100);
        method_ = kind < 80 ? "INVITE" : kind < 92 ? "REGISTER" : kind < 97 ? "OPTIONS" : "MESSAGE";
        from_ = "4930" + std::to_string(1'000'000 + below(1'000'000));
        to_ = below(10) == 0 ? "user" + std::to_string(below(50'000))
                             : "49" + std::to_string(100'000'000 + below(5'000'000));
        phone_ = "10." + std::to_string(16 + below(4)) + "." + std::to_string(below(200)) + "." +
                 std::to_string(1 + below(250)) + ":5060";
        const auto proxy = "10.0.0." + std::to_string(1 + below(4)) + ":5060";
        const auto carrier = "203.0.113." + std::to_string(1 + below(20)) + ":5060";
        agent_ = "Phone " + std::to_string(below(below(300) + 1)) + "/" + std::to_string(below(4)) +
                 ".1";
        request(dialogue, method_, 1, phone_, proxy, 1);
        if (method_ == "INVITE") {
            request(dialogue, method_, 1, proxy, carrier, 2);
            talk(dialogue, proxy, carrier);
        } else {
            at_ += 20'000;
            respond(dialogue, below(50) == 0 ? "403 Forbidden" : "200 OK", 1, method_, proxy,
                    phone_);
        }
        return dialogue;
    }

  private:
    void talk(index::Dialogue& dialogue, const std::string& proxy, const std::string& carrier) {
        constexpr const char* failures[] = {
            "486 Busy Here",           "487 Request Terminated",      "404 Not Found",
            "503 Service Unavailable", "480 Temporarily Unavailable", "603 Decline",
            "500 Server Error",        "488 Not Acceptable Here"};
        at_ += static_cast<wire::Micros>(100'000 + below(3'000'000));
        respond(dialogue, "180 Ringing", 1, "INVITE", proxy, phone_);
        at_ += static_cast<wire::Micros>(below(20'000'000));
        if (below(100) < 35) {
            const auto which = below(below(8) + 1);
            if (which == 1) request(dialogue, "CANCEL", 1, phone_, proxy, 1);
            respond(dialogue, failures[which], 1, "INVITE", proxy, phone_);
            return;
        }
        respond(dialogue, "200 OK", 1, "INVITE", proxy, phone_);
        request(dialogue, "ACK", 1, phone_, proxy, 1);
        if (below(40) == 0) request(dialogue, "REFER", 2, phone_, proxy, 1);
        at_ += static_cast<wire::Micros>(below(600) * 1'000'000);
        request(dialogue, "BYE", 3, proxy, carrier, 2);
    }

    std::uint64_t below(std::uint64_t end) { return random_() % end; }

    static std::string hex(std::uint64_t number) {
        constexpr auto digits = "0123456789abcdef";
        std::string text;
        for (int i = 0; i < 16; ++i, number >>= 4U) text += digits[number & 15U];
        return text;
    }

    std::string headers(std::uint64_t number, const std::string& method, const std::string& end,
                        std::size_t vias) const {
        std::string text;
        for (std::size_t i = vias; i > 0; --i) {
            text += "Via: SIP/2.0/UDP " + (i == 1 ? phone_ : end) + ";branch=z9hG4bK" +
                    hex(made_ * 31 + i) + "\r\n";
        }
        const bool is_later = number > 1 || method == "ACK";
        return text + "From: \"Caller\" <sip:" + from_ + "@example.com>;tag=1\r\nTo: <sip:" + to_ +
               "@example.com>" + (is_later ? ";tag=2" : "") + "\r\nCall-ID: " + call_id_ +
               "\r\nCSeq: " + std::to_string(number) + " " + method + "\r\n";
    }
    void request(index::Dialogue& dialogue, const std::string& method, std::uint64_t number,
                 const std::string& src, const std::string& dst, std::size_t vias) {
        take(dialogue, method + " sip:" + to_ + "@example.com SIP/2.0",
             headers(number, method, src, vias) + "User-Agent: " + agent_ + "\r\n", src, dst);
    }
    void respond(index::Dialogue& dialogue, const std::string& status, std::uint64_t number,
                 const std::string& method, const std::string& src, const std::string& dst) {
        take(dialogue, "SIP/2.0 " + status, headers(number, method, dst, 1), src, dst);
    }
    void take(index::Dialogue& dialogue, const std::string& label, const std::string& headers,
              const std::string& src, const std::string& dst) {
        chunk::Chunk chunk;
        chunk.call_id = call_id_;
        chunk.parser = chunk.observer = "10.0.0.1:9060";
        chunk.src = src;
        chunk.dst = dst;
        chunk.timestamp = chunk.ref_timestamp = at_++;
        chunk.label = label;
        chunk.message = label + "\r\n" + headers + "\r\n";
        dialogue.row.take(chunk);
        dialogue.keys.take(chunk, dialogue.last_seq++, rules_);
    }

    std::mt19937_64 random_;
    const wire::Micros apart_;
    const calls::Rules rules_;
    std::uint64_t made_ = 0;
    wire::Micros at_ = 0;
    std::string call_id_, method_, from_, to_, phone_, agent_;
};

}  // namespace ci::bench
