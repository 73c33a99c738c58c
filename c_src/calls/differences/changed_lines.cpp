#include "calls/differences/changed_lines.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ci::calls {
namespace {

constexpr std::size_t most_comparisons = 1'000'000;

bool is_same(const Line& a, const Line& b) {
    return a.key == b.key;
}

/// By position: how many lines the rests of both lists have in common.
class Common {
  public:
    Common(std::span<const Line> before, std::span<const Line> after)
        : width_(after.size() + 1), length_((before.size() + 1) * width_) {
        for (std::size_t i = before.size(); i-- > 0;) {
            for (std::size_t j = after.size(); j-- > 0;) {
                length_[i * width_ + j] = is_same(before[i], after[j])
                                              ? at(i + 1, j + 1) + 1
                                              : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }
    [[nodiscard]] std::uint32_t at(std::size_t i, std::size_t j) const {
        return length_[i * width_ + j];
    }

  private:
    std::size_t width_;
    std::vector<std::uint32_t> length_;
};

}  // namespace

std::vector<Change> changed_lines(std::span<const Line> before, std::span<const Line> after) {
    while (!before.empty() && !after.empty() && is_same(before.front(), after.front())) {
        before = before.subspan(1);
        after = after.subspan(1);
    }
    while (!before.empty() && !after.empty() && is_same(before.back(), after.back())) {
        before = before.first(before.size() - 1);
        after = after.first(after.size() - 1);
    }
    std::vector<Change> changes;
    std::size_t i = 0, j = 0;
    if (before.size() * after.size() <= most_comparisons) {
        const Common common(before, after);
        while (i < before.size() && j < after.size()) {
            if (is_same(before[i], after[j])) {
                ++i;
                ++j;
            } else if (common.at(i + 1, j) >= common.at(i, j + 1)) {
                changes.push_back({false, before[i++].text});
            } else {
                changes.push_back({true, after[j++].text});
            }
        }
    }
    for (; i < before.size(); ++i) changes.push_back({false, before[i].text});
    for (; j < after.size(); ++j) changes.push_back({true, after[j].text});
    return changes;
}

}  // namespace ci::calls
