#include "ladder/prepared.h"

#include "wire/utf8.h"

namespace ci::ladder {
namespace {

std::vector<bool> used_columns(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                               const std::vector<Row>& rows, const Columns& columns) {
    std::vector<bool> used(columns.all().size());
    const auto use = [&](const std::string& endpoint) {
        if (const auto column = columns.find(endpoint)) used[*column] = true;
    };
    for (const Row& row : rows) {
        const chunk::Chunk& chunk = chunks[flow.events[row.event].chunk];
        use(row.gap != nullptr ? row.gap->src : chunk.src);
        use(row.gap != nullptr ? row.gap->dst : chunk.dst);
    }
    return used;
}

}  // namespace

Prepared::Prepared(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view)
    : chunks_(chunks),
      flow_(flow),
      view_(view),
      columns_(chunks, flow, view),
      rows_(rows_of(chunks, flow, view, columns_)),
      none_({}, {}, view.width) {
    columns_.keep(used_columns(chunks, flow, rows_, columns_));
}

Scene Prepared::scene(const Layout& layout) const {
    Scene scene{chunks_, flow_, view_, columns_, rows_, layout, {}};
    for (std::size_t i = 0; i < flow_.clocks.size(); ++i) {
        scene.observers.emplace(flow_.clocks[i].observer, i);
    }
    return scene;
}

std::string utf8_of(std::u32string_view cells) {
    std::string out;
    for (const char32_t cell : cells) {
        if (cell != 0) wire::append_utf8(cell, out);  // 0: the second cell of a wide character
    }
    return out;
}

}  // namespace ci::ladder
