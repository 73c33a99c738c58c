#include "order/observe/robust_stats.h"

#include <algorithm>
#include <cstddef>

namespace ci::order {

using wire::Micros;

Micros median(std::vector<Micros>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    const Micros below = *std::max_element(values.begin(), middle);
    return below + (*middle - below) / 2;
}

Micros mode(std::vector<Micros>& values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    std::size_t begin = 0;
    std::size_t count = values.size();
    while (count > 2) {
        const std::size_t half = (count + 1) / 2;
        std::size_t best = begin;
        for (std::size_t i = begin; i + half <= begin + count; ++i) {
            const Micros width = values[i + half - 1] - values[i];
            if (width < values[best + half - 1] - values[best]) best = i;
        }
        begin = best;
        count = half;
    }
    return values[begin] + (values[begin + count - 1] - values[begin]) / 2;
}

Micros quantile(std::vector<Micros>& values, double share) {
    if (values.empty()) return 0;
    const auto at = values.begin() +
                    static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

}  // namespace ci::order
