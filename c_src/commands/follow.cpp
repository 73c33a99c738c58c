#include "commands/follow.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "calls/expression.h"
#include "commands/numbers.h"
#include "commands/search.h"

namespace ci::commands {
namespace {

constexpr std::uint64_t usual_seconds = 60, most_seconds = 3'600;
constexpr std::size_t most_changes = 4'096;  ///< looked at for one answer

/// "NUMBER", and "!" behind it if the user knows that the index has trouble.
struct Place {
    index::Changes::Number number = 0;
    bool has_told_trouble = false;
};

std::optional<Place> place_of(std::string_view cursor) {
    Place place;
    place.has_told_trouble = cursor.ends_with('!');
    if (place.has_told_trouble) cursor.remove_suffix(1);
    const auto number = whole_number<index::Changes::Number>(cursor);
    if (!number) return std::nullopt;
    place.number = *number;
    return place;
}

/// It was analysed, and when that was done before it did not match or had another outcome.
bool is_news_of_findings(const std::optional<calls::Row>& before, const calls::Row& now,
                         const calls::Expression& expression) {
    if (!now.has_findings()) return false;
    return !before || !before->analysed_outcome() || !calls::matches(*before, expression) ||
           *before->analysed_outcome() != now.outcome();
}

/// It matches, and it did not before or had another outcome.
bool is_news(const index::Change& change, const calls::Row& now,
             const calls::Expression& expression, const calls::Sight& sight) {
    if (!calls::matches(now, expression)) return false;
    auto before = calls::Row::from_bytes(change.call_id, change.before);
    if (before) calls::narrow(*before, sight);
    if (expression.asks_for_findings()) return is_news_of_findings(before, now, expression);
    return !before || !calls::matches(*before, expression) || before->outcome() != now.outcome();
}

std::string note(const char* member, const nlohmann::json& value) {
    const nlohmann::json object = {{member, value}};
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string text_of(const News& news) {
    std::string text;
    if (news.left_out > 0) text += note("left_out", news.left_out);
    if (news.is_another_run) text += note("left_out", "what happened before the inspector's start");
    for (const std::string& row : news.rows) text += row + "\n";
    return text;
}

}  // namespace

std::uint64_t news_begin(inspector::Inspector& inspector) {
    return inspector.index()->changes().next();
}

News news_since(inspector::Inspector& inspector, std::uint64_t number,
                const calls::Expression& expression, const calls::Sight& sight) {
    const auto read = inspector.index()->changes().since(number, most_changes);
    News news{{}, read.left_out, read.is_another_run, read.next};
    for (const auto& change : read.changes) {
        auto now = calls::Row::from_bytes(change->call_id, change->after);
        if (!now || !calls::is_in(sight.scope, *now)) continue;
        calls::narrow(*now, sight);
        if (is_news(*change, *now, expression, sight)) news.rows.push_back(row_json(*now));
    }
    return news;
}

Outcome follow(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    index::Index* const index = inspector.index();
    if (index == nullptr) return index_is_off();
    const auto expression = expression_of(inspector, arguments[0]);
    if (!expression) return expression.error();
    const auto seconds = arguments.size() > 1 ? whole_number<std::uint64_t>(arguments[1])
                                              : std::optional(usual_seconds);
    if (!seconds || *seconds == 0 || *seconds > most_seconds) {
        return {Status::usage, "SECONDS is a number from 1 to " + std::to_string(most_seconds) +
                                   "; an expression of several words is one argument, in quotes\n"};
    }
    return {Status::ok,
            std::to_string(index->changes().next()) + " " + std::to_string(*seconds) + "\n"};
}

Outcome follow_next(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    index::Index* const index = inspector.index();
    if (index == nullptr) return index_is_off();
    const auto place = place_of(arguments[0]);
    if (!place) return {Status::usage, "CURSOR is what follow or follow_next gave\n"};
    const auto expression = expression_of(inspector, arguments[1]);
    if (!expression) return expression.error();
    const News news = news_since(inspector, place->number, *expression);
    const std::string trouble = index->stats().trouble;
    std::string text = std::to_string(news.next) + (trouble.empty() ? "\n" : "!\n");
    if (!trouble.empty() && !place->has_told_trouble) text += note("incomplete", trouble);
    return {Status::ok, text + text_of(news)};
}

std::optional<Following> Following::of(std::span<const std::string> words) {
    // A wrong number of arguments is answered as that of any command is.
    if (words.size() < 2 || words[0] != "follow") return std::nullopt;
    return Following(words[1]);
}

bool Following::take(Outcome& answer, Clock::time_point now) {
    if (answer.status != Status::ok) return false;
    const auto line_end = answer.text.find('\n');
    const std::string line = answer.text.substr(0, line_end);
    answer.text.erase(0, line_end == std::string::npos ? line_end : line_end + 1);
    cursor_ = line.substr(0, line.find(' '));
    if (end_) return now < *end_;
    const auto seconds = whole_number<std::uint32_t>(
        std::string_view(line).substr(std::min(line.size(), cursor_.size() + 1)));
    end_ = now + std::chrono::seconds(seconds.value_or(0));
    return true;
}

std::vector<std::string> Following::question() const {
    return {"follow_next", cursor_, expression_};
}

}  // namespace ci::commands
