// Which functions this node has: the maintenance commands, and a few harmless questions of shells
// and tools. Every other function is undefined, so that the cookie opens nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "erlang/remote_call.h"

namespace ci::node {

struct Meaning {
    enum class Kind : std::uint8_t {
        command,  ///< `words` is a maintenance command
        answer,   ///< `value` is what the function returns
    };
    Kind kind = Kind::answer;
    std::vector<std::string> words;
    erlang::Value value;
};

/// `function` becomes the one that is meant: sup:in_kazoo/4, in which sup wraps all calls, is taken
/// off.
[[nodiscard]] Meaning meaning_of(erlang::Function& function, const erlang::Self& self);

}  // namespace ci::node
