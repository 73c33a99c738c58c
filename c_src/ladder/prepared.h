// What every form of a drawing begins with: the rows of a view, and the hosts that take part.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ladder/scene.h"

namespace ci::ladder {

class Prepared {
  public:
    Prepared(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view);

    /// The layout does not outlive this; of a drawing that has none of cells, an empty one.
    [[nodiscard]] Scene scene(const Layout& layout) const;
    [[nodiscard]] Scene scene() const { return scene(none_); }

    [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

  private:
    std::span<const chunk::Chunk> chunks_;
    const order::Flow& flow_;
    const View& view_;
    Columns columns_;
    const std::vector<Row> rows_;
    const Layout none_;
};

/// UTF-8 of what printable() made.
[[nodiscard]] std::string utf8_of(std::u32string_view cells);

}  // namespace ci::ladder
