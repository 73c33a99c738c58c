// What an inspector asks all others for the sake of a command, and what each of them reports.
//
//   monitor/call_inspector.inquiry  Event-Name inquiry_req   Instance, Server-ID, and one of
//     Expression, Most  which calls match        Rows      what `search` shows of each
//     Look-Ups          what joining must know   Looked-Up one element for each look-up
//     Messages-Of       Call-IDs                 Chunks    of all these dialogues; Clocks
//   targeted/SERVER-ID              Event-Name inquiry_resp  Instance, and the second column;
//                                                            Incomplete: why something may lack
//
// A look-up is {"holders": KEY, "from": T, "until": T}, {"keys": CALL-ID} or {"outline": CALL-ID};
// looked up is [[CALL-ID, T, PLACE] ..], [[EVIDENCE, ROLE, VALUE, T, PLACE] ..], or null or
// [IS-CALL, IS-REGISTRATION, START, LAST, FINAL-RESPONSE or null]. KEY is [EVIDENCE, ROLE, VALUE]
// by the names of calls/key.h, T are microseconds (wire/micros.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "calls/dialogues.h"
#include "wire/micros.h"

namespace ci::amqp {

enum class Topic : std::uint8_t { search, look_ups, messages };

/// One question of calls::Dialogues.
struct LookUp {
    enum class What : std::uint8_t { holders, keys, outline } what = What::outline;
    calls::Key key;  ///< of holders, with `from` and `until`
    wire::Micros from = std::numeric_limits<wire::Micros>::min();
    wire::Micros until = std::numeric_limits<wire::Micros>::max();
    std::string call_id;  ///< of keys and outline

    friend bool operator<(const LookUp& a, const LookUp& b) {
        return std::tie(a.what, a.key, a.from, a.until, a.call_id) <
               std::tie(b.what, b.key, b.from, b.until, b.call_id);
    }
};

struct LookedUp {
    LookUp::What what = LookUp::What::outline;
    std::vector<calls::Holder> holders;
    std::vector<calls::Held> keys;
    std::optional<calls::Outline> outline;
};

struct Inquiry {
    Topic topic = Topic::search;
    std::string expression;
    std::size_t most = 0;  ///< rows
    std::vector<LookUp> look_ups;
    std::vector<std::string> call_ids;
};

/// A line of `search`.
struct FoundRow {
    std::string call_id;
    wire::Micros start = 0;
    std::uint64_t messages = 0;
    std::string json;  ///< the object: texts, numbers, and lists of these
};

/// Without the chunks, which are Message::chunks or an Answer's parts.
struct Report {
    Topic topic = Topic::search;
    std::vector<FoundRow> rows;
    std::vector<LookedUp> looked_up;
    std::string incomplete;  ///< empty: nothing lacks
};

inline constexpr std::size_t max_look_ups = 1'000;
inline constexpr std::size_t max_rows = 10'000;
inline constexpr std::size_t max_holders = 129;  ///< as many as joining asks for

/// `body` is a JSON object. Total; empty: not such a body, or beyond the bounds above.
[[nodiscard]] std::optional<Inquiry> read_inquiry(std::string_view body);
[[nodiscard]] std::optional<Report> read_report(std::string_view body);
[[nodiscard]] std::optional<FoundRow> read_row(std::string_view json);

/// JSON members, with a comma behind each.
[[nodiscard]] std::string members_of(const Inquiry& inquiry);
[[nodiscard]] std::string members_of(const Report& report);

/// True: the report answers this inquiry, and not another one.
[[nodiscard]] bool fits(const Report& report, const Inquiry& inquiry);

}  // namespace ci::amqp
