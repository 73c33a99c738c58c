// A simulated scene: hosts send messages, and watchers beside them have clocks of their own. The
// true order is known, so that tests can expect it.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"
#include "wire/micros.h"

namespace ci::order::scene {

using chunk::Chunk;
using wire::Micros;

inline constexpr Micros ms = 1000;
inline constexpr Micros second = 1000 * ms;
inline constexpr Micros start = 1'800'000'000 * second + 123'457;

/// A SIP message in a few words.
struct Text {
    std::string line;                   ///< "INVITE" or "200 OK"
    std::string cseq;                   ///< "1 INVITE"
    std::vector<std::string> branches;  ///< topmost first
    std::string to_tag;
    std::string more;  ///< further header lines
    std::string from_tag = "caller";
    std::string origin = "host";  ///< in the lowest Via

    [[nodiscard]] std::string label() const {
        const bool response = line.front() >= '1' && line.front() <= '9';
        return response ? "SIP/2.0 " + line : line + " sip:bob@192.0.2.3 SIP/2.0";
    }
    [[nodiscard]] std::string message() const {
        std::string text = label() + "\r\n";
        for (const auto& branch : branches) {
            const std::string& host = &branch == &branches.back() ? origin : "host";
            text += "Via: SIP/2.0/UDP " + host + ";branch=z9hG4bK" + branch + "\r\n";
        }
        text += "From: <sip:alice@192.0.2.1>;tag=" + from_tag + "\r\nTo: <sip:bob@192.0.2.3>";
        if (!to_tag.empty()) text += ";tag=" + to_tag;
        return text + "\r\nCall-ID: scene\r\nCSeq: " + cseq + "\r\n" + more + "\r\n";
    }
};

/// An observer that mirrors every message that its host sends or receives.
struct Watcher {
    std::string name;
    std::string host;
    Micros offset = 0;  ///< of its clock, at `start`
    double drift = 0;   ///< of its clock
    bool clock = true;  ///< false: its stamps are the arrivals (HEPv1)
    Micros unit = 1;    ///< of its stamps: whole seconds in syslog
    Micros again = 0;   ///< if set: mirrors everything twice, this far apart
};

class Scene {
  public:
    std::vector<Chunk> chunks;
    std::vector<std::size_t> shows;  ///< by chunk: which send() it mirrors

    explicit Scene(std::vector<Watcher> watchers, Micros latency = 100)
        : watchers_(std::move(watchers)), latency_(latency) {}

    /// Sends a message at `at` after the start, from `src` to `dst` ("192.0.2.1:5060").
    void send(Micros at, const std::string& src, const std::string& dst, const Text& text) {
        for (const Watcher& watcher : watchers_) {
            if (src.starts_with(watcher.host + ':')) mirror(watcher, at, src, dst, text);
            if (dst.starts_with(watcher.host + ':')) mirror(watcher, at + latency_, src, dst, text);
        }
        ++sent_;
    }

    /// Drops the newest chunk of that watcher, as if its datagram was lost.
    void lose(const std::string& watcher) {
        for (std::size_t i = chunks.size(); i-- > 0;) {
            if (chunks[i].observer != watcher) continue;
            chunks.erase(chunks.begin() + static_cast<std::ptrdiff_t>(i));
            shows.erase(shows.begin() + static_cast<std::ptrdiff_t>(i));
            return;
        }
    }

    /// The numbers of the sends in the order of order().
    [[nodiscard]] std::vector<std::size_t> ordered() const {
        std::vector<std::size_t> numbers;
        for (const Event& event : order(chunks).events) numbers.push_back(shows[event.chunk]);
        return numbers;
    }
    /// The right result of ordered() if every send was mirrored: 0, 1, 2 ...
    [[nodiscard]] std::vector<std::size_t> truth() const {
        std::vector<std::size_t> numbers(sent_);
        for (std::size_t i = 0; i < sent_; ++i) numbers[i] = i;
        return numbers;
    }

  private:
    void mirror(const Watcher& watcher, Micros at, const std::string& src, const std::string& dst,
                const Text& text) {
        for (const Micros later : {Micros{0}, watcher.again}) {
            Chunk chunk;
            chunk.call_id = "scene";
            chunk.parser = chunk.observer = watcher.name;
            chunk.src = src;
            chunk.dst = dst;
            chunk.label = text.label();
            chunk.c_seq = text.cseq;
            chunk.message = text.message();
            const Micros now = at + later;
            chunk.ref_timestamp = start + now + 2 * ms;
            const auto drifted = static_cast<Micros>(watcher.drift * static_cast<double>(now));
            const Micros stamp = start + now + watcher.offset + drifted;
            chunk.timestamp =
                watcher.clock ? stamp / watcher.unit * watcher.unit : *chunk.ref_timestamp;
            if (!watcher.clock) chunk.flags.set(chunk::Flag::no_clock);
            chunks.push_back(chunk);
            shows.push_back(sent_);
            if (watcher.again == 0) return;
        }
    }

    std::vector<Watcher> watchers_;
    Micros latency_;
    std::size_t sent_ = 0;
};

inline const std::string alice = "192.0.2.1:5060";
inline const std::string proxy = "192.0.2.2:5060";
inline const std::string bob = "192.0.2.3:5060";

/// A call through a proxy, answered after `ringing`, ended by the caller after `talking`; 13 sends.
inline void call(Scene& scene, Micros hop = 2 * ms, Micros ringing = 3 * second,
                 Micros talking = 20 * second) {
    Micros at = 0;
    const auto next = [&](Micros after) { return at += after; };
    scene.send(next(0), alice, proxy, {"INVITE", "1 INVITE", {"a1"}, "", ""});
    scene.send(next(hop), proxy, alice, {"100 Trying", "1 INVITE", {"a1"}, "", ""});
    scene.send(next(hop), proxy, bob, {"INVITE", "1 INVITE", {"p1", "a1"}, "", ""});
    scene.send(next(hop), bob, proxy, {"180 Ringing", "1 INVITE", {"p1", "a1"}, "bob", ""});
    scene.send(next(hop), proxy, alice, {"180 Ringing", "1 INVITE", {"a1"}, "bob", ""});
    scene.send(next(ringing), bob, proxy, {"200 OK", "1 INVITE", {"p1", "a1"}, "bob", ""});
    scene.send(next(hop), proxy, alice, {"200 OK", "1 INVITE", {"a1"}, "bob", ""});
    scene.send(next(hop), alice, proxy, {"ACK", "1 ACK", {"a2"}, "bob", ""});
    scene.send(next(hop), proxy, bob, {"ACK", "1 ACK", {"p2", "a2"}, "bob", ""});
    scene.send(next(talking), alice, proxy, {"BYE", "2 BYE", {"a3"}, "bob", ""});
    scene.send(next(hop), proxy, bob, {"BYE", "2 BYE", {"p3", "a3"}, "bob", ""});
    scene.send(next(hop), bob, proxy, {"200 OK", "2 BYE", {"p3", "a3"}, "bob", ""});
    scene.send(next(hop), proxy, alice, {"200 OK", "2 BYE", {"a3"}, "bob", ""});
}

}  // namespace ci::order::scene
