#include "commands/good_call.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "calls/expression.h"
#include "calls/hosts.h"
#include "calls/row.h"
#include "calls/uri.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

/// Rows of the call's own legs may come first.
constexpr std::size_t most_rows = 128;

calls::Row first_leg(const WholeCall& call) {
    calls::Row row(call.legs.front().call_id);
    for (std::size_t i = 0; i < call.chunks.size(); ++i) {
        if (call.leg_of[i] == 0) row.take(call.chunks[i]);
    }
    return row;
}

void add_term(calls::Expression& expression, calls::Field field, calls::Value value) {
    expression.terms.push_back({field, calls::Operator::equal, {std::move(value)}});
}

calls::Value user_value(const std::string& user) {
    calls::Value value;
    value.text = value.user = user;
    value.number = calls::number_of(user);
    return value;
}

template <class Name>
calls::Value number_value(Name number) {
    calls::Value value;
    value.low = value.high = static_cast<std::int64_t>(number);
    return value;
}

/// All good dialogues of that kind that had begun before.
calls::Expression good_before(const calls::Row& row) {
    const bool registers = row.kind() == calls::Kind::registration;
    calls::Expression expression;
    add_term(expression, calls::Field::kind, number_value(row.kind()));
    expression.terms.back().values.front().text =
        calls::kind_names[static_cast<std::size_t>(row.kind())];
    const auto good = registers ? calls::Outcome::registered : calls::Outcome::answered;
    add_term(expression, calls::Field::outcome, number_value(good));
    expression.terms.back().values.front().text =
        calls::outcome_names[static_cast<std::size_t>(good)];
    add_term(expression, calls::Field::until, number_value(row.start() - 1));
    return expression;
}

/// A host as searches name it: by the setting `hosts`, else by its address.
struct SearchedHost {
    calls::Field field = calls::Field::ip;
    calls::Value value;
};
std::optional<SearchedHost> searched_host(const std::string& text, const calls::Rules& rules) {
    const auto endpoint = wire::parse_endpoint(text);
    if (!endpoint) return std::nullopt;
    const std::string_view name = calls::name_of(*endpoint, rules.hosts);
    SearchedHost host;
    for (const calls::HostName& one : rules.hosts) {
        if (one.name != name || name.empty()) continue;
        host.field = calls::Field::host;
        host.value.text = one.name;
        host.value.networks = one.networks;
        host.value.endpoints = one.endpoints;
        return host;
    }
    host.value.text = wire::to_string(endpoint->address);
    if (const auto network = wire::parse_network(host.value.text)) host.value.networks = {*network};
    return host;
}

class GoodCalls {
  public:
    GoodCalls(index::Index& index, const WholeCall& call) : index_(index), call_(call) {}

    std::optional<std::string> newest(const calls::Expression& expression) {
        const index::Index::Answer answer = index_.search(expression, most_rows);
        incomplete_ = answer.incomplete;
        for (const calls::Row& row : answer.rows) {
            const bool is_own =
                std::any_of(call_.legs.begin(), call_.legs.end(),
                            [&](const calls::Leg& leg) { return leg.call_id == row.call_id(); });
            if (!is_own) return row.call_id();
        }
        return std::nullopt;
    }
    [[nodiscard]] const std::string& incomplete() const noexcept { return incomplete_; }

  private:
    index::Index& index_;
    const WholeCall& call_;
    std::string incomplete_;
};

}  // namespace

wire::expected<GoodCall, Outcome> last_good_call(inspector::Inspector& inspector,
                                                 const WholeCall& call) {
    index::Index* const index = inspector.index();
    if (index == nullptr) {
        return Outcome{Status::failed,
                       "the index is turned off (setting index): name the other call\n"};
    }
    const calls::Row row = first_leg(call);
    GoodCalls search(*index, call);
    std::string looked_for;
    const auto find = [&](const calls::Expression& expression,
                          const std::string& which) -> std::optional<GoodCall> {
        if (auto found = search.newest(expression)) {
            return GoodCall{*std::move(found), "the last good one " + which + " before this one"};
        }
        looked_for += (looked_for.empty() ? "" : ", or ") + which;
        return std::nullopt;
    };
    if (!row.from().user.empty() && !row.to().user.empty()) {
        calls::Expression between = good_before(row);
        add_term(between, calls::Field::from, user_value(row.from().user));
        add_term(between, calls::Field::to, user_value(row.to().user));
        if (auto good = find(between, "from " + row.from().user + " to " + row.to().user)) {
            return *std::move(good);
        }
    }
    for (const order::Event& event : call.flow.events) {
        const chunk::Chunk& chunk = call.chunks[event.chunk];
        if (!chunk.event.empty()) continue;
        const auto src = searched_host(chunk.src, inspector.settings().rules),
                   dst = searched_host(chunk.dst, inspector.settings().rules);
        if (!src || !dst) break;
        calls::Expression over = good_before(row);
        add_term(over, src->field, src->value);
        add_term(over, dst->field, dst->value);
        if (auto good = find(over, "over " + src->value.text + " and " + dst->value.text)) {
            return *std::move(good);
        }
        break;
    }
    std::string why = "there is no good call " + looked_for + " before this one";
    if (!search.incomplete().empty()) why += " (incomplete: " + search.incomplete() + ")";
    return Outcome{Status::failed, wire::visible_line(why) + "; name one: compare CALLID OTHER\n"};
}

}  // namespace ci::commands
