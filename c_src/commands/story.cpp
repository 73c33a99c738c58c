#include "commands/story.h"

#include <algorithm>

#include "calls/story/story.h"
#include "commands/answers.h"
#include "commands/read_call.h"
#include "ladder/clock_text.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

constexpr std::size_t time_width = 10;

/// "+72.400" before a sentence.
std::string line_of(const calls::Sentence& sentence) {
    std::string time = ladder::distance(sentence.at);
    if (time.size() < time_width) time.insert(0, time_width - time.size(), ' ');
    return time + "  " + wire::visible_line(sentence.text) + "\n";
}

/// What is wrong comes first, so what is only worth knowing has a head of its own.
std::string findings_text(const std::vector<calls::Finding>& findings) {
    const auto is_trouble = [](const calls::Finding& one) {
        return one.severity != calls::Severity::info;
    };
    std::string text = std::any_of(findings.begin(), findings.end(), is_trouble)
                           ? "\nWhat is wrong:\n"
                           : "\nNothing is wrong, as far as was seen.\n";
    bool is_told_apart = false;
    std::size_t number = 0;
    for (const calls::Finding& one : findings) {
        if (!is_trouble(one) && !is_told_apart) {
            text += "\nWorth knowing:\n";
            is_told_apart = true;
        }
        const auto severity = calls::severity_names[static_cast<std::size_t>(one.severity)];
        text += "  " + std::to_string(++number) + ". " + std::string(severity) + ", " +
                std::string(calls::name_of(one.code)) + ": " + wire::visible_line(one.text) +
                "\n     Next: " + std::string(calls::check_of(one.code)) + "\n";
    }
    return text;
}

/// Of a call without any SIP.
std::string nothing_to_tell(const std::string& call_id, bool has_events) {
    const std::string name = wire::visible_line(chunk::to_utf8(call_id));
    return has_events ? "no SIP is stored for " + name + ", only events: ladder shows them\n"
                      : "no messages are stored for " + name + "\n";
}

}  // namespace

Outcome show_story(inspector::Inspector& inspector, const std::string& call_id,
                   const WholeCall& call) {
    if (!call.error.empty()) {
        return {Status::failed, wire::visible_line("cannot read: " + call.error) + "\n"};
    }
    const auto course =
        calls::course_of(call.chunks, call.flow, call.leg_of, inspector.settings().rules);
    if (course.messages.empty()) {
        return {Status::ok, nothing_to_tell(call_id, !call.chunks.empty())};
    }
    const calls::Analysis analysis =
        calls::analysis_of(course, limits_now(inspector.settings().rules));
    const wire::Micros begin = course.messages.front().at;
    std::string text = ladder::date(begin) + " " + ladder::time_of_day(begin) + " UTC\n";
    for (const auto& sentence : calls::story_of(course, analysis)) text += line_of(sentence);
    text += findings_text(analysis.findings);
    if (!call.incomplete.empty()) {
        text += "incomplete: " + wire::visible_line(call.incomplete) + "\n";
    }
    return {Status::ok, std::move(text)};
}

Outcome story(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return show_story(inspector, arguments[0], read_whole_call(inspector, arguments[0]));
}

}  // namespace ci::commands
