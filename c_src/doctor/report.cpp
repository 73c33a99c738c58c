#include "doctor/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "chunk/chunk.h"
#include "wire/visible.h"

namespace ci::doctor {
namespace {

using Report = nlohmann::ordered_json;

std::size_t senders_of(const Facts& facts) {
    std::size_t count = 0;
    for (const auto& parser : facts.parsers) count += parser.senders.size();
    return count;
}

/// What a stranger wrote becomes part of one line.
std::string on_a_line(const std::string& text) {
    return wire::visible_line(chunk::to_utf8(text));
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string severity_and_code(const Diagnosis& diagnosis) {
    const CodeRow& row = row_of(diagnosis.code);
    return std::string(severity_names[static_cast<std::size_t>(row.severity)]) + ", " +
           std::string(row.name) + ": ";
}

std::string head_of(const Diagnosis& diagnosis) {
    const std::string head = severity_and_code(diagnosis);
    if (diagnosis.parser.empty()) return head + "this machine";
    if (diagnosis.sender.empty()) return head + "parser " + on_a_line(diagnosis.parser);
    return head + on_a_line(diagnosis.sender) + " at " + on_a_line(diagnosis.parser);
}

/// How many of the first ones are of one code and parser.
std::size_t alike(std::span<const Diagnosis> diagnoses) {
    const auto other = std::find_if(diagnoses.begin(), diagnoses.end(), [&](const auto& one) {
        return one.code != diagnoses.front().code || one.parser != diagnoses.front().parser;
    });
    return static_cast<std::size_t>(other - diagnoses.begin());
}

std::string diagnosis_text(const Diagnosis& diagnosis) {
    std::string text = head_of(diagnosis) + "\n  " + on_a_line(diagnosis.what) + "\n";
    std::string place;
    for (const Cure& cure : diagnosis.cures) {
        const std::string here = "  " + std::string(cure.program) + ", " + std::string(cure.where) +
                                 ", " + std::string(cure.action) + ":\n";
        if (here != place) text += here;
        place = here;
        text += "    " + on_a_line(cure.line) + "\n";
    }
    return text + "\n";
}

/// Of what a thousand senders have, the first few are told.
std::string diagnoses_text(std::span<const Diagnosis> diagnoses) {
    constexpr std::size_t most_alike = 5;
    std::string text;
    while (!diagnoses.empty()) {
        const std::size_t count = alike(diagnoses);
        const std::size_t shown = std::min(count, most_alike);
        for (const Diagnosis& one : diagnoses.first(shown)) text += diagnosis_text(one);
        if (count > shown) {
            const Diagnosis& first = diagnoses.front();
            text += severity_and_code(first) + counted(count - shown, "more sender") + " at " +
                    on_a_line(first.parser) + "\n  Likewise; doctor json tells each.\n\n";
        }
        diagnoses = diagnoses.subspan(count);
    }
    return text;
}

}  // namespace

std::string report_text(const Facts& facts, std::span<const Diagnosis> diagnoses) {
    std::string text = diagnoses_text(diagnoses);
    for (const NotSeen& one : facts.host.not_seen) {
        text += "not looked at, " + one.what + ": " + on_a_line(one.why) + "\n";
    }
    const std::string looked = facts.no_inspector.empty()
                                   ? counted(facts.parsers.size(), "parser") + ", " +
                                         counted(senders_of(facts), "sender") +
                                         " and this machine were looked at"
                                   : std::string("only this machine was looked at");
    const std::string result = diagnoses.empty() ? "Nothing is wrong, as far as was seen"
                               : diagnoses.size() == 1
                                   ? "1 thing is wrong"
                                   : counted(diagnoses.size(), "thing") + " are wrong";
    return text + result + "; " + looked + ".\n";
}

std::string report_json(const Facts& facts, std::span<const Diagnosis> diagnoses) {
    Report found = Report::array();
    for (const Diagnosis& diagnosis : diagnoses) {
        const CodeRow& row = row_of(diagnosis.code);
        Report object = {{"code", row.name},
                         {"severity", severity_names[static_cast<std::size_t>(row.severity)]}};
        if (!diagnosis.parser.empty()) object["parser"] = chunk::to_utf8(diagnosis.parser);
        if (!diagnosis.sender.empty()) object["sender"] = chunk::to_utf8(diagnosis.sender);
        object["what"] = chunk::to_utf8(diagnosis.what);
        object["cures"] = Report::array();
        for (const Cure& cure : diagnosis.cures) {
            object["cures"].push_back({{"program", cure.program},
                                       {"where", cure.where},
                                       {"action", cure.action},
                                       {"line", chunk::to_utf8(cure.line)}});
        }
        found.push_back(std::move(object));
    }
    Report not_seen = Report::array();
    for (const NotSeen& one : facts.host.not_seen) {
        not_seen.push_back({{"what", one.what}, {"why", chunk::to_utf8(one.why)}});
    }
    const Report report = {{"diagnoses", std::move(found)},
                           {"not_looked_at", std::move(not_seen)},
                           {"parsers", facts.parsers.size()},
                           {"senders", senders_of(facts)}};
    return report.dump() + "\n";
}

}  // namespace ci::doctor
