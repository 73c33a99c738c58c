#include "index/follower.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <unordered_map>

#include "store/disk/directory_walk.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "wire/hash.h"
#include "wire/patience.h"

namespace ci::index {
namespace {

using store::Seq;

/// Of a directory's name, two hex digits.
std::uint8_t octet_of(const std::string& name) {
    return static_cast<std::uint8_t>(std::stoul(name, nullptr, 16));
}

/// The number of the last line that has one; 0: there is none.
Seq last_number(std::string_view lines) {
    while (!lines.empty()) {
        const auto end = lines.find_last_not_of('\n');
        if (end == std::string_view::npos) return 0;
        lines = lines.substr(0, end + 1);
        const auto begin = lines.rfind('\n');
        const auto line = begin == std::string_view::npos ? lines : lines.substr(begin + 1);
        if (const auto seq = store::seq_of(line)) return *seq;
        lines = begin == std::string_view::npos ? std::string_view{} : lines.substr(0, begin);
    }
    return 0;
}

/// Lines of a file that was written before that are not on their way here any more.
constexpr std::time_t on_their_way = 10;  // seconds
constexpr std::size_t most_untold = 4'096;

std::string bytes_of(const std::optional<Dialogue>& dialogue) {
    return dialogue ? dialogue->row.to_bytes() : std::string();
}

}  // namespace

void Follower::take(const std::vector<Shelved>& lines) {
    // A row is written once, however many batches of its lines there are.
    std::unordered_map<std::string_view, std::size_t, wire::TextHash> places;
    std::vector<Batches> files;
    for (const Shelved& one : lines) {
        const auto [place, is_first] = places.try_emplace(one.file, files.size());
        if (is_first) files.emplace_back();
        files[place->second].push_back(&one);
    }
    for (const Batches& batches : files) {
        if (!take(batches)) reread(batches.front()->file);
    }
}

void Follower::take(const std::vector<Analysed>& analysed) {
    for (const Analysed& one : analysed) {
        const auto before = table_.find(one.file);
        if (!before || !before->due || before->last_seq != one.last_seq) continue;  // it has grown
        Dialogue now = *before;
        if (one.codes) {
            now.row.set_findings(*one.codes);
            now.due.reset();
        } else {
            now.due = one.again;
        }
        table_.write_analysis(now, *before);
        if (one.codes && *before->due > due_without_news) tell(now, bytes_of(before));
    }
}

/// False: the row lacks lines that came before, or has others.
bool Follower::take(const Batches& of_one_file) {
    const FileKey& file = of_one_file.front()->file;
    const auto before = table_.find(file);
    auto now = before;
    bool has_news = false;
    for (const Shelved* one : of_one_file) {
        if (now && last_number(one->lines) <= now->last_seq) continue;  // it was read since
        if (one->begins && !one->goes_on) {
            now.emplace(store::call_id_for(one->key));  // rotated, or removed, meanwhile
        } else if (!now || (!one->begins && now->size + one->lines.size() != one->size)) {
            return false;
        }
        take_lines(one->lines, *now);
        now->size = one->size;
        has_news = true;
    }
    if (!has_news) {
        tell_if_untold(file, *now);
        return true;
    }
    now->due = due_from(now->row);
    write(file, *now, before);
    return true;
}

void Follower::take_lines(std::string_view lines, Dialogue& dialogue) const {
    while (!lines.empty()) {
        wire::may_go_on();
        std::string_view line = store::next_line(lines);
        if (!line.ends_with('\n')) return;  // it is being written
        line.remove_suffix(1);
        const auto seq = store::seq_of(line);
        if (seq && *seq <= dialogue.last_seq) continue;
        const auto chunk = chunk::read_line(line);
        if (!chunk) continue;
        dialogue.row.take(*chunk);
        dialogue.keys.take(*chunk, seq.value_or(0), rules_);
        if (seq) dialogue.last_seq = *seq;
    }
}

void Follower::write(const FileKey& file, const Dialogue& dialogue,
                     const std::optional<Dialogue>& before) {
    table_.write(file, dialogue, before);
    if (!before) ++added_;
    const bool has_changed = !before || before->row != dialogue.row;
    if (is_comparing_ && has_changed && was_just_written(file)) {
        note_untold(file, bytes_of(before));
    }
    if (is_comparing_ || tell_if_untold(file, dialogue) || !has_changed) return;
    tell(dialogue, bytes_of(before));
}

void Follower::tell(const Dialogue& now, std::string before) {
    changes_.push_back({now.row.call_id(), std::move(before), now.row.to_bytes()});
}

bool Follower::tell_if_untold(const FileKey& file, const Dialogue& now) {
    const auto untold = untold_.find(file);
    if (untold == untold_.end()) return false;
    tell(now, std::move(untold->second));
    untold_.erase(untold);
    return true;
}

bool Follower::was_just_written(const FileKey& file) const {
    const auto path = files_.root() / relative_of(file);
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && ::time(nullptr) - info.st_mtime < on_their_way;
}

void Follower::note_untold(const FileKey& file, std::string before) {
    if (untold_.size() >= most_untold) untold_.clear();  // more than can be on their way
    untold_.emplace(file, std::move(before));
}

void Follower::remove(const FileKey& file) {
    if (table_.remove(file)) --added_;
}

void Follower::reread(const FileKey& file) {
    const std::string relative = relative_of(file);
    // Before the file is read: lines that arrive in between make the row newer than its size.
    const std::size_t size = files_.size(relative);
    std::string text;
    const store::Error error = files_.read(relative, text);
    if (error && text.empty()) return;  // the row may still be right
    if (text.empty() && !store::open_root(files_.root()).is_open()) return;  // a mount is gone
    std::string_view rest = text;
    std::string call_id;
    while (!rest.empty() && call_id.empty()) {
        call_id = store::call_id_for(store::key_of(store::next_line(rest)));
    }
    if (call_id.empty() || call_id.starts_with('@')) return remove(file);
    Dialogue now(call_id);
    take_lines(text, now);
    now.size = size;
    const bool is_old = is_comparing_ && !was_just_written(file);
    now.due = is_old ? due_without_news : due_from(now.row);
    write(file, now, table_.find(file));
}

std::vector<std::uint8_t> Follower::directories(std::uint8_t first) {
    std::vector<std::uint8_t> all = table_.directories(first);
    const std::string name = relative_of(std::string(1, static_cast<char>(first)));
    const auto names = store::names_in(files_.root() / name, store::is_directory_name);
    for (const std::string& second : names.names) all.push_back(octet_of(second));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void Follower::compare(std::uint8_t first, std::uint8_t second) {
    FileKey from(16, '\0'), to(16, '\xff');
    from[0] = to[0] = static_cast<char>(first);
    from[1] = to[1] = static_cast<char>(second);
    std::map<FileKey, std::uint64_t> known;
    for (auto& one : table_.known(from, to)) known.emplace(std::move(one.file), one.size);
    const std::string relative = relative_of(from).substr(0, 5);
    const auto directory = files_.root() / relative;
    // What cannot be listed may still be there: its rows stay.
    const store::Names names = store::names_in(directory, store::is_file_name);
    if (names.error || !store::open_root(files_.root()).is_open()) return;
    std::map<FileKey, bool> there;  ///< true: there is a plain file
    for (const std::string& name : names.names) {
        const FileKey file = file_key(relative + "/" + store::plain_name(name).substr(0, 28));
        const bool is_plain = store::plain_name(name) == name;
        there[file] = there[file] || is_plain;
    }
    is_comparing_ = true;
    for (const auto& [file, is_plain] : there) {
        const auto found = known.find(file);
        const bool fits =
            found != known.end() && (!is_plain || files_.size(relative_of(file)) == found->second);
        if (!fits) reread(file);
    }
    for (const auto& [file, size] : known) {
        if (there.count(file) == 0) reread(file);
    }
    is_comparing_ = false;
}

}  // namespace ci::index
