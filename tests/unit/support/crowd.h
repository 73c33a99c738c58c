// Calls at once, whose legs are known: what joining finds is compared with them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "calls/joining.h"
#include "support/memory_dialogues.h"

namespace ci::test {

using calls::Joined;
using calls::Proof;
using wire::Micros;

inline constexpr Micros milli = 1'000;
inline constexpr Micros one_second = 1'000'000;

/// How a B2BUA lets its legs find each other.
enum class Manner { header, session_id, icid, affix, nothing };

class Crowd {
  public:
    explicit Crowd(unsigned seed) : random_(seed) {}

    test::MemoryDialogues dialogues;
    std::vector<std::vector<std::string>> calls;  ///< by call: its legs
    std::vector<Manner> manners;

    void make(std::size_t count, Micros within) {
        for (std::size_t i = 0; i < count; ++i) {
            const Micros at = static_cast<Micros>(draw(static_cast<std::uint64_t>(within)));
            const auto manner = static_cast<Manner>(draw(5));
            switch (draw(7)) {
                case 0:
                    bridge(at, manner);
                    break;
                case 1:
                    fork(at, manner);
                    break;
                case 2:
                    transfer(at, manner);
                    break;
                case 3:
                    spiral(at, manner);
                    break;
                case 4:
                    recorded(at, manner);
                    break;
                case 5:
                    same_people_twice(at, manner);
                    ++i;
                    break;
                default:
                    bridge(at, manner);
                    break;
            }
        }
        call_centre(within);
        std::stable_sort(sent_.begin(), sent_.end(),
                         [](const Sent& a, const Sent& b) { return a.at < b.at; });
        for (const Sent& one : sent_) {
            dialogues.add({one.call_id, "", wire::parse_address(one.src).value(),
                           wire::parse_address(one.dst).value()},
                          one.bytes, 1'800'000'000'000'000 + one.at);
        }
    }

  private:
    struct Sent {
        Micros at;
        std::string call_id, src, dst, bytes;
    };
    struct Leg {
        std::string call_id, from, to, src, dst, headers;
        Micros at = 0;
    };

    std::mt19937_64 random_;
    std::vector<Sent> sent_;

    std::uint64_t draw(std::uint64_t below) { return random_() % below; }
    std::string hex(int digits) {
        std::string out;
        while (digits-- > 0) out += "0123456789abcdef"[draw(16)];
        return out;
    }
    std::string number() { return "+4930" + std::to_string(1'000'000 + draw(9'000'000)); }
    std::string phone() {
        return "10." + std::to_string(draw(200)) + "." + std::to_string(draw(250)) + "." +
               std::to_string(1 + draw(250));
    }
    std::string switch_of_pool() { return "192.0.2." + std::to_string(1 + draw(4)); }
    std::string call_id() { return hex(20) + "@" + hex(6); }

    void send(Micros at, const Leg& leg, const std::string& start_line, const std::string& method,
              const std::string& more, bool reverse) {
        const std::string head =
            "Via: SIP/2.0/UDP " + leg.src + ";branch=z9hG4bK" + leg.call_id +
            "\r\nFrom: <sip:" + leg.from + "@x.example>;tag=1\r\nTo: <sip:" + leg.to +
            "@x.example>\r\nCall-ID: " + leg.call_id + "\r\nCSeq: 1 " + method + "\r\n";
        sent_.push_back({at, leg.call_id, reverse ? leg.dst : leg.src, reverse ? leg.src : leg.dst,
                         start_line + "\r\n" + head + more + "\r\n"});
    }
    void invite(const Leg& leg) {
        send(leg.at, leg, "INVITE sip:" + leg.to + "@" + leg.dst + " SIP/2.0", "INVITE",
             leg.headers, false);
    }
    void end(const Leg& leg, Micros answer, Micros bye) {
        send(answer, leg, "SIP/2.0 200 OK", "INVITE", "", true);
        send(bye, leg, "BYE sip:" + leg.to + "@x SIP/2.0", "BYE", "", false);
    }

    Leg first_leg(Micros at) {
        return {call_id(), number(), number(), phone(), switch_of_pool(), "", at};
    }
    /// What a B2BUA makes of a leg, and what it adds to both so that they find each other.
    Leg made_for(Leg& a, Manner manner, Micros delay) {
        Leg b{call_id(), a.from, number(), a.dst, phone(), "", a.at + delay};
        if (draw(2) == 0) b.to = a.to;
        switch (manner) {
            case Manner::header:
                b.headers = "X-CID: " + a.call_id + "\r\n";
                break;
            case Manner::session_id:
                if (a.headers.empty()) {
                    a.headers =
                        "Session-ID: " + hex(32) + ";remote=" + std::string(32, '0') + "\r\n";
                }
                b.headers = a.headers;
                break;
            case Manner::icid:
                if (a.headers.empty()) {
                    a.headers = "P-Charging-Vector: icid-value=" + hex(24) + "\r\n";
                }
                b.headers = a.headers;
                break;
            case Manner::affix:
                b.call_id = a.call_id + "_b2b-" + std::to_string(1 + draw(9));
                break;
            case Manner::nothing:
                break;
        }
        return b;
    }
    void keep(const std::vector<Leg>& legs, Manner manner) {
        std::vector<std::string> ids;
        const Micros answer =
            legs.front().at + one_second + static_cast<Micros>(draw(8)) * one_second;
        for (const Leg& leg : legs) {
            invite(leg);
            end(leg, std::max(answer, leg.at + 100 * milli), answer + 200 * one_second);
            ids.push_back(leg.call_id);
        }
        calls.push_back(ids);
        manners.push_back(manner);
    }
    Micros delay() { return 2 * milli + static_cast<Micros>(draw(20)) * milli; }

    void bridge(Micros at, Manner manner) {
        Leg a = first_leg(at);
        const Leg b = made_for(a, manner, delay());
        keep({a, b}, manner);
    }
    void fork(Micros at, Manner manner) {
        Leg a = first_leg(at);
        std::vector<Leg> legs{a};
        std::set<std::string> used;
        for (int i = 0; i < 3; ++i) {
            Leg b = made_for(a, manner, delay() + i * milli);
            if (used.insert(b.call_id).second) legs.push_back(b);
        }
        legs[0] = a;
        keep(legs, manner);
    }
    /// The phone refers its peer, which the switch calls; the new leg names who referred.
    void transfer(Micros at, Manner manner) {
        Leg a = first_leg(at);
        const Leg b = made_for(a, manner, delay());
        const Micros when = at + 30 * one_second;
        const std::string target = number();
        send(when, a, "REFER sip:x@" + a.dst + " SIP/2.0", "REFER",
             "Refer-To: <sip:" + target + "@x.example>\r\nReferred-By: <sip:" + a.from +
                 "@x.example>\r\n",
             false);
        Leg c{call_id(),     b.to,    target,
              a.dst,         phone(), "Referred-By: <sip:" + a.from + "@x.example>\r\n",
              when + delay()};
        keep({a, b, c}, manner);
    }
    /// The same switch gets the call again, under the second Call-ID.
    void spiral(Micros at, Manner manner) {
        if (manner == Manner::nothing) manner = Manner::header;
        Leg a = first_leg(at);
        Leg b = made_for(a, manner, delay());
        b.dst = a.dst;
        const Leg c = made_for(b, manner, delay());
        keep({a, b, c}, manner);
    }
    void recorded(Micros at, Manner manner) {
        Leg a = first_leg(at);
        const Leg b = made_for(a, manner, delay());
        Leg record = made_for(a, manner == Manner::nothing ? Manner::header : manner, delay());
        record.to = "recorder";
        record.dst = "198.51.100.7";
        if (record.call_id == b.call_id) return keep({a, b}, manner);
        keep({a, b, record}, manner);
    }
    void same_people_twice(Micros at, Manner manner) {
        Leg first = first_leg(at);
        const Leg b = made_for(first, manner, delay());
        keep({first, b}, manner);
        Leg again = first;
        again.call_id = call_id();
        again.headers.clear();
        again.at = at + 10 * one_second + static_cast<Micros>(draw(40)) * one_second;
        Leg b2 = made_for(again, manner, delay());
        b2.to = b.to;
        keep({again, b2}, manner);
    }
    /// One number in 200 calls at once, of which a tenth hide who calls.
    void call_centre(Micros within) {
        const std::string centre = number(), at = switch_of_pool();
        for (int i = 0; i < 200; ++i) {
            Leg a = first_leg(within / 2 + i * 50 * milli);
            a.to = centre;
            a.dst = at;
            if (i % 10 == 0) a.from = "anonymous";
            Leg b = made_for(a, Manner::nothing, delay());
            b.to = centre;
            keep({a, b}, Manner::nothing);
        }
    }
};

/// What joining found, asked for one leg of each call.
struct CrowdScore {
    std::size_t asked = 0, right = 0, wrong = 0, missing = 0;
    std::size_t surely_wrong = 0;    ///< by sure evidence
    std::size_t surely_missing = 0;  ///< legs that sure evidence ties
    std::string told;                ///< what is wrong
};

/// Asks for every `step`-th call.
inline CrowdScore score_crowd(Crowd& crowd, std::size_t step) {
    CrowdScore score;
    std::mt19937 random(3);
    for (std::size_t i = random() % step; i < crowd.calls.size(); i += step) {
        const std::set<std::string> legs(crowd.calls[i].begin(), crowd.calls[i].end());
        const std::string& asked = crowd.calls[i][random() % crowd.calls[i].size()];
        std::size_t found = 0;
        for (const auto& leg : calls::join(crowd.dialogues, asked).legs) {
            if (legs.contains(leg.call_id)) {
                ++found;
                continue;
            }
            ++score.wrong;
            for (const Proof& proof : leg.joined_by) {
                if (calls::is_sure(proof.evidence) && legs.contains(proof.with)) {
                    ++score.surely_wrong;
                }
                score.told += "\n" + asked + " with " + leg.call_id + " by " + proof.fact;
            }
        }
        ++score.asked;
        score.right += found - 1;
        score.missing += legs.size() - found;
        if (crowd.manners[i] != Manner::nothing) score.surely_missing += legs.size() - found;
    }
    return score;
}

}  // namespace ci::test
