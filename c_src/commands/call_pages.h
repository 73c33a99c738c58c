// Lists of calls in pages, for programs that show them: the newest first, and on from where the
// last page ended.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/expression.h"
#include "calls/row.h"
#include "calls/scope.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// Behind the calls that began after `start` and the first `shown` of those that began then.
struct PagePlace {
    wire::Micros start = 0;
    std::size_t shown = 0;

    friend bool operator==(const PagePlace&, const PagePlace&) = default;
};

/// An opaque text for it, and back; empty: that is none.
[[nodiscard]] std::string cursor_of(const PagePlace& place);
[[nodiscard]] std::optional<PagePlace> page_place_of(std::string_view cursor);

inline constexpr std::size_t most_of_page = 1'000;

struct PageWanted {
    calls::Expression expression;
    std::size_t most = 100;           ///< from 1 to most_of_page
    std::optional<PagePlace> behind;  ///< empty: the first page
    bool findings = false;            ///< rows whose findings are not known yet are analysed
    std::shared_ptr<const calls::Sight> sight;  ///< of whom it is for; null: sees all
};

/// Lines as of the commands `search` and `calls`: JSON objects.
struct Page {
    std::vector<std::string> rows;
    std::optional<PagePlace> next;  ///< empty: that was all
    std::string incomplete;         ///< why calls may be missing; empty: they are not
};

/// Dialogues for which the expression holds. The index must be on. Throws wire::TookTooLong.
[[nodiscard]] Page page_of_dialogues(inspector::Inspector& inspector, const PageWanted& wanted);

/// Whole calls of which a leg is one of these, in the order of the first leg that is. A call is the
/// row of its first leg, with the Call-IDs and the findings of all.
[[nodiscard]] Page page_of_calls(inspector::Inspector& inspector, const PageWanted& wanted);

}  // namespace ci::commands
