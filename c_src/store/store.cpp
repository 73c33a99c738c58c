#include "store/store.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "store/disk/file_io.h"
#include "store/disk/path.h"
#include "store/flushing.h"
#include "store/journal/recovery.h"

namespace ci::store {
namespace {

using namespace std::chrono_literals;

Seq micros_now() {
    return static_cast<Seq>(std::chrono::duration_cast<std::chrono::microseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count());
}

void lock_directory(Journal& journal, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
        const auto locked = journal.lock();
        // Other errors are reported when writing.
        if (locked || locked.error().code != in_use) return;
        if (std::chrono::steady_clock::now() > until) {
            throw std::runtime_error(locked.error().text());
        }
        std::this_thread::sleep_for(50ms);
    }
}

std::size_t count_lines(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) next_line(text);
    return count;
}

}  // namespace

Store::Store(const std::filesystem::path& root, Options options, Disk& disk)
    : disk_(disk),
      group_(options.group),
      is_durable_(options.sync.sync != Sync::never),
      notice_(options.notice),
      files_(disk, root, options.group),
      journal_(disk, root, options.group, {options.segment, is_durable_}),
      pins_(disk, root, options.group),
      catalog_(disk, root, options.group),
      flushing_(disk, files_, pins_),
      backlog_(options.room) {
    files_.tell(options.changed);
    lock_directory(journal_, options.wait_for_predecessor);
    const Recovered left = recover(journal_, backlog_, disk);
    for (const Error& problem : left.problems) options.notice(true, problem.text());
    if (left.messages > 0) {
        options.notice(false, "found in the journal: " + std::to_string(left.messages) +
                                  " messages of the last run");
    }
    if (const Error problem = pins_.problem()) options.notice(true, problem.text());
    torn_at_start_ = left.torn;
    // Numbers never go back, even if the clock does.
    backlog_.begin_at(
        std::min(std::max({left.last + 1, left.next, micros_now(), least_seq}), max_seq));
    housekeeper_.emplace(files_, catalog_, pins_, recent_, disk, options.group, options.retention);
    options.call_file_writer.shelved = [this, shelved = options.shelved](const auto& lines) {
        housekeeper_->shelved(lines);
        shelved(lines);
    };
    options.call_file_writer.found = options.changed;
    options.call_file_writer.before_journal_forgets = [this] { catalog_.write(); };
    options.call_file_writer.sync = is_durable_;
    // The journal's thread starts last: only lines that were recovered may be in a file already.
    call_file_writer_.emplace(backlog_, files_, disk, options.call_file_writer, left.last,
                              flushing_, options.notice);
    writer_.emplace(backlog_, journal_, options.sync, options.notice);
}

Store::~Store() {
    backlog_.end();
}

Appended Store::append(std::span<const Line> lines) {
    const std::size_t taken = backlog_.add(lines);
    return {taken, lines.size() - taken};
}

StoredCall Store::read(std::string_view call_id) const {
    StoredCall call;
    const std::string key = key_for(call_id);
    // In this order a line that moves meanwhile is found in both places, not in neither.
    const Backlog::Found waiting = backlog_.find(key);
    std::string journal, line;
    for (const auto& ref : waiting.refs) {
        if (read_at(ref.segment->file, ref.entry.offset, ref.entry.length, line) == 0 &&
            key_of(line) == key) {
            journal += line;
        }
    }
    journal += waiting.lines;
    std::string text;
    const std::string relative = relative_path(call_id);
    if (Error error = files_.read(relative, text)) {
        if (text.empty() && journal.empty()) {
            call.error = std::move(error);
            return call;
        }
        note_unreadable(error);  // the other lines are still shown
    }
    if (!journal.empty()) {
        journal = without_doubles(journal, text);
        // The file's last line may be torn or half written.
        if (!text.empty() && !text.ends_with('\n') && !journal.empty()) text += '\n';
        text += journal;
    }
    call.chunks.reserve(count_lines(text));
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view one = next_line(rest);
        const bool being_written = !one.ends_with('\n');
        if (!being_written) one.remove_suffix(1);
        if (one.empty()) continue;
        if (auto chunk = chunk::read_line(one)) {
            call.chunks.push_back(*std::move(chunk));
        } else if (!being_written) {
            ++call.skipped;
        }
    }
    return call;
}

/// Reports an error once, not at every query.
void Store::note_unreadable(const Error& error) const {
    std::string text = "cannot be read, and is left out: " + error.text();
    const os::MutexLock lock(told_mutex_);
    if (text == told_) return;
    notice_(true, text);
    told_ = std::move(text);
}

bool Store::is_pinned(std::string_view call_id) const {
    return !pins_.problem() && pins_.has(relative_path(call_id));
}

}  // namespace ci::store
