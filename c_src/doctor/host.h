// What this machine gives the inspector: its disk, its limits, its firewall.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ci::doctor {

struct Volume {
    std::uint64_t bytes = 0, bytes_free = 0;    ///< free for those who are not root
    std::uint64_t inodes = 0, inodes_free = 0;  ///< 0: it has no fixed number of them
};

/// What could not be looked at, and why.
struct NotSeen {
    std::string what, why;
};

struct Host {
    std::optional<Volume> volume;           ///< where the calls are, or will be
    std::uint64_t descriptors = 0;          ///< the hard limit of this process
    std::optional<std::uint64_t> memory;    ///< bytes that its control group may have; empty: all
    std::optional<std::uint64_t> rmem_max;  ///< net.core.rmem_max
    std::string ruleset;                    ///< what `nft -j list ruleset` prints
    std::vector<NotSeen> not_seen;
};

/// `root`: the store's directory, which need not be there yet. May take seconds.
[[nodiscard]] Host look_at_host(const std::filesystem::path& root);

}  // namespace ci::doctor
