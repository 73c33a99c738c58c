#include "store/housekeeper.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "os/sleep.h"
#include "store/calls/compress.h"
#include "store/disk/directory_walk.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto census_every = 24h;
constexpr int housekeeping_niceness = 10;
constexpr std::size_t max_looked_at = 1'000;  ///< files checked to find the oldest call

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string_view without_temporary(std::string_view name) noexcept {
    if (!name.ends_with(temporary_suffix)) return {};
    name.remove_suffix(temporary_suffix.size());
    return name;
}

bool is_half_made(std::string_view name) {
    return is_file_name(without_temporary(name));
}

}  // namespace

Housekeeper::Housekeeper(CallFiles& files, Catalog& catalog, Pins& pins, RecentCalls& recent,
                         Disk& disk, Group group, const Retention& retention)
    : files_(files),
      catalog_(catalog),
      pins_(pins),
      recent_(recent),
      disk_(disk),
      group_(group),
      retention_(retention) {
    thread_ = std::jthread([this](std::stop_token end) {
        end_ = std::move(end);
        run();
    });
}

void Housekeeper::run() {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), housekeeping_niceness);
    remember_recent();
    auto counted = std::chrono::steady_clock::now();
    count();
    do {
        if (std::chrono::steady_clock::now() - counted > census_every) {
            counted = std::chrono::steady_clock::now();
            count();
        }
        expire();
        compress_old();
        find_oldest();
    } while (os::sleep_for(end_, retention_.every));
}

void Housekeeper::shelved(const ShelvedLines& lines) {
    const std::int64_t time = seconds_now();
    if (lines.created) {
        catalog_.note(lines.relative, Catalog::hour_of(time));
        if (!lines.goes_on) {
            recent_.began(call_id_for(lines.key));
            ++calls_;
        }
    }
    bytes_ += lines.lines.size();
    newest_ = time;
}

void Housekeeper::removed(std::uint64_t files, std::uint64_t bytes) noexcept {
    // The counts do not include files that others made.
    calls_ -= std::min<std::uint64_t>(calls_, files);
    bytes_ -= std::min<std::uint64_t>(bytes_, bytes);
}

Totals Housekeeper::totals() const noexcept {
    return {calls_, bytes_, oldest_, newest_, expired_, compressed_, is_counting_};
}

/// Counts all files and their bytes, and rebuilds the catalog if there is none.
void Housekeeper::count() {
    is_counting_ = true;
    const bool is_new = !catalog_.exists();
    const std::uint64_t calls_before = calls_, bytes_before = bytes_;
    Totals found;
    const File root = open_root(files_.root());
    const auto outer_names =
        root.is_open() ? names_in(root, files_.root(), is_directory_name) : Names();
    for (const std::string& first : outer_names.names) {
        const fs::path outer = files_.root() / first;
        for (const std::string& second : names_in(outer, is_directory_name).names) {
            std::string relative = first;
            relative.append("/").append(second).append("/");
            count_directory(outer / second, relative, is_new, found);
            if (end_.stop_requested()) return;
        }
        if (is_new) catalog_.write();
    }
    // Adds the changes that happened during the count.
    calls_ = found.calls + std::max(calls_.load(), calls_before) - calls_before;
    bytes_ = found.bytes + std::max(bytes_.load(), bytes_before) - bytes_before;
    if (newest_ == 0) newest_ = found.newest;
    is_counting_ = false;
}

void Housekeeper::count_directory(const fs::path& directory, const std::string& relative,
                                  bool is_new, Totals& found) {
    for (const std::string& name : names_in(directory, is_half_made).names) {
        // Left by a crash: a live writer holds the lock as long as its temporary file exists.
        const auto lock = files_.lock(relative + plain_name(without_temporary(name)));
        (void)disk_.unlink((directory / name).c_str());
    }
    for (const std::string& name : names_in(directory, is_file_name).names) {
        struct stat info {};
        if (::lstat((directory / name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
        std::error_code failed;
        const bool is_both =
            name != plain_name(name) && fs::exists(directory / plain_name(name), failed);
        if (!is_both) ++found.calls;
        found.bytes += static_cast<std::uint64_t>(info.st_size);
        found.newest = std::max<std::int64_t>(found.newest, info.st_mtime);
        if (is_new && !is_both) {
            catalog_.note(relative + plain_name(name), Catalog::hour_of(info.st_mtime));
        }
    }
}

void Housekeeper::remember_recent() {
    std::size_t n = 0;
    const auto hours = catalog_.hours();
    for (auto hour = hours.rbegin(); hour != hours.rend() && n < RecentCalls::most; ++hour) {
        const auto files = catalog_.files(*hour);
        for (auto file = files.rbegin(); file != files.rend() && n < RecentCalls::most; ++file) {
            if (end_.stop_requested()) return;
            std::string text;
            if (files_.read_begin(*file, text)) continue;
            std::string_view rest = text;
            const std::string_view key = key_of(next_line(rest));
            if (key.empty()) continue;
            recent_.began_before(call_id_for(key));
            ++n;
        }
    }
}

Housekeeper::Look Housekeeper::look_at(const std::string& relative) const {
    const fs::path path = files_.root() / relative;
    Look file;
    struct stat info {};
    if (::lstat(compressed_path(path).c_str(), &info) == 0) {
        file = {true, false, info.st_mtime, static_cast<std::uint64_t>(info.st_size)};
    }
    if (::lstat(path.c_str(), &info) == 0) {
        file.exists = file.is_plain = true;
        file.written = std::max<std::int64_t>(file.written, info.st_mtime);
        file.bytes += static_cast<std::uint64_t>(info.st_size);
    }
    return file;
}

void Housekeeper::find_oldest() {
    std::size_t looked = 0;
    for (const auto hour : catalog_.hours()) {
        for (const auto& relative : catalog_.files(hour)) {
            const Look file = look_at(relative);
            if (file.exists) {
                oldest_ = file.written;
                return;
            }
            if (++looked == max_looked_at) return;
        }
    }
    oldest_ = 0;
}

void Housekeeper::remove(const std::string& relative) {
    const auto lock = files_.lock(relative);
    const CallFiles::Removed gone = files_.remove(relative);
    if (!gone.any) return;
    removed(1, static_cast<std::uint64_t>(gone.bytes));
    ++expired_;
}

bool Housekeeper::is_too_much() const noexcept {
    return retention_.max_bytes != 0 && bytes_ > retention_.max_bytes;
}

void Housekeeper::expire() {
    // The list of the limit's hour is read several times, but not every time.
    const auto every = std::min<std::chrono::seconds>(retention_.longest / 16, 10min);
    const bool is_due =
        retention_.longest != 0s && std::chrono::steady_clock::now() - aged_ >= every;
    if (!is_due && !is_too_much()) return;
    aged_ = std::chrono::steady_clock::now();
    const std::int64_t limit =
        retention_.longest == 0s ? 0 : seconds_now() - retention_.longest.count();
    for (const auto hour : catalog_.hours()) {
        // A file was last written in the hour of its list or later, never before.
        if (!is_too_much() && hour > Catalog::hour_of(limit)) break;
        expire_in(hour, limit);
        if (end_.stop_requested()) break;
    }
}

void Housekeeper::expire_in(Catalog::Hour hour, std::int64_t limit) {
    std::vector<std::string> kept;
    for (auto& relative : catalog_.files(hour)) {
        const bool is_old_list = hour <= Catalog::hour_of(limit);
        if (end_.stop_requested() || (!is_too_much() && !is_old_list)) {
            kept.push_back(std::move(relative));
            continue;
        }
        const Look file = look_at(relative);
        const Catalog::Hour written = Catalog::hour_of(file.written);
        if (!file.exists) continue;
        const bool is_pinned = pins_.has(relative);
        if (!is_pinned && (file.written < limit || (is_too_much() && written <= hour))) {
            remove(relative);
        } else if (!is_pinned && written > hour) {
            catalog_.note(relative, written);
        } else {
            kept.push_back(std::move(relative));
        }
    }
    catalog_.write();  // first: after a crash a file may be in two lists, but not in none
    // The call file writer still writes to the list of the current hour.
    if (hour != Catalog::hour_of(seconds_now())) catalog_.replace(hour, kept);
}

void Housekeeper::compress_old() {
    if (retention_.compress_after == 0s) return;
    const std::int64_t limit = seconds_now() - retention_.compress_after.count();
    for (const auto hour : catalog_.hours()) {
        if (hour < compress_hour_) continue;
        if (hour > Catalog::hour_of(limit)) break;
        auto files = catalog_.files(hour);
        const std::size_t seen =
            hour == compress_hour_ ? std::min(compress_seen_, files.size()) : 0;
        to_compress_.insert(
            to_compress_.end(),
            std::make_move_iterator(files.begin() + static_cast<std::ptrdiff_t>(seen)),
            std::make_move_iterator(files.end()));
        compress_hour_ = hour;
        compress_seen_ = files.size();
    }
    std::vector<std::string> later;
    for (auto& relative : to_compress_) {
        if (end_.stop_requested()) return;
        const Look file = look_at(relative);
        if (!file.is_plain) continue;
        if (file.written >= limit) {
            later.push_back(std::move(relative));
            continue;
        }
        const auto lock = files_.lock(relative);
        if (files_.check_way(relative)) continue;
        if (compress(disk_, files_.root() / relative, group_)) continue;
        const Look small = look_at(relative);
        bytes_ -= std::min<std::uint64_t>(bytes_, file.bytes - std::min(file.bytes, small.bytes));
        ++compressed_;
    }
    to_compress_ = std::move(later);
}

}  // namespace ci::store
