#include "commands/good_call.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "calls/expression.h"
#include "calls/hosts.h"
#include "calls/row.h"
#include "calls/uri.h"
#include "commands/message_text.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

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
    expression.terms.back().values.front().text = date_and_time(row.start() - 1);
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

}  // namespace

std::vector<CallsLikeIt> good_calls_like(const WholeCall& call, const calls::Rules& rules) {
    const calls::Row row = first_leg(call);
    std::vector<CallsLikeIt> all;
    if (!row.from().user.empty() && !row.to().user.empty()) {
        calls::Expression between = good_before(row);
        add_term(between, calls::Field::from, user_value(row.from().user));
        add_term(between, calls::Field::to, user_value(row.to().user));
        all.push_back({std::move(between), "from " + row.from().user + " to " + row.to().user});
    }
    for (const order::Event& event : call.flow.events) {
        const chunk::Chunk& chunk = call.chunks[event.chunk];
        if (!chunk.event.empty()) continue;
        const auto src = searched_host(chunk.src, rules), dst = searched_host(chunk.dst, rules);
        if (!src || !dst) break;
        calls::Expression over = good_before(row);
        add_term(over, src->field, src->value);
        add_term(over, dst->field, dst->value);
        all.push_back({std::move(over), "over " + src->value.text + " and " + dst->value.text});
        break;
    }
    return all;
}

std::string why_it_is_good(const CallsLikeIt& like) {
    return "the last good one " + like.which + " before this one";
}

bool is_leg_of(const WholeCall& call, const std::string& call_id) {
    return std::any_of(call.legs.begin(), call.legs.end(),
                       [&](const calls::Leg& leg) { return leg.call_id == call_id; });
}

Outcome no_good_call(std::span<const CallsLikeIt> looked_for, const std::string& incomplete) {
    std::string why = "there is no good call ";
    for (const CallsLikeIt& like : looked_for) {
        why += (&like == &looked_for.front() ? "" : ", or ") + like.which;
    }
    why += " before this one";
    if (!incomplete.empty()) why += " (incomplete: " + incomplete + ")";
    return {Status::failed, wire::visible_line(why) + "; name one: compare CALLID OTHER\n"};
}

wire::expected<GoodCall, Outcome> last_good_call(inspector::Inspector& inspector,
                                                 const WholeCall& call) {
    index::Index* const index = inspector.index();
    if (index == nullptr) {
        return Outcome{Status::failed,
                       "the index is turned off (setting index): name the other call\n"};
    }
    const auto likes = good_calls_like(call, inspector.settings().rules);
    std::string incomplete;
    for (const CallsLikeIt& like : likes) {
        const index::Index::Answer answer = index->search(like.expression, most_like_it);
        incomplete = answer.incomplete;
        for (const calls::Row& row : answer.rows) {
            if (!is_leg_of(call, row.call_id())) {
                return GoodCall{row.call_id(), why_it_is_good(like)};
            }
        }
    }
    return no_good_call(likes, incomplete);
}

}  // namespace ci::commands
