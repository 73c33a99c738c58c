#include "store/calls/catalog.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <map>

#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

constexpr std::size_t name_length = 10;
constexpr std::size_t max_noted = 1U << 20U;  ///< bytes noted while the catalog cannot be written

std::string name_of(Catalog::Hour hour) {
    const std::time_t seconds = hour * 3'600;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[16];
    return {text, std::strftime(text, sizeof text, "%Y%m%d%H", &utc)};
}

std::optional<Catalog::Hour> hour_in(const std::string& name) {
    if (name.size() != name_length || name.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    std::tm utc{};
    utc.tm_year = std::stoi(name.substr(0, 4)) - 1900;
    utc.tm_mon = std::stoi(name.substr(4, 2)) - 1;
    utc.tm_mday = std::stoi(name.substr(6, 2));
    utc.tm_hour = std::stoi(name.substr(8, 2));
    const auto hour = Catalog::hour_of(::timegm(&utc));
    return name_of(hour) == name ? std::optional(hour) : std::nullopt;  // rejects June 31
}

}  // namespace

std::filesystem::path Catalog::path_of(Hour hour) const {
    return directory_ / name_of(hour);
}

void Catalog::note(std::string_view relative, Hour hour) {
    const os::MutexLock lock(mutex_);
    if (noted_.empty() || noted_.back().first != hour) noted_.emplace_back(hour, "");
    noted_.back().second.append(relative) += '\n';
}

void Catalog::write() {
    std::deque<std::pair<Hour, std::string>> noted;
    {
        const os::MutexLock lock(mutex_);
        noted.swap(noted_);
    }
    std::map<Hour, std::string> texts;
    for (auto& [hour, text] : noted) texts[hour] += text;
    for (auto& [hour, text] : texts) {
        if (append(hour, text)) continue;
        const os::MutexLock lock(mutex_);
        std::size_t size = text.size();
        for (const auto& one : noted_) size += one.second.size();
        // Notes beyond the limit are dropped. `keep` then misses their files until the catalog is
        // removed and a census rebuilds it.
        if (size <= max_noted) noted_.emplace_front(hour, std::move(text));
    }
}

bool Catalog::append(Hour hour, const std::string& text) {
    constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    const auto path = path_of(hour);
    if (check_directory(directory_).code == ELOOP) return false;
    for (int i = 0; i < 2; ++i) {
        const File file(disk_.open(path.c_str(), flags, file_mode));
        if (!file.is_open()) {
            if (make_directories(disk_, directory_, group_)) return false;
            continue;
        }
        struct stat before {};
        if (::fstat(file.get(), &before) != 0 || !S_ISREG(before.st_mode)) return false;
        if (before.st_nlink > 1) {
            // A hard link to another file, or an operator's copy: replaced, not written to.
            replace(hour, files(hour));
            continue;
        }
        if (before.st_size == 0) give_to(file.get(), group_);
        return append_whole(disk_, file, before.st_size, text) == 0;
    }
    return false;
}

std::vector<Catalog::Hour> Catalog::hours() const {
    std::vector<Hour> hours;
    const auto is_ours = [](std::string_view name) {
        return hour_in(std::string(name)).has_value();
    };
    for (const std::string& name : names_in(directory_, is_ours).names) {
        hours.push_back(*hour_in(name));
    }
    std::sort(hours.begin(), hours.end());
    return hours;
}

std::vector<std::string> Catalog::files(Hour hour) const {
    std::string text;
    std::vector<std::string> files;
    if (read_whole(path_of(hour), text)) return files;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = next_line(rest);
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (is_relative_path(line)) files.emplace_back(line);  // the list may have been edited
    }
    return files;
}

void Catalog::replace(Hour hour, const std::vector<std::string>& files) {
    const auto path = path_of(hour);
    if (files.empty()) {
        (void)disk_.unlink(path.c_str());
        return;
    }
    std::string text;
    for (const auto& file : files) text.append(file) += '\n';
    // If this fails, the old list stays. It names some missing files, which does no harm.
    (void)replace_whole(disk_, path, text, group_);
}

}  // namespace ci::store
