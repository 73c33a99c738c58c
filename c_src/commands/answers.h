// What commands print about a call and about the parsers: text, ending in a line feed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/kazoo_import.h"
#include "sources/parsers.h"
#include "store/store.h"

namespace ci::commands {

/// A JSON array of chunks in order; "[]" for an unknown call.
std::string callid_details(std::string_view call_id, const store::Dialogue& dialogue);

/// {"call-id", "messages", "dialog_entities", "analysis"}, as Kazoo prints it, and what Kazoo does
/// not know: "events", "clocks", "gaps", "contradictions" (docs/commands.md).
std::string inspect_call_id(std::string_view call_id, const store::Dialogue& dialogue);

/// A picture, or one line saying that nothing is known.
std::string ladder(std::string_view call_id, const store::Dialogue& dialogue);

/// JSON; docs/commands.md tells what each number means.
std::string stats_json(const sources::Parsers::Snapshot& parser);
std::string stats_json(const std::vector<sources::Parsers::Snapshot>& parsers);
std::string import_json(const Imported& imported);

}  // namespace ci::commands
