// Where transmissions stand in a call flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ci::order {

/// By transmission, its place. `order` has nodes of the graph; those from `count` on are none.
[[nodiscard]] inline std::vector<std::size_t> places_of(const std::vector<std::uint32_t>& order,
                                                        std::size_t count) {
    std::vector<std::size_t> places(count);
    std::size_t next = 0;
    for (const auto node : order) {
        if (node < count) places[node] = next++;
    }
    return places;
}

}  // namespace ci::order
