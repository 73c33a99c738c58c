#include "node/functions.h"

#include <optional>

#include "commands/commands.h"

namespace ci::node {
namespace {

using erlang::Function;
using erlang::Value;

constexpr std::string_view maintenance = "call_inspector_maintenance";

Value undef() {
    return {Value::Kind::undef, {}};
}

Meaning answer(Value value) {
    return {Meaning::Kind::answer, {}, std::move(value)};
}

/// sup:in_kazoo(M, F, As) of Kazoo before 4.2, in_kazoo(SupName, M, F, As) since.
void unwrap(Function& function) {
    if (function.module != "sup" || function.name != "in_kazoo") return;
    const auto arguments = erlang::list_of(function.arguments);
    if (!arguments || arguments->size() < 3 || arguments->size() > 4) return;
    const std::size_t first = arguments->size() - 3;
    const auto module = erlang::atom_of((*arguments)[first]);
    const auto name = erlang::atom_of((*arguments)[first + 1]);
    if (module && name) {
        function = {*module, *name, std::string((*arguments)[first + 2])};
    }
}

void append_exports(erlang::TermWriter& out) {
    for (const commands::Command& command : commands::table()) {
        for (std::size_t arity = command.least; arity <= command.most; ++arity) {
            out.list(1).tuple(2).atom(command.name).number(arity);
        }
    }
    for (const std::uint64_t arity : {0U, 1U}) {
        out.list(1).tuple(2).atom("module_info").number(arity);
    }
    out.nil();
}

bool is_exported(std::string_view module, std::string_view name, std::uint64_t arity) {
    if (module != maintenance) return false;
    if (name == "module_info") return arity < 2;
    const commands::Command* command = commands::find(name);
    return command != nullptr && arity >= command->least && arity <= command->most;
}

/// module_info() and module_info(Item): what this module exports, and nothing else.
Value module_info(const std::vector<erlang::RawTerm>& arguments) {
    erlang::TermWriter out;
    if (arguments.empty()) {
        out.list(2).tuple(2).atom("module").atom(maintenance);
        out.tuple(2).atom("exports");
        append_exports(out);
        out.nil();
        return returned(out);
    }
    const auto item = erlang::atom_of(arguments.front());
    if (item == "module") {
        out.atom(maintenance);
    } else if (item == "exports" || item == "functions") {
        append_exports(out);
    } else if (item == "attributes" || item == "compile") {
        out.nil();
    } else {
        return {Value::Kind::error, "badarg"};
    }
    return returned(out);
}

/// The questions that are answered although they are no commands.
std::optional<Value> harmless(const Function& function, const erlang::Self& self) {
    const auto arguments = erlang::list_of(function.arguments);
    if (!arguments) return std::nullopt;
    const auto is = [&](std::string_view module, std::string_view name, std::size_t arity) {
        return function.module == module && function.name == name && arguments->size() == arity;
    };
    erlang::TermWriter out;
    if (function.module == maintenance && function.name == "module_info" && arguments->size() < 2) {
        return module_info(*arguments);
    }
    if (is("erlang", "node", 0)) return returned(out.atom(self.node));
    if (is("erlang", "is_alive", 0)) return returned(out.atom("true"));
    if (is("erlang", "nodes", 0)) return returned(out.nil());
    if (is("erlang", "function_exported", 3)) {
        const auto module = erlang::atom_of((*arguments)[0]);
        const auto name = erlang::atom_of((*arguments)[1]);
        const auto arity = erlang::number_of((*arguments)[2]);
        if (!module || !name || !arity) return Value{Value::Kind::error, "badarg"};
        return returned(out.atom(is_exported(*module, *name, *arity) ? "true" : "false"));
    }
    return std::nullopt;
}

}  // namespace

Meaning meaning_of(Function& function, const erlang::Self& self) {
    unwrap(function);
    if (auto value = harmless(function, self)) return answer(*std::move(value));
    if (function.module != maintenance) return answer(undef());
    const commands::Command* command = commands::find(function.name);
    if (command == nullptr) return answer(undef());
    auto words = erlang::words_of(function.arguments);
    if (!words) return answer({Value::Kind::error, "badarg"});
    if (words->size() < command->least || words->size() > command->most) return answer(undef());
    words->insert(words->begin(), function.name);
    return {Meaning::Kind::command, *std::move(words), {}};
}

}  // namespace ci::node
