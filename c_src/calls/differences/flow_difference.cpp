#include "calls/differences/flow_difference.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "wire/hash.h"

namespace ci::calls {
namespace {

/// Part in the call by host of each call. Course::hosts are in path order.
struct Parts {
    std::vector<std::size_t> of_one, of_other;
};

Parts parts_of(const Course& one, const Course& other) {
    std::unordered_map<std::string_view, std::size_t, wire::TextHash> by_name;
    for (std::size_t h = 0; h < one.hosts.size(); ++h) by_name.emplace(one.hosts[h].name, h);
    Parts parts;
    parts.of_one.resize(one.hosts.size());
    parts.of_other.assign(other.hosts.size(), none);
    std::vector<bool> is_matched(one.hosts.size());
    for (std::size_t h = 0; h < one.hosts.size(); ++h) parts.of_one[h] = h;
    for (std::size_t h = 0; h < other.hosts.size(); ++h) {
        const auto found = by_name.find(other.hosts[h].name);
        if (found == by_name.end()) continue;
        parts.of_other[h] = found->second;
        is_matched[found->second] = true;
    }
    std::size_t next = 0;
    for (std::size_t h = 0; h < other.hosts.size(); ++h) {
        if (parts.of_other[h] != none) continue;
        while (next < one.hosts.size() && is_matched[next]) ++next;
        // Beyond the hosts of the one call, each has a part that nobody plays there.
        parts.of_other[h] = next < one.hosts.size() ? next++ : one.hosts.size() + h;
    }
    return parts;
}

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
    const Parts parts = parts_of(one, other);
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
