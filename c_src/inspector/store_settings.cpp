#include "inspector/store_settings.h"

#include <grp.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace ci::inspector {
namespace {

/// Reads a number, optionally followed by one of these letters.
std::optional<std::uint64_t> number(std::string_view text, std::string_view letters,
                                    const std::uint64_t* factors) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{}) return std::nullopt;
    const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (rest.empty()) return value;
    const auto letter = letters.find(rest.front());
    if (rest.size() != 1 || letter == std::string_view::npos) return std::nullopt;
    if (value > std::numeric_limits<std::int64_t>::max() / factors[letter]) return std::nullopt;
    return value * factors[letter];
}

std::optional<std::chrono::seconds> time(std::string_view text) {
    constexpr std::uint64_t factors[] = {1, 60, 3'600, 86'400};
    const auto seconds = number(text, "smhd", factors);
    constexpr std::uint64_t century = 36'500ULL * 86'400;
    if (!seconds || *seconds > century) return std::nullopt;
    return std::chrono::seconds(*seconds);
}

std::optional<std::uint64_t> bytes(std::string_view text) {
    constexpr std::uint64_t factors[] = {1ULL << 10U, 1ULL << 20U, 1ULL << 30U, 1ULL << 40U};
    return number(text, "KMGT", factors);
}

constexpr auto no_time = "not a time such as 90s, 15m, 12h or 30d";
constexpr auto no_size = "not a size such as 64M or 50G";

std::string set_time(std::string_view text, std::chrono::seconds& setting) {
    const auto value = time(text);
    if (!value) return no_time;
    setting = *value;
    return {};
}

/// Offsets of lines in memory have 32 bits.
constexpr std::uint64_t least_memory = 1ULL << 20U, max_memory = 2ULL << 30U;

std::string set_memory(std::string_view text, store::Options& options) {
    const auto value = bytes(text);
    if (!value) return no_size;
    if (*value < least_memory || *value > max_memory) return "not between 1M and 2G";
    options.room.bytes = *value;
    return {};
}

std::string set_waiting(std::string_view text, store::Options& options) {
    constexpr std::uint64_t factors[] = {1'000, 1'000'000};
    const auto value = number(text, "KM", factors);
    if (!value || *value < 1'000) return "not a number of messages from 1000 on";
    options.room.waiting = *value;
    return {};
}

std::string set_sync(std::string_view text, store::Options& options) {
    if (text == "never" || text == "always") {
        options.sync.sync = text == "never" ? store::Sync::never : store::Sync::always;
        return {};
    }
    const auto every = time(text);
    if (!every || *every == std::chrono::seconds(0)) return "neither never, always nor a time";
    options.sync = {store::Sync::interval, *every};
    return {};
}

std::string set_group(std::string_view text, store::Options& options) {
    const std::string name(text);
    const group* found = ::getgrnam(name.c_str());  // before any thread is started
    if (found == nullptr) return "no such group";
    options.group = found->gr_gid;
    return {};
}

std::string set_keep(std::string_view text, store::Options& options) {
    return set_time(text, options.retention.longest);
}

std::string set_keep_bytes(std::string_view text, store::Options& options) {
    const auto value = bytes(text);
    if (!value) return no_size;
    options.retention.max_bytes = *value;
    return {};
}

std::string set_compress_after(std::string_view text, store::Options& options) {
    return set_time(text, options.retention.compress_after);
}

std::string set_check_every(std::string_view text, store::Options& options) {
    const auto value = time(text);
    if (!value || *value == std::chrono::seconds(0)) return no_time;
    options.retention.every = *value;
    return {};
}

struct Option {
    std::string_view name;
    std::string (*set)(std::string_view value, store::Options& options);
};
constexpr Option table[] = {{"memory", set_memory},
                            {"waiting", set_waiting},
                            {"sync", set_sync},
                            {"group", set_group},
                            {"keep", set_keep},
                            {"keep_bytes", set_keep_bytes},
                            {"compress_after", set_compress_after},
                            {"check_every", set_check_every}};

}  // namespace

std::string set_store_option(std::string_view name, std::string_view value,
                             store::Options& options) {
    const auto* found = std::find_if(std::begin(table), std::end(table),
                                     [name](const Option& one) { return one.name == name; });
    const std::string why = found == std::end(table) ? "unknown" : found->set(value, options);
    return why.empty() ? why : "store: " + std::string(name) + ": " + why;
}

}  // namespace ci::inspector
