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

/// What the headers of one name say in both messages.
struct Values {
    std::vector<Line> before, after;
    std::string set_name;  ///< if they are a set of words: its name
};

/// What was removed from a set in one line, and what was added in another.
std::vector<Change> changed_words(Values& values) {
    const auto by_key = [](const Line& a, const Line& b) { return a.key < b.key; };
    std::sort(values.before.begin(), values.before.end(), by_key);
    std::sort(values.after.begin(), values.after.end(), by_key);
    std::vector<Change> changes;
    const auto words = changed_lines(values.before, values.after);
    for (const bool is_added : {false, true}) {
        std::string text;
        for (const Change& word : words) {
            if (word.is_added == is_added) text += (text.empty() ? "" : ", ") + word.text;
        }
        if (!text.empty()) changes.push_back({is_added, values.set_name + ": " + text});
    }
    return changes;
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
        std::map<std::string, Values> by_name;
        std::vector<std::string> names;  // in the order in which they appear
        const auto take = [&](const sip::Message& message, std::vector<Line> Values::*const side) {
            for (const HeaderValue& one : header_values(message)) {
                const auto [found, is_new] = by_name.try_emplace(one.key);
                if (is_new) names.push_back(one.key);
                Values& values = found->second;
                if (one.is_word) values.set_name = one.name;
                (values.*side).push_back(line_of(one));
            }
        };
        take(before_, &Values::before);
        take(after_, &Values::after);
        std::vector<Change> changes;
        for (const std::string& name : names) {
            Values& values = by_name[name];
            const auto of_name = values.set_name.empty()
                                     ? changed_lines(values.before, values.after)
                                     : changed_words(values);
            changes.insert(changes.end(), of_name.begin(), of_name.end());
        }
        add("headers", std::move(changes));
    }

    [[nodiscard]] Line line_of(const HeaderValue& one) const {
        std::string key = one.value;
        if (how_.other_call)
            key = constant_part_of_header(one.key, one.value, how_.call_id_headers);
        return {std::move(key), one.is_word ? one.value : one.name + ": " + one.value};
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
