// What commands print about a call and about the parsers. Each text ends in a line feed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/findings/finding.h"
#include "calls/rules.h"
#include "clocks/tied_clocks.h"
#include "commands/kazoo_import.h"
#include "order/observe/clock.h"
#include "sources/parsers.h"
#include "store/store.h"

namespace ci::commands {

/// What is known of the observers' clocks, for order::order().
using Priors = std::span<const order::ClockPrior>;

/// A JSON array of the ordered chunks; "[]" for an unknown call.
std::string callid_details(std::string_view call_id, const store::StoredCall& dialogue,
                           Priors priors);

/// {"call-id", "messages", "dialog_entities", "analysis"}, as Kazoo prints it, with the additional
/// members "events", "clocks", "gaps" and "contradictions" (docs/commands.md).
std::string inspect_call_id(std::string_view call_id, const store::StoredCall& dialogue,
                            Priors priors, const calls::Rules& rules = {},
                            const calls::FindingLimits& limits = {});

/// The setting `findings`, for a question that is asked now.
calls::FindingLimits limits_now(const calls::Rules& rules);

/// All that is known of the observers, sorted by observer.
using Known = std::span<const clocks::KnownClock>;

/// JSON; docs/commands.md explains the numbers. `known` has the delivery of senders.
std::string stats_json(const sources::Parsers::Snapshot& parser, Known known = {});
std::string stats_json(const std::vector<sources::Parsers::Snapshot>& parsers, Known known);
std::string import_json(const ImportedCalls& imported);
std::string clocks_json(Known known);

}  // namespace ci::commands
