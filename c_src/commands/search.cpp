#include "commands/search.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "commands/last_calls.h"
#include "commands/numbers.h"
#include "commands/row_findings.h"
#include "wire/patience.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;
using calls::Party;
using calls::Row;

constexpr std::size_t usual = 20, most = 10'000;

/// Empty: not a number from 1 on.
std::optional<std::size_t> count_of(const std::string& text) {
    const auto n = whole_number<std::size_t>(text);
    return n && *n > 0 && *n <= most ? n : std::nullopt;
}

void add_text(json& object, const char* name, const std::string& text) {
    if (!text.empty()) object[name] = text;
}

void add_party(json& object, const std::string& name, const Party& party) {
    add_text(object, (name + "_user").c_str(), party.user);
    add_text(object, (name + "_host").c_str(), party.host);
    add_text(object, (name + "_name").c_str(), party.name);
}

void add_time(json& object, const char* name, std::optional<wire::Micros> time) {
    if (time) object[name] = wire::to_gregorian(*time);
}

void add_span(json& object, const char* name, std::optional<wire::Micros> span) {
    if (span) object[name] = *span / 1'000;
}

json to_json(const Row& row) {
    json object = {{"call-id", row.call_id()},
                   {"kind", calls::kind_names[static_cast<std::size_t>(row.kind())]},
                   {"start", wire::to_gregorian(row.start())},
                   {"last", wire::to_gregorian(row.last())}};
    add_party(object, "from", row.from());
    add_party(object, "to", row.to());
    add_party(object, "ruri", row.request_uri());
    add_text(object, "pai_user", row.asserted_user());
    add_time(object, "ring", row.ring());
    add_time(object, "answer", row.answer());
    add_time(object, "end", row.end());
    if (const auto status = row.status()) object["status"] = *status;
    object["outcome"] = calls::outcome_names[static_cast<std::size_t>(row.outcome())];
    add_span(object, "post_dial_delay_ms", row.post_dial_delay());
    add_span(object, "duration_ms", row.duration());
    object["endpoints"] = json::array();
    for (const auto& one : row.endpoints()) object["endpoints"].push_back(wire::to_string(one));
    object["user_agents"] = row.user_agents();
    object["methods"] = row.methods();
    object["messages"] = row.messages();
    if (row.has_findings() && !row.findings().empty()) object["findings"] = row.findings();
    return object;
}

std::string text_of_row(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string line_of(const json& object) {
    return text_of_row(object) + "\n";
}

index::Index::Answer found_in_index(inspector::Inspector& inspector,
                                    const calls::Expression& expression, std::size_t n) {
    index::Index& index = *inspector.index();
    return index.search(expression, n, [&](Row& row) {
        wire::may_go_on();
        note_findings(inspector, row);
    });
}

/// One line for each row. The last one says why calls may be missing, if they may.
Outcome answer(inspector::Inspector& inspector, const calls::Expression& expression,
               std::size_t n) {
    const index::Index::Answer found = found_in_index(inspector, expression, n);
    Outcome outcome;
    for (const Row& row : found.rows) outcome.text += line_of(to_json(row));
    if (!found.incomplete.empty()) outcome.text += line_of({{"incomplete", found.incomplete}});
    return outcome;
}

std::string what_counts() {
    return "N is a number from 1 to " + std::to_string(most);
}

struct WantedRows {
    calls::Expression expression;
    std::size_t n = usual;
};

/// `arguments`: EXPRESSION [N].
wire::expected<WantedRows, Outcome> wanted_rows(inspector::Inspector& inspector,
                                                std::span<const std::string> arguments) {
    WantedRows wanted;
    if (arguments.size() > 1) {
        const auto count = count_of(arguments[1]);
        if (!count) {
            return Outcome{
                Status::usage,
                what_counts() + "; an expression of several words is one argument, in quotes\n"};
        }
        wanted.n = *count;
    }
    auto expression = expression_of(inspector, arguments[0]);
    if (!expression) return expression.error();
    wanted.expression = *std::move(expression);
    return wanted;
}

json to_json(const inspector::Analyst::Stats& stats) {
    json object = {
        {"waiting", stats.waiting}, {"lag_ms", stats.lag_ms}, {"analysed", stats.analysed}};
    add_text(object, "trouble", stats.trouble);
    return object;
}

/// In milliseconds. The index hears of lines only when they are in their call's file.
std::uint64_t age_of_oldest_waiting(const store::Store& store) {
    const auto oldest = store.counts().oldest;
    if (!oldest) return 0;
    const auto age = store::Backlog::Clock::now() - *oldest;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(age).count());
}

json to_json(const index::Stats& stats) {
    json object = {{"dialogues", stats.dialogues},
                   {"lag_ms", stats.lag_ms},
                   {"waiting_bytes", stats.waiting_bytes},
                   {"waiting_files", stats.waiting_files}};
    if (stats.percent) object["percent"] = *stats.percent;
    add_text(object, "incomplete", stats.incomplete);
    add_text(object, "trouble", stats.trouble);
    return object;
}

}  // namespace

wire::Micros time_of_command() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Outcome index_is_off() {
    return {Status::failed, "the index is turned off (setting index)\n"};
}

wire::expected<calls::Expression, Outcome> expression_of(inspector::Inspector& inspector,
                                                         std::string_view text) {
    auto expression =
        calls::parse_expression(text, {time_of_command(), inspector.settings().rules.hosts});
    if (expression) {
        const std::string unknown = unknown_finding(*expression);
        if (unknown.empty()) return *std::move(expression);
        return Outcome{Status::usage, wire::visible_line(unknown) + "\n"};
    }
    const calls::Mistake& mistake = expression.error();
    return Outcome{Status::usage, "column " + std::to_string(mistake.column) + ": " +
                                      wire::visible_line(mistake.text) + "\n"};
}

Outcome search(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    index::Index* const index = inspector.index();
    if (index == nullptr) return index_is_off();
    const auto wanted = wanted_rows(inspector, arguments);
    if (!wanted) return wanted.error();
    return answer(inspector, wanted->expression, wanted->n);
}

wire::expected<amqp::Inquiry, Outcome> search_inquiry(inspector::Inspector& inspector,
                                                      std::span<const std::string> arguments) {
    const auto wanted = wanted_rows(inspector, arguments);
    if (!wanted) return wanted.error();
    amqp::Inquiry inquiry;
    inquiry.expression = arguments[0];
    inquiry.most = wanted->n;
    return inquiry;
}

wire::expected<FoundCallIds, Outcome> found_call_ids(inspector::Inspector& inspector,
                                                     std::span<const std::string> arguments) {
    if (inspector.index() == nullptr) return index_is_off();
    const auto wanted = wanted_rows(inspector, arguments);
    if (!wanted) return wanted.error();
    index::Index::Answer found = found_in_index(inspector, wanted->expression, wanted->n);
    FoundCallIds ids;
    for (const Row& row : found.rows) ids.call_ids.emplace_back(row.call_id());
    ids.incomplete = std::move(found.incomplete);
    return ids;
}

amqp::Report found_rows(inspector::Inspector& inspector, const std::string& text, std::size_t n) {
    amqp::Report report;
    index::Index* const index = inspector.index();
    const auto expression =
        calls::parse_expression(text, {time_of_command(), inspector.settings().rules.hosts});
    if (index == nullptr) {
        report.incomplete = "the index is turned off (setting index)";
    } else if (!expression) {
        report.incomplete = "the expression is not understood: " + expression.error().text;
    } else {
        const index::Index::Answer found = found_in_index(inspector, *expression, n);
        for (const Row& row : found.rows) {
            if (auto line = amqp::read_row(row_json(row))) report.rows.push_back(*std::move(line));
        }
        report.incomplete = found.incomplete;
    }
    return report;
}

Outcome calls(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    index::Index* const index = inspector.index();
    if (index == nullptr) return index_is_off();
    std::size_t n = usual;
    if (!arguments.empty()) {
        const auto count = count_of(arguments[0]);
        if (!count) return {Status::usage, what_counts() + "\n"};
        n = *count;
    }
    const LastCalls last = last_calls(*index, n);
    Outcome outcome;
    for (const LastCall& call : last.calls) {
        outcome.text += call_json(call.first, call.legs, call.legs_incomplete) + "\n";
    }
    if (!last.incomplete.empty()) outcome.text += line_of({{"incomplete", last.incomplete}});
    return outcome;
}

Outcome rebuild_index(inspector::Inspector& inspector, std::span<const std::string> /*none*/) {
    index::Index* const index = inspector.index();
    if (index == nullptr) return index_is_off();
    json object = {{"started", index->rebuild()}};
    object.update(to_json(index->stats()));
    return {Status::ok, line_of(object)};
}

std::string row_json(const Row& row) {
    return text_of_row(to_json(row));
}

std::string call_json(const Row& first, const std::vector<std::string>& legs,
                      const std::string& incomplete) {
    json object = to_json(first);
    object["legs"] = legs;
    add_text(object, "legs_incomplete", incomplete);
    return text_of_row(object);
}

std::string index_stats(inspector::Inspector& inspector) {
    index::Index* const index = inspector.index();
    json object = {{"on", index != nullptr}};
    if (index != nullptr) {
        index::Stats stats = index->stats();
        stats.lag_ms = std::max(stats.lag_ms, age_of_oldest_waiting(inspector.store()));
        object.update(to_json(stats));
        object["findings"] = to_json(inspector.analyst().stats());
    }
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ci::commands
