#include "commands/store_commands.h"

#include <charconv>
#include <cstddef>
#include <filesystem>

#include "commands/answers.h"
#include "commands/kazoo_export.h"
#include "commands/kazoo_import.h"
#include "commands/plain_outcomes.h"
#include "commands/search.h"
#include "commands/stored_calls.h"

namespace ci::commands {

Outcome call_id_details(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const store::StoredCall dialogue = inspector.store().read(arguments[0]);
    if (dialogue.error) return failed("cannot read: " + dialogue.error.text());
    return {Status::ok, callid_details(arguments[0], dialogue, *inspector.clocks().priors())};
}

Outcome inspect_call(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const store::StoredCall dialogue = inspector.store().read(arguments[0]);
    if (dialogue.error) return failed("cannot read: " + dialogue.error.text());
    return {Status::ok,
            inspect_call_id(arguments[0], dialogue, *inspector.clocks().priors(),
                            inspector.settings().rules, limits_now(inspector.settings().rules))};
}

Outcome flush(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const store::Flushed flushed =
        arguments.empty() ? inspector.store().flush() : inspector.store().flush(arguments[0]);
    return flushed.error ? failed("cannot delete: " + flushed.text()) : ok();
}

Outcome import_from_kazoo(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const std::filesystem::path directory = arguments[0];
    // A relative path would be relative to the user's directory, which is unknown here.
    if (!directory.is_absolute()) return failed("not an absolute path: " + as_atom(arguments[0]));
    const auto lock = inspector.begin_import();
    if (!lock.owns_lock()) return failed("an import or export is running");
    const ImportedCalls imported = import_kazoo(inspector, directory);
    if (imported.error.empty()) return {Status::ok, import_json(imported)};
    return failed("cannot import: " + imported.error + " (" + std::to_string(imported.imported) +
                  " messages were imported)");
}

Outcome export_to_kazoo(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const std::filesystem::path directory = arguments[0];
    if (!directory.is_absolute()) return failed("not an absolute path: " + as_atom(arguments[0]));
    const auto lock = inspector.begin_import();
    if (!lock.owns_lock()) return failed("an import or export is running");
    const Exported exported = export_kazoo(inspector, directory);
    if (exported.error.empty()) return {Status::ok, export_json(exported)};
    return failed("cannot export: " + exported.error + " (" + std::to_string(exported.calls) +
                  " calls were exported)");
}

Outcome list_calls(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    constexpr std::size_t usual = 20, most = 1'000;
    std::size_t n = usual;
    if (!arguments.empty()) {
        const std::string& text = arguments[0];
        const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (bad != std::errc{} || end != text.data() + text.size() || n == 0 || n > most) {
            return {Status::usage, "the argument is a number from 1 to 1000\n"};
        }
    }
    return {Status::ok, commands::list_calls(inspector.store(), n)};
}

Outcome store_stats(inspector::Inspector& inspector, std::span<const std::string> /*none*/) {
    std::string text = commands::store_stats(inspector.store());
    text.replace(text.rfind('}'), 1, ",\"index\":" + index_stats(inspector) + "}");
    return {Status::ok, std::move(text)};
}

Outcome pin(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const store::Error error = inspector.store().pin(arguments[0]);
    return error ? failed("cannot pin: " + error.text()) : ok();
}

Outcome unpin(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const store::Error error = inspector.store().unpin(arguments[0]);
    return error ? failed("cannot unpin: " + error.text()) : ok();
}

}  // namespace ci::commands
