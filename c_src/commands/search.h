// The commands that ask the index. JSON, one object a line.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "amqp/inquiry.h"
#include "calls/expression.h"
#include "calls/row.h"
#include "commands/outcome.h"
#include "inspector/inspector.h"
#include "wire/result.h"

namespace ci::commands {

/// EXPRESSION [N]
[[nodiscard]] Outcome search(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);
/// The same as a question to all inspectors, or what is wrong with it.
[[nodiscard]] wire::expected<amqp::Inquiry, Outcome> search_inquiry(
    inspector::Inspector& inspector, std::span<const std::string> arguments);
/// EXPRESSION [N]: the Call-IDs of what search finds. Throws wire::TookTooLong.
struct FoundCallIds {
    std::vector<std::string> call_ids;
    std::string incomplete;  ///< why calls may be missing; empty: they are not
};
[[nodiscard]] wire::expected<FoundCallIds, Outcome> found_call_ids(
    inspector::Inspector& inspector, std::span<const std::string> arguments);
/// Throws wire::TookTooLong.
[[nodiscard]] amqp::Report found_rows(inspector::Inspector& inspector, const std::string& text,
                                      std::size_t n);
/// [N]: the whole calls that began last.
[[nodiscard]] Outcome calls(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);
/// Starts it, or tells how far it is.
[[nodiscard]] Outcome rebuild_index(inspector::Inspector& inspector,
                                    std::span<const std::string> arguments);

/// The answer of commands that need the index where there is none.
[[nodiscard]] Outcome index_is_off();
/// What a user wrote, now; or the answer that tells the mistake.
[[nodiscard]] wire::expected<calls::Expression, Outcome> expression_of(
    inspector::Inspector& inspector, std::string_view text);

/// Microseconds since 1970.
[[nodiscard]] wire::Micros time_of_command();

/// What a line of search tells of a dialogue: an object.
[[nodiscard]] std::string row_json(const calls::Row& row);
/// What a line of calls tells: the row of its first leg, with the Call-IDs of all; `incomplete`:
/// why legs may be missing.
[[nodiscard]] std::string call_json(const calls::Row& first, const std::vector<std::string>& legs,
                                    const std::string& incomplete);

/// The member `index` of store_stats: an object.
[[nodiscard]] std::string index_stats(inspector::Inspector& inspector);

}  // namespace ci::commands
