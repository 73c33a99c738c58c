#include "commands/gathered.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "chunk/chunk.h"
#include "commands/look_up.h"
#include "commands/search.h"

namespace ci::commands {
namespace {

/// A dialogue that several inspectors keep is one row: that of the inspector with most messages of
/// it, which saw most of the dialogue.
struct MergedRow {
    const amqp::FoundRow* row = nullptr;
    std::set<std::string> inspectors;
};

std::string list_of(const auto& texts) {
    std::string out = "[";
    for (const std::string& text : texts) {
        if (out.size() > 1) out += ',';
        chunk::append_json_string(text, out);
    }
    return out += ']';
}

std::string row_line(const MergedRow& found) {
    std::string line = found.row->json;
    line.pop_back();  // the brace
    return line + ",\"inspectors\":" + list_of(found.inspectors) + "}\n";
}

std::vector<MergedRow> merge_rows(const std::vector<amqp::Reported>& reports) {
    std::map<std::string_view, MergedRow> by_call_id;
    for (const amqp::Reported& reported : reports) {
        for (const amqp::FoundRow& row : reported.report.rows) {
            MergedRow& found = by_call_id[row.call_id];
            found.inspectors.insert(reported.name);
            if (found.row == nullptr || found.row->messages < row.messages) found.row = &row;
        }
    }
    std::vector<MergedRow> all;
    all.reserve(by_call_id.size());
    for (auto& [call_id, found] : by_call_id) all.push_back(std::move(found));
    std::stable_sort(all.begin(), all.end(), [](const MergedRow& a, const MergedRow& b) {
        return a.row->start > b.row->start;
    });
    return all;
}

Outcome show_rows(const std::vector<amqp::Reported>& reports, const Lacks& lacks,
                  std::size_t most) {
    std::vector<MergedRow> all = merge_rows(reports);
    if (all.size() > most) all.resize(most);
    Outcome outcome;
    for (const MergedRow& found : all) outcome.text += row_line(found);
    if (!lacks.text().empty()) outcome.text += "{" + lacks.members().substr(1) + "}\n";
    return outcome;
}

}  // namespace

Step search_all(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const auto inquiry = search_inquiry(inspector, arguments);
    if (!inquiry) return inquiry.error();
    Inquired inquired;
    inquired.inquiry = *inquiry;
    inquired.then = [inquiry = *inquiry](inspector::Inspector& own, amqp::Gathered gathered) {
        Lacks lacks("calls");
        lacks.add(gathered);
        amqp::Report report = commands::report(own, inquiry);
        lacks.add(report.incomplete);
        // Ours comes first, and so is shown where another one is as good.
        gathered.reports.insert(gathered.reports.begin(),
                                {{}, gathered.own_name, std::move(report), {}});
        return show_rows(gathered.reports, lacks, inquiry.most);
    };
    return inquired;
}

void Lacks::add(const std::string& reason) {
    if (reason.empty() || std::find(told_.begin(), told_.end(), reason) != told_.end()) return;
    told_.push_back(reason);
    if (!text_.empty()) text_ += "; ";
    text_ += reason;
}

void Lacks::add(const amqp::Gathered& gathered) {
    if (!gathered.alone.empty()) add("other inspectors were not asked: " + gathered.alone);
    for (const std::string& name : gathered.missing) {
        if (std::find(missing_.begin(), missing_.end(), name) == missing_.end()) {
            missing_.push_back(name);
        }
        add("inspector " + name + " did not answer: its " + what_ + " are missing");
    }
    for (const amqp::Reported& reported : gathered.reports) {
        if (reported.report.incomplete.empty()) continue;
        add("inspector " + reported.name + ": " + reported.report.incomplete);
    }
}

std::string Lacks::members() const {
    if (text_.empty()) return {};
    std::string out = ",\"incomplete\":";
    chunk::append_json_string(text_, out);
    return out + ",\"missing\":" + list_of(missing_);
}

}  // namespace ci::commands
