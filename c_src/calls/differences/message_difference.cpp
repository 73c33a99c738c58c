#include "calls/differences/message_difference.h"

#include <algorithm>
#include <map>
#include <utility>

#include "calls/differences/header_values.h"
#include "calls/differences/variable_parts.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

std::string_view next_body_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The lines of one session description, with a list for the session and one for each stream.
std::vector<std::vector<Line>> sdp_sections(std::string_view sdp, const Comparing& how) {
    std::vector<std::vector<Line>> sections(1);
    while (!sdp.empty()) {
        const auto line = next_body_line(sdp);
        if (line.starts_with("m=")) sections.emplace_back();
        sections.back().push_back(
            {how.other_call ? constant_part_of_sdp(line) : std::string(line), std::string(line)});
    }
    return sections;
}

std::string name_of_section(std::size_t i, const std::vector<Line>& section) {
    if (i == 0) return "SDP";
    std::string_view media = section.front().text;
    media.remove_prefix(2);
    return "SDP of stream " + std::to_string(i) + " (" + std::string(sip::next_word(media)) + ")";
}

/// A body without its session description: all of it, or what is around one part of several.
std::vector<Line> other_lines(std::string_view body, std::string_view sdp) {
    std::string_view parts[] = {body, {}};
    if (!sdp.empty()) {
        const auto at = static_cast<std::size_t>(sdp.data() - body.data());
        parts[0] = body.substr(0, at);
        parts[1] = body.substr(at + sdp.size());
    }
    std::vector<Line> lines;
    for (std::string_view part : parts) {
        while (!part.empty()) {
            const std::string line(next_body_line(part));
            lines.push_back({line, line});
        }
    }
    return lines;
}

class Difference {
  public:
    Difference(const sip::Message& before, const sip::Message& after, const Comparing& how)
        : before_(before), after_(after), how_(how) {}

    std::vector<ChangedPart> find() {
        start_lines();
        headers();
        bodies();
        return std::move(parts_);
    }

  private:
    void add(std::string name, std::vector<Change> changes) {
        if (!changes.empty()) parts_.push_back({std::move(name), std::move(changes)});
    }

    void start_lines() {
        const std::string before(sip::trim(before_.start_line)),
            after(sip::trim(after_.start_line));
        if (before != after) add("start line", {{false, before}, {true, after}});
    }

    void headers() {
        using Values = std::pair<std::vector<Line>, std::vector<Line>>;
        std::map<std::string, Values> by_name;
        std::vector<std::string> names;  // in the order in which they appear
        const auto take = [&](const sip::Message& message, std::vector<Line> Values::*const side) {
            for (const HeaderValue& one : header_values(message)) {
                const auto [found, is_new] = by_name.try_emplace(one.key);
                if (is_new) names.push_back(one.key);
                (found->second.*side)
                    .push_back({how_.other_call ? constant_part_of_header(one.key, one.value,
                                                                          how_.call_id_headers)
                                                : one.value,
                                one.name + ": " + one.value});
            }
        };
        take(before_, &Values::first);
        take(after_, &Values::second);
        std::vector<Change> changes;
        for (const std::string& name : names) {
            const Values& values = by_name[name];
            for (Change& one : changed_lines(values.first, values.second)) {
                changes.push_back(std::move(one));
            }
        }
        add("headers", std::move(changes));
    }

    void bodies() {
        const auto sdp_before = sip::sdp_in(before_.body), sdp_after = sip::sdp_in(after_.body);
        const auto before = sdp_sections(sdp_before, how_), after = sdp_sections(sdp_after, how_);
        const std::vector<Line> nothing;
        for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
            const auto& old = i < before.size() ? before[i] : nothing;
            const auto& now = i < after.size() ? after[i] : nothing;
            add(name_of_section(i, now.empty() ? old : now), changed_lines(old, now));
        }
        add("body", changed_lines(other_lines(before_.body, sdp_before),
                                  other_lines(after_.body, sdp_after)));
    }

    const sip::Message& before_;
    const sip::Message& after_;
    const Comparing& how_;
    std::vector<ChangedPart> parts_;
};

}  // namespace

std::vector<ChangedPart> message_difference(const sip::Message& before, const sip::Message& after,
                                            const Comparing& how) {
    return Difference(before, after, how).find();
}

}  // namespace ci::calls
