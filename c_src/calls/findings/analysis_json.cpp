#include "calls/findings/analysis_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace ci::calls {
namespace {

using json = nlohmann::ordered_json;

double in_millis(wire::Micros time) {
    return static_cast<double>(time) / 1'000;
}

json finding_json(const Finding& finding, bool has_legs) {
    json object = {{"code", name_of(finding.code)},
                   {"severity", severity_names[static_cast<std::size_t>(finding.severity)]},
                   {"text", finding.text},
                   {"check", check_of(finding.code)},
                   {"messages", finding.messages}};
    if (!finding.host.empty()) object["host"] = finding.host;
    if (has_legs && finding.leg != none) object["leg"] = letter(finding.leg);
    if (finding.status != 0) object["status"] = finding.status;
    return object;
}

json media_json(const LegMedia& media, bool has_legs) {
    json object = json::object();
    if (has_legs) object["leg"] = letter(media.leg);
    object["offered"] = media.offered;
    if (!media.chosen.empty()) {
        object["chosen"] = media.chosen;
        object["dtmf"] = media.has_dtmf;
    }
    object["srtp"] = media.is_secure;
    if (media.holds > 0) object["holds"] = media.holds;
    return object;
}

/// Numbers that nobody told are left out.
json quality_json(const Sound& sound, bool has_legs) {
    json object = json::object();
    const auto add_text = [&](const char* name, const std::string& text) {
        if (!text.empty()) object[name] = text;
    };
    const auto add_number = [&](const char* name, const std::optional<double>& number) {
        if (number) object[name] = std::round(*number * 100) / 100;
    };
    if (has_legs && sound.leg != none) object["leg"] = letter(sound.leg);
    add_text("from", sound.from);
    add_text("to", sound.to);
    add_text("told_by", sound.told_by);
    object["source"] = sound.source;
    add_number("mos", sound.mos);
    add_number("loss_percent", sound.loss);
    add_number("jitter_ms", sound.jitter);
    object["messages"] = sound.events;
    return object;
}

}  // namespace

std::string letter(std::size_t leg) {
    std::string text(1, static_cast<char>('A' + leg % 26));
    if (leg >= 26) text += std::to_string(leg / 26);
    return text;
}

std::string analysis_json(const Analysis& analysis, bool has_legs) {
    json object = {{"outcome", outcome_names[static_cast<std::size_t>(analysis.outcome)]}};
    const auto add_text = [&](const char* name, const std::string& text) {
        if (!text.empty()) object[name] = text;
    };
    const auto add_time = [&](const char* name, const std::optional<wire::Micros>& time) {
        if (time) object[name] = in_millis(*time);
    };
    if (analysis.final_status != 0) object["final_status"] = analysis.final_status;
    add_text("final_reason", analysis.final_reason);
    add_text("failure_location", analysis.failure_location);
    add_text("failing_host", analysis.failing_host);
    add_text("reason", analysis.reason);
    add_text("originate_type", std::string(analysis.originate_type));
    add_text("terminate_type", std::string(analysis.terminate_type));
    add_text("hung_up_by", analysis.hung_up_by);
    add_time("post_dial_delay_ms", analysis.post_dial_delay);
    add_time("ring_ms", analysis.ring);
    add_time("setup_ms", analysis.setup);
    add_time("duration_ms", analysis.duration);
    object["retransmissions"] = json::array();
    for (const Repeats& one : analysis.retransmissions) {
        object["retransmissions"].push_back(
            {{"from", one.from}, {"to", one.to}, {"what", one.what}, {"count", one.count}});
    }
    object["codecs"] = json::array();
    for (const LegMedia& one : analysis.media)
        object["codecs"].push_back(media_json(one, has_legs));
    for (const Sound& one : analysis.quality) {
        object["quality"].push_back(quality_json(one, has_legs));
    }
    object["findings"] = json::array();
    for (const Finding& one : analysis.findings) {
        object["findings"].push_back(finding_json(one, has_legs));
    }
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string analysis_text(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                          std::span<const std::size_t> leg_of, const Rules& rules,
                          const FindingLimits& limits) {
    const Course course = course_of(chunks, flow, leg_of, rules);
    if (course.messages.empty()) return "[]";
    return '[' + analysis_json(analysis_of(course, limits, rules), course.legs > 1) + ']';
}

}  // namespace ci::calls
