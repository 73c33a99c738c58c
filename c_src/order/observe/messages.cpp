#include "order/observe/messages.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace ci::order {
namespace {

constexpr std::uint32_t ambiguous = UINT32_MAX;

/// Log lines that fit several messages, such as the 180s of a fork's branches. If a log has as many
/// of these lines as another observer saw messages, both have them in the same order.
class AmbiguousLines {
  public:
    /// Adds an observation with Vias, of this message.
    void add_message(const Key& line, const Observation& seen, std::uint32_t message) {
        lines_[line].with_vias[seen.observer].push_back(message);
    }
    /// Adds an observation without Vias, by its index.
    void add_line(const Key& line, const Observation& seen, std::uint32_t index) {
        lines_[line].without[seen.observer].push_back(index);
    }
    /// Numbers the lines whose message is certain; returns the others.
    std::vector<std::uint32_t> number(std::vector<std::uint32_t>& message) const {
        std::vector<std::uint32_t> left;
        for (const auto& [key, line] : lines_) {
            const Indexes* most = nullptr;
            for (const auto& [observer, messages] : line.with_vias) {
                if (most == nullptr || messages.size() > most->size()) most = &messages;
            }
            for (const auto& [observer, indexes] : line.without) {
                const bool agree = most != nullptr && most->size() == indexes.size();
                for (std::size_t k = 0; k < indexes.size(); ++k) {
                    if (agree) {
                        message[indexes[k]] = (*most)[k];
                    } else {
                        left.push_back(indexes[k]);
                    }
                }
            }
        }
        std::sort(left.begin(), left.end());
        return left;
    }

  private:
    using Indexes = std::vector<std::uint32_t>;
    struct Line {
        std::map<std::uint32_t, Indexes> with_vias, without;  ///< by observer, by arrival
    };
    std::map<Key, Line> lines_;
};

std::vector<std::uint32_t> numbers_of(const Observations& observations) {
    KeyMap<std::uint32_t> by_vias;
    KeyMap<std::uint32_t> by_line;
    by_vias.reserve(observations.all.size());
    by_line.reserve(observations.all.size());
    std::vector<std::uint32_t> message(observations.all.size());
    std::uint32_t count = 0;
    const bool with_logs = std::any_of(observations.all.begin(), observations.all.end(),
                                       [](const Observation& seen) { return seen.vias == 0; });
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        if (seen.vias == 0) continue;
        const Key key{pack(seen.src_host, seen.dst_host), pack(seen.label, seen.method),
                      seen.number, pack(seen.vias, seen.to_tag), seen.dialogue};
        const auto [found, is_new] = by_vias.emplace(key, count);
        message[i] = *found;
        if (is_new) ++count;
        if (!with_logs) continue;
        for (const Key& line : LineKeys(seen)) {
            const auto [same_line, first] = by_line.emplace(line, message[i]);
            if (!first && *same_line != message[i]) *same_line = ambiguous;
        }
    }
    if (!with_logs) return message;
    AmbiguousLines several;
    std::vector<std::uint32_t> alone;
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        const LineKeys lines(seen);
        if (seen.vias != 0) {
            for (const Key& line : lines) {
                if (*by_line.find(line) == ambiguous) several.add_message(line, seen, message[i]);
            }
            continue;
        }
        const auto line = std::find_if(lines.begin(), lines.end(), [&](const Key& key) {
            return by_line.find(key) != nullptr;
        });
        if (line == lines.end()) {
            alone.push_back(i);
        } else if (const auto with_vias = *by_line.find(*line); with_vias != ambiguous) {
            message[i] = with_vias;
        } else {
            several.add_line(*line, seen, i);
        }
    }
    const auto left = several.number(message);
    alone.insert(alone.end(), left.begin(), left.end());
    KeyMap<std::uint32_t> by_line_alone;
    for (const std::uint32_t i : alone) {
        const LineKeys lines(observations.all[i]);
        const auto [found, is_new] = by_line_alone.emplace(lines.last(), count);
        message[i] = *found;
        if (is_new) ++count;
    }
    return message;
}

}  // namespace

LineKeys::LineKeys(const Observation& seen)
    : keys_{
          {{pack(seen.src, seen.dst), pack(seen.label, seen.method), seen.number, 0, seen.dialogue},
           {pack(seen.src, seen.dst), pack(seen.method, seen.request ? seen.method : seen.status),
            seen.number, seen.request ? 0U : 1U, seen.dialogue}}} {
    if (!seen.request && seen.status == 0) count_ = 1;
}

void number_messages(Observations& observations) {
    const auto numbers = numbers_of(observations);
    for (std::size_t i = 0; i < numbers.size(); ++i) observations.all[i].message = numbers[i];
}

}  // namespace ci::order
