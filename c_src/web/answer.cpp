#include "web/answer.h"

#include <utility>

#include "commands/commands.h"
#include "commands/row_findings.h"
#include "commands/search.h"
#include "web/http/problem.h"
#include "wire/visible.h"

namespace ci::web {

Response json_response(std::string body) {
    return with_text("application/json", wire::visible(std::move(body)));
}

Response response_of(commands::Outcome outcome, std::string_view type, unsigned failed) {
    if (outcome.status == commands::Status::ok) {
        return with_text(std::string(type), wire::visible(std::move(outcome.text)));
    }
    while (outcome.text.ends_with('\n')) outcome.text.pop_back();
    return problem(outcome.status == commands::Status::usage ? 400 : failed, outcome.text);
}

Task command(std::vector<std::string> words, std::string_view type, unsigned failed) {
    commands::Job job = commands::job_of(words);
    return {std::move(job.subject), job.limited,
            [words = std::move(words), type = std::string(type), failed](const House& house) {
                return response_of(commands::run(house.inspector, words), type, failed);
            }};
}

wire::expected<calls::Expression, calls::Mistake> read_expression(const Asked& asked,
                                                                  std::string_view text) {
    auto expression =
        calls::parse_expression(text, {commands::time_of_command(), known_hosts(asked)});
    if (!expression) return expression;
    std::string unknown = commands::unknown_finding(*expression);
    if (unknown.empty()) return expression;
    const std::size_t at = text.find("finding");
    return calls::Mistake{at == std::string_view::npos ? 1 : at + 1, std::move(unknown)};
}

std::vector<calls::HostName> known_hosts(const Asked& asked) {
    if (!asked.who.sight()->sees_all()) return {};
    return asked.inspector.settings().rules.hosts;
}

Response index_is_off_problem() {
    return problem(503, "the index is turned off (setting index)");
}

}  // namespace ci::web
