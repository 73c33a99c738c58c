// How the process's descriptors are shared out. The kernel always gives the lowest free number, so
// the number of a new descriptor tells how many are in use.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace ci::cli {

/// Connections to parsers and to the control socket have descriptors below these limits. Those from
/// `control` on are for the store and all other uses.
struct Descriptors {
    int parsers = 1 << 20, control = 1 << 20;
};

constexpr Descriptors share_out(rlim_t limit) {
    constexpr rlim_t most = 1U << 20U;
    constexpr rlim_t max_kept = 256;
    const rlim_t all = std::min(limit, most);
    const rlim_t kept = std::min(all / 4, max_kept);
    return {static_cast<int>(all - kept), static_cast<int>(all - kept / 2)};
}

/// Raises the limit as far as the system permits: a parser may have a thousand connections.
inline Descriptors raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
    return share_out(limit.rlim_cur);
}

}  // namespace ci::cli
