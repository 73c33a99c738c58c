#include "order/observe/messages.h"

#include <algorithm>
#include <map>

namespace ci::order {
namespace {

constexpr std::uint32_t ambiguous = UINT32_MAX;

/// The key of a message as far as a log shows it.
Key line_of(const Observation& seen) {
    return {pack(seen.src, seen.dst), pack(seen.label, seen.method), seen.number};
}

/// The key of a request without its URI: a proxy's log tells the URI that came in, and may not
/// tell the one that a location service put in its place on the way out (RFC 3261 16.6).
Key request_of(const Observation& seen) {
    return {pack(seen.src, seen.dst), pack(seen.method, 1), seen.number};
}
bool is_numbered_request(const Observation& seen) {
    return seen.request && seen.number != 0;
}

/// Log lines that fit several messages, such as the 180s of a fork's branches. If a log has as many
/// of these lines as another observer saw messages, both have them in the same order.
class AmbiguousLines {
  public:
    /// Adds an observation with Vias, of this message.
    void add_message(const Observation& seen, std::uint32_t message) {
        lines_[line_of(seen)].with_vias[seen.observer].push_back(message);
    }
    /// Adds an observation without Vias, by its index.
    void add_line(const Observation& seen, std::uint32_t index) {
        lines_[line_of(seen)].without[seen.observer].push_back(index);
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
    bool with_logs = false;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        if (seen.vias == 0) {
            with_logs = true;
            continue;
        }
        const Key key{pack(seen.src_host, seen.dst_host), pack(seen.label, seen.method),
                      seen.number, pack(seen.vias, seen.to_tag)};
        const auto [found, is_new] = by_vias.emplace(key, count);
        message[i] = *found;
        if (is_new) ++count;
        const auto [same_line, first] = by_line.emplace(line_of(seen), message[i]);
        if (!first && *same_line != message[i]) *same_line = ambiguous;
    }
    if (!with_logs) return message;
    KeyMap<std::uint32_t> by_request;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        if (seen.vias == 0 || !is_numbered_request(seen)) continue;
        const auto [same, first] = by_request.emplace(request_of(seen), message[i]);
        if (!first && *same != message[i]) *same = ambiguous;
    }
    AmbiguousLines several;
    std::vector<std::uint32_t> alone;
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        const std::uint32_t* with_vias = by_line.find(line_of(seen));
        if (with_vias == nullptr && seen.vias == 0 && is_numbered_request(seen)) {
            with_vias = by_request.find(request_of(seen));
            if (with_vias != nullptr && *with_vias == ambiguous) with_vias = nullptr;
        }
        if (with_vias == nullptr) {
            alone.push_back(i);
        } else if (*with_vias != ambiguous) {
            if (seen.vias == 0) message[i] = *with_vias;
        } else if (seen.vias != 0) {
            several.add_message(seen, message[i]);
        } else {
            several.add_line(seen, i);
        }
    }
    const auto left = several.number(message);
    alone.insert(alone.end(), left.begin(), left.end());
    KeyMap<std::uint32_t> by_line_alone;
    for (const std::uint32_t i : alone) {
        const auto [found, is_new] = by_line_alone.emplace(line_of(observations.all[i]), count);
        message[i] = *found;
        if (is_new) ++count;
    }
    return message;
}

}  // namespace

void number_messages(Observations& observations) {
    const auto numbers = numbers_of(observations);
    for (std::size_t i = 0; i < numbers.size(); ++i) observations.all[i].message = numbers[i];
}

}  // namespace ci::order
