#include "calls/differences/flow_difference.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wire/hash.h"

namespace ci::calls {
namespace {

/// Part in the call by host of each call; none: not known yet.
struct Parts {
    std::vector<std::size_t> of_one, of_other;
};

/// More hosts than anybody compares; strangers may send from as many as they like.
constexpr std::size_t most_hops = 200;

/// Who asked whom, and whether anything was accepted.
using Hops = std::map<std::pair<std::size_t, std::size_t>, bool>;
Hops hops_of(const Course& course) {
    Hops hops;
    for (const Transaction& one : course.transactions) {
        if (one.from == none || one.to == none || one.from == one.to) continue;
        if (hops.size() == most_hops) break;
        hops[{one.from, one.to}] |= course.status(one) / 100 == 2;
    }
    return hops;
}

/// Finds hosts of two calls that play the same part under other names.
class Pairing {
  public:
    Pairing(const Course& one, const Course& other)
        : one_(one), other_(other), hops_of_one_(hops_of(one)), hops_of_other_(hops_of(other)) {}

    Parts find() {
        pair_by_name();
        // Course::hosts are in path order: the first ones began the calls.
        if (!one_.hosts.empty() && !other_.hosts.empty()) pair(0, 0);
        while (pair_by_neighbours(true) || pair_by_neighbours(false)) {
        }
        for (std::size_t h = 0; h < other_.hosts.size(); ++h) {
            if (parts_.of_other[h] == none) parts_.of_other[h] = one_.hosts.size() + h;
        }
        for (std::size_t h = 0; h < one_.hosts.size(); ++h) parts_.of_one[h] = h;
        return std::move(parts_);
    }

  private:
    void pair_by_name() {
        std::unordered_map<std::string_view, std::size_t, wire::TextHash> by_name;
        for (std::size_t h = 0; h < one_.hosts.size(); ++h) by_name.emplace(one_.hosts[h].name, h);
        parts_.of_one.assign(one_.hosts.size(), none);
        parts_.of_other.assign(other_.hosts.size(), none);
        for (std::size_t h = 0; h < other_.hosts.size(); ++h) {
            const auto found = by_name.find(other_.hosts[h].name);
            if (found != by_name.end()) pair(found->second, h);
        }
    }

    /// Nothing if one of the two has its part.
    bool pair(std::size_t of_one, std::size_t of_other) {
        if (parts_.of_one[of_one] != none || parts_.of_other[of_other] != none) return false;
        parts_.of_one[of_one] = parts_.of_other[of_other] = of_one;
        return true;
    }

    /// Two hosts that the same host asked, or that asked the same one. True: two were found.
    bool pair_by_neighbours(bool with_same_end) {
        for (const auto& [hop, is_accepted] : hops_of_other_) {
            const auto& [asker, asked] = hop;
            const bool knows_asker = parts_.of_other[asker] != none;
            if (knows_asker == (parts_.of_other[asked] != none)) continue;
            for (const auto& [hop_of_one, is_accepted_of_one] : hops_of_one_) {
                const auto& [asker_of_one, asked_of_one] = hop_of_one;
                if (with_same_end && is_accepted != is_accepted_of_one) continue;
                const bool is_like = knows_asker ? parts_.of_other[asker] == asker_of_one
                                                 : parts_.of_other[asked] == asked_of_one;
                if (!is_like) continue;
                if (knows_asker ? pair(asked_of_one, asked) : pair(asker_of_one, asker))
                    return true;
            }
        }
        return false;
    }

    const Course& one_;
    const Course& other_;
    Hops hops_of_one_, hops_of_other_;
    Parts parts_;
};

/// One sender's way to one receiver: leg, both parts, whether requests or responses.
using Way = std::tuple<std::size_t, std::size_t, std::size_t, bool>;
using Sent = std::map<Way, std::vector<std::size_t>>;

Sent sent_in(const Course& course, const std::vector<std::size_t>& part) {
    const auto part_of = [&](std::size_t host) { return host == none ? none : part[host]; };
    Sent sent;
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (one.repeat > 0) continue;
        sent[{one.leg, part_of(one.src), part_of(one.dst), one.sip.is_request}].push_back(m);
    }
    return sent;
}

bool is_alike(const Transmitted& a, const Transmitted& b) {
    return a.sip.method == b.sip.method && a.sip.status == b.sip.status;
}

}  // namespace

FlowDifference flow_difference(const Course& one, const Course& other) {
    const Parts parts = Pairing(one, other).find();
    const Sent sent_by_one = sent_in(one, parts.of_one);
    Sent sent_by_other = sent_in(other, parts.of_other);
    FlowDifference difference;
    const auto note = [](std::size_t& first, const std::vector<std::size_t>& messages,
                         std::size_t at) {
        if (at < messages.size()) first = std::min(first, messages[at]);
    };
    for (const auto& [way, messages] : sent_by_one) {
        const std::vector<std::size_t>& theirs = sent_by_other[way];
        std::size_t at = 0;
        while (at < messages.size() && at < theirs.size() &&
               is_alike(one.messages[messages[at]], other.messages[theirs[at]])) {
            ++at;
        }
        difference.alike += at;
        note(difference.one, messages, at);
        note(difference.other, theirs, at);
    }
    for (const auto& [way, messages] : sent_by_other) {
        if (!sent_by_one.contains(way)) note(difference.other, messages, 0);
    }
    for (std::size_t h = 0; h < other.hosts.size(); ++h) {
        const std::size_t part = parts.of_other[h];
        if (part < one.hosts.size() && one.hosts[part].name != other.hosts[h].name) {
            difference.other_hosts.emplace_back(part, h);
        }
    }
    return difference;
}

}  // namespace ci::calls
