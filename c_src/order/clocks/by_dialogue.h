// The rules of causality hold within one dialogue: the transmissions of a call with several legs
// are given to them leg by leg.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "order/clocks/transmission.h"

namespace ci::order {

/// The transmissions of one dialogue, as if there were no others.
struct DialoguePart {
    Transmissions transmissions;
    std::vector<std::uint32_t> nodes;  ///< by index in `transmissions.all`: the index in the whole
};

/// By Observation::dialogue.
[[nodiscard]] std::vector<DialoguePart> split_by_dialogue(const Transmissions& whole,
                                                          std::size_t dialogues);

/// The edges that `find` returns for each dialogue's transmissions, by their numbers in the whole.
template <class Edge, class Find>
std::vector<Edge> find_by_dialogue(const Transmissions& whole, std::size_t dialogues,
                                   const Find& find) {
    if (dialogues <= 1) return find(whole);
    std::vector<Edge> all;
    for (const DialoguePart& part : split_by_dialogue(whole, dialogues)) {
        for (Edge edge : find(part.transmissions)) {
            edge.cause = part.nodes[edge.cause];
            edge.effect = part.nodes[edge.effect];
            all.push_back(edge);
        }
    }
    return all;
}

}  // namespace ci::order
