#include "calls/findings/sound.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "calls/findings/sound_numbers.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using json = nlohmann::json;

/// A number, or a text that is one; empty: no such member.
std::optional<double> number_in(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    if (found->is_number()) {
        constexpr double most = 1e12;  // more than any counter of a call
        const auto value = found->get<double>();
        return value >= -most && value <= most ? std::optional(value) : std::nullopt;
    }
    return found->is_string() ? decimal(found->get_ref<const std::string&>()) : std::nullopt;
}

std::string text_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What one message, or one block of it, tells of one stream.
struct Told {
    std::string from, to, told_by;
    std::string source;
    std::optional<double> mos, loss, jitter;
    std::optional<double> packets_lost, packets;  ///< in place of `loss`
    bool is_last = false;  ///< of the whole call: what came before it is part of it
};

class Hearing {
  public:
    explicit Hearing(const Course& course)
        : course_(course), ticks_per_millisecond_(ticks_per_millisecond()) {
        for (const Transmitted& one : course_.messages) {
            const order::Event& event = course_.flow->events[one.event];
            legs_.emplace(course_.chunks[event.chunk].call_id, one.leg);
        }
    }

    std::vector<Sound> hear() {
        const std::size_t end = std::min(course_.flow->events.size(), most_messages_of_a_course);
        for (std::size_t e = 0; e < end; ++e) {
            const chunk::Chunk& chunk = course_.chunks[course_.flow->events[e].chunk];
            if (chunk.event == "rtcp") read_rtcp(e, chunk);
            if (chunk.event == "report") read_report(e, chunk);
        }
        for (const Transmitted& one : course_.messages) read_sip(one);
        std::vector<Sound> all;
        for (Stream& stream : streams_) all.push_back(std::move(stream.sound));
        return all;
    }

  private:
    struct Stream {
        Sound sound;
        double mos_sum = 0, loss_sum = 0, jitter_sum = 0, lost = 0, packets = 0;
        std::size_t mos_count = 0, loss_count = 0, jitter_count = 0;
        bool is_whole = false;
    };

    /// By its address: "192.0.2.1:4000" is media of the host that has this address.
    [[nodiscard]] std::string host_at(std::string_view endpoint) const {
        const auto parsed = wire::parse_endpoint(endpoint);
        const auto address =
            parsed ? std::optional(parsed->address) : wire::parse_address(endpoint);
        if (!address) return {};
        for (const Host& host : course_.hosts) {
            if (host.address == *address) return host.name;
        }
        return wire::to_string(*address);
    }

    /// RTP's clock of the codec that was agreed on last; most have 8,000 ticks a second.
    [[nodiscard]] double ticks_per_millisecond() const {
        for (std::size_t m = course_.messages.size(); m-- > 0;) {
            const Transmitted& one = course_.messages[m];
            if (one.sip.is_request || one.sip.status / 100 != 2 || one.sip.truncated) continue;
            const auto sdp = sip::parse_sdp(sip::sdp_in(one.sip.body));
            if (sdp.streams.empty() || sdp.streams.front().codecs.empty()) continue;
            auto rate = sdp.streams.front().codecs.front();
            rate.remove_prefix(std::min(rate.find('/') + 1, rate.size()));
            const auto ticks = sip::read_decimal<std::uint32_t>(rate.substr(0, rate.find('/')));
            if (ticks && *ticks >= 1'000) return *ticks / 1'000.0;
        }
        return 8;
    }

    /// RFC 3550 6.4: each block tells how the packet's sender hears the other end.
    void read_rtcp(std::size_t event, const chunk::Chunk& chunk) {
        const json packet = json::parse(chunk.message, nullptr, false);
        if (!packet.is_object()) return;
        const auto blocks = packet.find("report_blocks");
        if (blocks == packet.end() || !blocks->is_array()) return;
        for (const json& block : *blocks) {
            if (!block.is_object()) continue;
            Told told;
            told.from = host_at(chunk.dst);
            told.to = told.told_by = host_at(chunk.src);
            told.source = "RTCP";
            if (const auto lost = number_in(block, "fraction_lost"); lost && *lost <= 255) {
                told.loss = 100 * *lost / 256;
            }
            if (const auto jitter = number_in(block, "ia_jitter"); jitter) {
                told.jitter = *jitter / ticks_per_millisecond_;
            }
            note(event, chunk, told);
        }
    }

    void read_report(std::size_t event, const chunk::Chunk& chunk) {
        if (chunk.message.starts_with("VQ")) {
            read_vq(event, chunk, chunk.message, host_at(chunk.src), none);
            return;
        }
        const json report = json::parse(chunk.message, nullptr, false);
        if (!report.is_object()) return;
        if (report.contains("INC_MOS") || report.contains("OUT_MOS")) {
            read_both_ways(event, chunk, report);
            return;
        }
        Told told;
        const std::string from = text_in(report, "SRC_IP"), to = text_in(report, "DST_IP");
        told.from = host_at(from.empty() ? chunk.src : from);
        told.to = host_at(to.empty() ? chunk.dst : to);
        told.told_by = chunk.observer;
        told.source = "report";
        told.mos = mos_of(number_in(report, "MEAN_MOS"));
        if (!told.mos) told.mos = mos_of(number_in(report, "MOS"));
        told.jitter = number_in(report, "MEAN_JITTER");
        if (!told.jitter) told.jitter = number_in(report, "JITTER");
        told.packets_lost = number_in(report, "PACKET_LOSS");
        told.packets = number_in(report, "EXPECTED_PK");
        if (!told.packets) told.packets = number_in(report, "TOTAL_PK");
        const std::string type = text_in(report, "TYPE");
        told.is_last = type == "HANGUP" || type == "FINAL";
        note(event, chunk, told);
    }

    /// A border controller tells of both callers' streams at once.
    void read_both_ways(std::size_t event, const chunk::Chunk& chunk, const json& report) {
        struct Names {
            const char *from, *to, *mos, *lost, *packets, *jitter;
        };
        constexpr Names ways[] = {{"CALLER_SRC_IP", "CALLER_DST_IP", "INC_MOS", "INC_RTP_PK_LOSS",
                                   "INC_RTP_PK", "INC_RTP_AVG_JITTER"},
                                  {"CALLEE_SRC_IP", "CALLEE_DST_IP", "OUT_MOS", "OUT_RTP_PK_LOSS",
                                   "OUT_RTP_PK", "OUT_RTP_AVG_JITTER"}};
        for (const Names& way : ways) {
            Told told;
            told.from = host_at(text_in(report, way.from));
            told.to = host_at(text_in(report, way.to));
            told.told_by = chunk.observer;
            told.source = "report";
            told.mos = mos_of(number_in(report, way.mos));
            told.jitter = number_in(report, way.jitter);
            told.packets_lost = number_in(report, way.lost);
            const auto received = number_in(report, way.packets);
            if (received && told.packets_lost) told.packets = *received + *told.packets_lost;
            note(event, chunk, told);
        }
    }

    void read_sip(const Transmitted& one) {
        if (one.src == none || one.repeat > 0) return;
        const chunk::Chunk& chunk = course_.chunks[course_.flow->events[one.event].chunk];
        const std::string teller(course_.name(one.src));
        if (is_passed_on(one)) return;
        for (const char* name : {"X-RTP-Stat", "P-RTP-Stat"}) {
            const auto stat = sip::find_header(one.sip, name, 0);
            if (stat.empty()) continue;
            Told told;
            told.from = std::string(course_.name(one.dst));
            told.to = told.told_by = teller;
            told.source = name;
            told.mos = mos_of(decimal(value_of(stat, "MQ")));
            told.jitter = decimal(value_of(stat, "JI"));
            const auto received = decimal(value_of(stat, "PR")),
                       lost = decimal(value_of(stat, "PL"));
            if (received && lost) {
                told.packets = *received + *lost;
                told.packets_lost = lost;
            }
            note(one.event, chunk, told, one.leg);
        }
        if (one.sip.is_request && one.sip.body.starts_with("VQ")) {
            read_vq(one.event, chunk, one.sip.body, teller, one.leg);
        }
    }

    /// A proxy passes on what a phone tells.
    [[nodiscard]] bool is_passed_on(const Transmitted& one) const {
        if (one.transaction == none) return false;
        const Transaction& of = course_.transactions[one.transaction];
        if (one.sip.is_request) return of.before != none && !of.is_other_leg;
        return std::any_of(of.behind.begin(), of.behind.end(), [&](std::size_t behind) {
            const Transaction& next = course_.transactions[behind];
            return !next.is_other_leg && !next.finals.empty();
        });
    }

    /// RFC 6035: the report's own view; what the remote end measured comes behind.
    void read_vq(std::size_t event, const chunk::Chunk& chunk, std::string_view report,
                 const std::string& teller, std::size_t leg) {
        const std::string_view body = report.substr(0, report.find("RemoteMetrics:"));
        Told told;
        told.to = told.told_by = teller;
        const auto remote = body.find("RemoteAddr:");
        if (remote != std::string_view::npos) {
            told.from = host_at(value_of(body.substr(remote + 11), "IP"));
        }
        told.source = "RFC 6035";
        told.mos = mos_of(decimal(value_of(body, "MOSCQ")));
        if (!told.mos) told.mos = mos_of(decimal(value_of(body, "MOSLQ")));
        told.loss = percent(decimal(value_of(body, "NLR")));
        told.jitter = decimal(value_of(body, "IAJ"));
        note(event, chunk, told, leg);
    }

    void note(std::size_t event, const chunk::Chunk& chunk, const Told& told,
              std::size_t leg = none) {
        if (leg == none) {  // of an event that of the dialogue that it was filed under
            const auto known = legs_.find(chunk.call_id);
            if (known != legs_.end()) leg = known->second;
        }
        const auto key = std::tuple(told.from, told.to, told.told_by, told.source);
        const auto found = places_.find(key);
        if (found == places_.end() && streams_.size() == most_sounds) return;
        const std::size_t place = found == places_.end() ? streams_.size() : found->second;
        if (found == places_.end()) {
            places_.emplace(key, place);
            Stream& fresh = streams_.emplace_back();
            fresh.sound = {told.from, told.to, told.told_by, told.source, leg, {}, {}, {}, {}};
        }
        Stream& stream = streams_[place];
        if (stream.is_whole && !told.is_last) return;
        if (told.is_last) {
            Sound kept = std::move(stream.sound);
            stream = {};
            stream.sound = {kept.from, kept.to, kept.told_by, kept.source,           kept.leg,
                            {},        {},      {},           std::move(kept.events)};
            stream.is_whole = true;
        }
        add(stream, told);
        constexpr std::size_t most_places = 20;
        if (stream.sound.events.size() < most_places) stream.sound.events.push_back(event);
    }

    static void add(Stream& stream, const Told& told) {
        const auto mean = [](std::optional<double> value, double& sum, std::size_t& count,
                             std::optional<double>& result) {
            if (!value) return;
            sum += *value;
            result = sum / static_cast<double>(++count);
        };
        mean(told.mos, stream.mos_sum, stream.mos_count, stream.sound.mos);
        mean(told.loss, stream.loss_sum, stream.loss_count, stream.sound.loss);
        mean(told.jitter, stream.jitter_sum, stream.jitter_count, stream.sound.jitter);
        if (!told.packets || !told.packets_lost || *told.packets <= 0) return;
        stream.lost += std::max(0.0, *told.packets_lost);
        stream.packets += *told.packets;
        stream.sound.loss = std::min(100.0, 100 * stream.lost / stream.packets);
    }

    const Course& course_;
    const double ticks_per_millisecond_;
    std::map<std::string_view, std::size_t> legs_;  ///< by Call-ID
    std::vector<Stream> streams_;
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> places_;
};

}  // namespace

std::vector<Sound> sounds_of(const Course& course) {
    return course.flow == nullptr ? std::vector<Sound>() : Hearing(course).hear();
}

}  // namespace ci::calls
