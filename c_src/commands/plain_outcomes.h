// What commands say when they did what they were asked, and when they could not.
#pragma once

#include <string>
#include <string_view>

#include "chunk/chunk.h"
#include "commands/outcome.h"
#include "wire/visible.h"

namespace ci::commands {

[[nodiscard]] inline Outcome ok() {
    return {Status::ok, "ok\n"};
}
[[nodiscard]] inline Outcome failed(const std::string& why) {
    return {Status::failed, wire::visible_line(chunk::to_utf8(why)) + "\n"};
}

/// An id as Kazoo prints it: a quoted Erlang atom.
[[nodiscard]] inline std::string as_atom(std::string_view id) {
    return "'" + std::string(id) + "'";
}
[[nodiscard]] inline std::string as_visible_atom(std::string_view id) {
    return as_atom(wire::visible_line(chunk::to_utf8(id)));
}

}  // namespace ci::commands
