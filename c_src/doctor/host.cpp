#include "doctor/host.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <system_error>

#include "os/run.h"

namespace ci::doctor {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> number_in(const fs::path& path) {
    std::ifstream file(path);
    std::string text;
    if (!(file >> text)) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;  // "max"
    return number;
}

std::optional<Volume> volume_of(fs::path directory) {
    std::error_code error;
    while (!fs::exists(directory, error) && directory.has_relative_path()) {
        directory = directory.parent_path();
    }
    struct statvfs about {};
    if (::statvfs(directory.c_str(), &about) != 0) return std::nullopt;
    return Volume{about.f_blocks * about.f_frsize, about.f_bavail * about.f_frsize, about.f_files,
                  about.f_favail};
}

/// The least limit of a control group and those around it.
std::optional<std::uint64_t> least_limit(const fs::path& top, std::string_view group,
                                         const char* file) {
    std::optional<std::uint64_t> least;
    fs::path path = top / fs::path(group).relative_path();
    for (;; path = path.parent_path()) {
        if (const auto limit = number_in(path / file))
            least = std::min(least.value_or(*limit), *limit);
        if (path == top || path.string().size() <= top.string().size()) return least;
    }
}

std::optional<std::uint64_t> memory_limit() {
    // Version 1 writes "no limit" as the largest number of whole pages.
    constexpr std::uint64_t no_limit = std::uint64_t{1} << 60U;
    std::optional<std::uint64_t> least;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {  // "0::/group", "4:memory:/group"
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string names = line.substr(first + 1, second - first - 1);
        const std::string group = line.substr(second + 1);
        std::optional<std::uint64_t> limit;
        if (names.empty()) {
            limit = least_limit("/sys/fs/cgroup", group, "memory.max");
        } else if (names == "memory") {
            limit = least_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
        }
        if (limit && *limit < no_limit) least = std::min(least.value_or(*limit), *limit);
    }
    return least;
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

void look_at_firewall(Host& host) {
    constexpr std::chrono::seconds patience{5};
    constexpr std::size_t most = std::size_t{16} << 20U;
    os::Ran ran;
    for (const char* const program : {"nft", "/usr/sbin/nft"}) {
        ran = os::run({program, "-j", "list", "ruleset"}, patience, most);
        if (ran.failure != ENOENT) break;
    }
    const std::string hint = "; as root: nft list ruleset";
    if (ran.failure == ENOENT) {
        host.not_seen.push_back({"firewall", "nft is not installed; as root: iptables-save"});
    } else if (ran.failure != 0) {
        host.not_seen.push_back(
            {"firewall", "nft: " + std::generic_category().message(ran.failure) + hint});
    } else if (ran.exit_code != 0) {
        host.not_seen.push_back({"firewall", "nft: " + first_line(ran.errors) + hint});
    } else {
        host.ruleset = std::move(ran.output);
    }
}

}  // namespace

Host look_at_host(const fs::path& root) {
    Host host;
    host.volume = volume_of(root);
    if (!host.volume) host.not_seen.push_back({"disk", "cannot look at " + root.string()});
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) host.descriptors = limit.rlim_max;
    host.memory = memory_limit();
    host.rmem_max = number_in("/proc/sys/net/core/rmem_max");
    look_at_firewall(host);
    return host;
}

}  // namespace ci::doctor
