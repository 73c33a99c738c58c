// All that a drawing is made of.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ladder/arrow.h"
#include "ladder/columns.h"
#include "ladder/layout.h"
#include "ladder/line.h"
#include "ladder/rows.h"
#include "ladder/view.h"
#include "order/order.h"
#include "wire/hash.h"

namespace ci::ladder {

struct Scene {
    std::span<const chunk::Chunk> chunks;
    const order::Flow& flow;
    const View& view;
    const Columns& columns;
    const std::vector<Row>& rows;
    const Layout& layout;
    /// Indexes into Flow::clocks.
    std::unordered_map<std::string, std::size_t, wire::TextHash> observers;

    void append(const Line& line, std::string& out) const {
        line.append_to(out, view.colour, view.ascii);
    }
};

/// a to z, then numbers.
[[nodiscard]] std::u32string letter_of_observer(std::size_t observer);
/// "h1".
[[nodiscard]] std::u32string number_of_column(std::size_t column);
[[nodiscard]] Ink ink_of(const Remark& remark);
/// The letters of the observers that saw an event.
[[nodiscard]] std::u32string seen_by(const Scene& scene, const order::Event& event,
                                     std::size_t width);

/// What is told of a row beside its times.
struct RowText {
    std::optional<std::size_t> from, to;  ///< columns
    Arrow::Kind kind = Arrow::Kind::whole;
    bool is_message = true;  ///< else something happened at a host
    std::u32string label, note;
    std::u32string description;  ///< a session description that was not shown yet
    std::u32string leg;          ///< empty: there is one
    Ink ink = Ink::plain;
};
/// The session description that each transaction showed last.
using Described = std::unordered_map<std::string, std::u32string, wire::TextHash>;
[[nodiscard]] RowText text_of_row(const Scene& scene, const Row& row, Described& described);

/// A row, with the lines that belong to it. `above`: the row above, null: it is the first.
void draw_row(const Scene& scene, const Row& row, const Row* above, Described& described,
              std::string& out);

/// What stands above the rows, and what below.
void draw_head(const Scene& scene, std::string& out);
void draw_legend(const Scene& scene, std::string& out);

}  // namespace ci::ladder
