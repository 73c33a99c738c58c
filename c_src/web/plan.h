// What becomes of a request: it is answered at once, or by a worker, or by a stream of events.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calls/expression.h"
#include "inspector/inspector.h"
#include "web/access/door.h"
#include "web/counters.h"
#include "web/http/message.h"

namespace ci::web {

class AccessLog;
class Traffic;
class Lookups;

/// What an answer may look at.
struct House {
    inspector::Inspector& inspector;
    const Counters& counters;
    Traffic& traffic;
    Lookups& lookups;
    Door& door;
    const AccessLog* access_log;  ///< null: there is none
};

/// Work for a thread (commands::Job).
struct Task {
    std::string subject;
    bool limited = false;
    std::function<Response(const House&)> run;
};

/// Server-sent events: dialogues for which the expression holds, as they begin and change.
struct Following {
    calls::Expression expression;
    std::string text;                    ///< as asked: those with one text get one answer
    std::optional<std::uint64_t> since;  ///< the number of the first event; empty: from now on
    Who who;
};

using Plan = std::variant<Response, Task, Following>;

/// A request for a route of the API.
struct Asked {
    const Request& request;
    std::vector<std::string> parts;  ///< of the path: what stands for {id} and its like
    inspector::Inspector& inspector;
    Door& door;
    Who who;

    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
        return request.target.parameter(name);
    }
    [[nodiscard]] bool has(std::string_view name) const noexcept {
        return request.target.has(name);
    }
};

struct Route {
    Method method;
    std::string_view path;        ///< "/api/calls/{id}/legs"
    std::string_view parameters;  ///< that it takes, each between blanks: " q limit "
    Right right;                  ///< that it needs
    Plan (*plan)(const Asked& asked);
};

}  // namespace ci::web
