#include "node/permissions.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "wire/network.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

namespace fs = std::filesystem;
using inspector::NodeSettings;

bool is_below(const fs::path& path, const fs::path& directory) {
    const auto end = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
    return end.first == directory.end();
}

/// Symbolic links are followed first, so that a link does not lead out of a directory.
bool is_in(const std::string& name, const std::vector<std::string>& directories) {
    const fs::path path(name);
    std::error_code failed;
    if (!path.is_absolute()) return false;
    const fs::path real = fs::weakly_canonical(path, failed);
    if (failed) return false;
    return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
        std::error_code bad;
        const fs::path allowed = fs::weakly_canonical(directory, bad);
        return !bad && is_below(real, allowed.has_filename() ? allowed : allowed.parent_path());
    });
}

bool may_read(const std::string& file, const NodeSettings& settings) {
    return is_in(file, settings.read);
}
bool may_write(const std::string& directory, const NodeSettings& settings) {
    return is_in(directory, settings.write);
}
bool may_bind(const std::string& text, const NodeSettings& settings) {
    constexpr std::string_view tls = "tls:";
    const std::string_view address =
        std::string_view(text).substr(text.starts_with(tls) ? tls.size() : 0);
    const auto parsed = wire::parse_address(address);
    if (!parsed) return true;  // the command itself says what is wrong
    return std::any_of(settings.bind.begin(), settings.bind.end(), [&](const std::string& range) {
        const auto network = wire::parse_network(range);
        return network && wire::contains(*network, *parsed);
    });
}
bool may_capture(const std::string& interface, const NodeSettings& settings) {
    return std::find(settings.capture.begin(), settings.capture.end(), interface) !=
           settings.capture.end();
}

/// A command, its argument that reaches outside, and the setting that allows it.
struct Rule {
    std::string_view command;
    std::size_t argument;
    bool (*is_allowed)(const std::string&, const NodeSettings&);
    std::string_view setting;
};
constexpr Rule rules[] = {
    {"start_hep_parser", 1, may_bind, "bind"},
    {"start_capture", 1, may_capture, "capture"},
    {"start_kamailio_parser", 1, may_read, "read"},
    {"start_freeswitch_parser", 1, may_read, "read"},
    {"import_pcap", 1, may_read, "read"},
    {"import_kazoo", 1, may_read, "read"},
    {"export_kazoo", 1, may_write, "write"},
};

}  // namespace

std::optional<std::string> refusal_of(std::span<const std::string> words,
                                      const NodeSettings& settings) {
    for (const Rule& rule : rules) {
        if (words.size() <= rule.argument || words[0] != rule.command) continue;
        if (rule.is_allowed(words[rule.argument], settings)) continue;
        return wire::visible_line(words[rule.argument]) +
               " is not allowed here: it is not among \"" + std::string(rule.setting) +
               "\" of the node's settings\n";
    }
    return std::nullopt;
}

}  // namespace ci::node
