#include "order/observe/via_stack.h"

namespace ci::order {

Symbol ViaStacks::push(Symbol top, Symbol rest) {
    const auto [found, is_new] = ids_.emplace(pack(top, rest), static_cast<Symbol>(cells_.size()));
    if (is_new) cells_.push_back({top, rest, cells_[rest].depth + 1});
    return *found;
}

}  // namespace ci::order
