#include "store/call_file_writer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <optional>
#include <span>
#include <unordered_set>

#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/path.h"

namespace ci::store {
namespace {

using namespace std::chrono_literals;
using Clock = Backlog::Clock;

constexpr auto shortest_patience = 200ms, longest_patience = 5'000ms;
constexpr auto segment_age = 1'000ms;  ///< when little arrives, a segment is not kept longer
/// Under load the intake has precedence: lines that the call file writer leaves wait on the disk,
/// but lines that the intake leaves are lost.
constexpr int writing_niceness = 5;

/// Bytes of a file that is not a call's: bad SIP, or events without a call. A larger file is
/// removed, because senders can fill it without end.
constexpr std::size_t max_noise = 16U << 20U;
bool is_noise(std::string_view key) {
    return key.starts_with('@');
}

/// How much is moved at a time while there is no room: a small part may fit where all does not.
constexpr std::size_t short_of_room_batch = 1U << 20U;

/// The time to finish at the end. The next start finds the remaining lines in the journal.
constexpr auto last_words = 2'000ms;

std::string_view line_of(std::string_view text, std::size_t offset, std::size_t length) {
    return offset < text.size() ? text.substr(offset, length) : std::string_view{};
}

}  // namespace

CallFileWriter::CallFileWriter(Backlog& backlog, CallFiles& files, Disk& disk, const Policy& policy,
                               Seq recovered, Flushing& flushing, Notice notice)
    : backlog_(backlog),
      files_(files),
      disk_(disk),
      policy_(policy),
      recovered_(recovered),
      flushing_(flushing),
      notice_(std::move(notice)) {
    thread_ = std::jthread([this] { run(); });
}

std::string CallFileWriter::trouble() const {
    const os::MutexLock lock(mutex_);
    return trouble_;
}

void CallFileWriter::run() {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), writing_niceness);
    std::optional<Clock::time_point> end;
    while (backlog_.wait_for_work(patience_ == 0ms ? Clock::now() + segment_age : retry_at_)) {
        backlog_.gather(policy_.delay);
        if (!end && backlog_.has_ended()) end = Clock::now() + last_words;
        if (end && (blocked_ || Clock::now() > *end)) break;
        if (patience_ != 0ms && Clock::now() >= retry_at_) retry_stuck();
        // While no file can be written, the lines stay in the journal.
        if (!blocked_) shelve_oldest();
        if (Clock::now() - retired_ >= segment_age) retire_segments();
    }
    retry_stuck();
    retire_segments();
}

void CallFileWriter::retire_segments() {
    remove(backlog_.close_idle_segment());
    retired_ = Clock::now();
    if (!blocked_ && retired_ >= tighten_at_) tighten_segments();
}

/// A stuck line must not keep the other lines of its segment. They are in calls' files already, and
/// the next start would write them again even if such a file was removed meanwhile.
void CallFileWriter::tighten_segments() {
    for (const auto& group : backlog_.loose()) {
        if (tighten(group)) continue;
        tighten_at_ = Clock::now() + longest_patience;
        return;  // marks in a later group may concern lines in this one
    }
}

bool CallFileWriter::tighten(const Backlog::Loose& group) {
    std::string text, line;
    std::vector<Waiting::Ref> kept;
    for (const auto& ref : group.stuck) {
        if (read_at(ref.segment->file, ref.entry.offset, ref.entry.length, line) != 0) return false;
        if (backlog_.is_gone(key_of(line), ref.entry.seq)) continue;
        kept.push_back(ref);
        kept.back().entry.offset = static_cast<std::uint32_t>(text.size());
        text += line;
    }
    const auto is_tight = [](const auto& one) { return one->messages == one->stuck; };
    const auto& old = group.segments;
    if (old.size() == 1 && is_tight(old.front()) && kept.size() == group.stuck.size()) return true;
    if (!sync_calls_files()) return false;
    const auto tight = std::make_shared<Segment>();
    tight->path = old.front()->path;
    if (replace_whole(disk_, tight->path, text, files_.group())) return false;
    tight->size = text.size();
    tight->file = File(disk_.open(tight->path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0));
    // On failure the old segments stay in use. A line that is twice in the journal is shelved once.
    if (!tight->file.is_open()) return false;
    backlog_.tighten(old, tight, kept);
    remove({old.begin() + 1, old.end()});
    return true;
}

void CallFileWriter::shelve_oldest() {
    Backlog::Done done;
    done.blocks = backlog_.oldest(policy_.batch);
    if (done.blocks.empty()) return;
    std::deque<std::string> texts;
    std::vector<Item> items;
    for (const auto& block : done.blocks) {
        std::string& text = texts.emplace_back();
        const std::size_t begin = block->entries().front().offset;
        // After a read error the text is too short, and the lines that it lacks are treated as
        // broken.
        (void)read_at(block->segment()->file, static_cast<off_t>(begin), block->length(), text);
        for (const Entry& entry : block->entries()) {
            items.push_back(
                {line_of(text, entry.offset - begin, entry.length), {block->segment(), entry}});
        }
    }
    Outcome outcome = shelve(items);
    done.stuck = std::move(outcome.stuck);
    done.counts = outcome.counts;
    policy_.before_journal_forgets();
    remove(backlog_.done(std::move(done)));
}

void CallFileWriter::retry_stuck() {
    blocked_ = false;
    is_retry_ = true;
    bool is_well = true;
    for (auto calls = backlog_.stuck(); !calls.empty() && !blocked_;) {
        is_well = retry_some(calls) && is_well;
    }
    is_retry_ = false;
    if (!is_well || blocked_) return;
    patience_ = 0ms;
    set_short_of_room(false);
    if (trouble().empty()) return;
    notice_(false, "calls' files can be written again, and nothing was lost");
    const os::MutexLock lock(mutex_);
    trouble_.clear();
}

/// Tries the last of `calls`, as many as fit into a batch, or a part of one that is larger. False:
/// some still cannot be written.
bool CallFileWriter::retry_some(std::vector<std::uint64_t>& calls) {
    std::deque<std::string> texts;
    std::vector<Item> items;
    std::unordered_set<std::uint64_t> tried;
    const std::size_t batch =
        is_short_of_room_ ? std::min(policy_.batch, short_of_room_batch) : policy_.batch;
    for (std::size_t room = batch; room > 0 && !calls.empty(); calls.pop_back()) {
        for (auto& ref : backlog_.stuck(calls.back(), room)) {
            std::string& text = texts.emplace_back();
            (void)read_at(ref.segment->file, ref.entry.offset, ref.entry.length, text);
            room -= std::min<std::size_t>(room, ref.entry.length);
            items.push_back({text, std::move(ref)});
        }
        tried.insert(calls.back());
    }
    const Outcome outcome = shelve(items);
    policy_.before_journal_forgets();
    remove(backlog_.unstick(outcome.done, outcome.counts));
    for (const auto& ref : outcome.stuck) tried.erase(ref.entry.hash);
    for (const auto hash : tried) {
        if (backlog_.is_stuck(hash)) calls.push_back(hash);
    }
    return outcome.stuck.empty();
}

/// Writes call by call, with each call's lines in the order of arrival. The calls are ordered by
/// directory, because file systems are fastest with that order.
CallFileWriter::Outcome CallFileWriter::shelve(std::vector<Item>& items) {
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        return a.ref.entry.hash < b.ref.entry.hash;
    });
    std::vector<Call> calls;
    for (auto first = items.begin(); first != items.end();) {
        const auto hash = first->ref.entry.hash;
        const auto last = std::find_if(
            first, items.end(), [hash](const Item& item) { return item.ref.entry.hash != hash; });
        const std::span<Item> same(first, last);
        first = last;
        // Two calls with one hash are rare, but an attacker may produce them.
        std::stable_sort(same.begin(), same.end(), [](const Item& a, const Item& b) {
            return key_of(a.line) < key_of(b.line);
        });
        for (std::size_t begin = 0; begin < same.size();) {
            const std::string_view key = key_of(same[begin].line);
            std::size_t end = begin + 1;
            while (end < same.size() && key_of(same[end].line) == key) ++end;
            calls.push_back({key.empty() ? "" : relative_path(call_id_for(key)), key,
                             same.subspan(begin, end - begin)});
            begin = end;
        }
    }
    std::sort(calls.begin(), calls.end(),
              [](const Call& a, const Call& b) { return a.relative < b.relative; });
    Outcome outcome;
    for (const Call& call : calls) shelve_call(call, outcome);
    return outcome;
}

void CallFileWriter::shelve_call(const Call& call, Outcome& outcome) {
    const std::string& relative = call.relative;
    const std::string_view key = call.key;
    const std::span<const Item> items = call.items;
    const auto is_done = [&] {
        for (const Item& item : items) outcome.done.push_back(item.ref);
    };
    if (key.empty()) {  // marks of a flush, or lines that the disk lost
        for (const Item& item : items) {
            if (!flush_of(item.line)) ++outcome.counts.unreadable;
        }
        return is_done();
    }
    const auto stays = [&] {
        for (const Item& item : items) outcome.stuck.push_back(item.ref);
    };
    if (blocked_) return stays();
    // A call's lines stay in order: while one is stuck, later ones wait.
    if (!is_retry_ && backlog_.is_stuck(items.front().ref.entry.hash)) return stays();

    const auto lock = files_.lock(relative);
    // Numbers of lines that the file may have already.
    const Seq first = items.front().ref.entry.seq;
    std::unordered_set<Seq> there;
    if (first <= recovered_) {
        if (const Error error = files_.numbers_from(relative, first, there)) {
            note(error);
            return stays();
        }
    }
    std::string text;
    Backlog::Fates counts;
    for (const Item& item : items) {
        const Seq seq = item.ref.entry.seq;
        if (backlog_.is_gone(key, seq)) {
            ++counts.flushed;
            continue;
        }
        ++counts.shelved;
        if (seq > recovered_ || there.insert(seq).second) text += item.line;
    }
    if (!text.empty()) {
        flushing_.before_append(relative);
        if (is_noise(key) && files_.size(relative) > max_noise) (void)files_.remove(relative);
        const auto appended = files_.append(relative, text);
        if (!appended) {
            note(appended.error());
            return stays();
        }
        if (appended->repaired) ++torn_;
        policy_.shelved({relative, key, text, appended->created, appended->goes_on,
                         static_cast<std::uint64_t>(appended->size)});
    }
    if (first <= recovered_) policy_.found(relative);
    outcome.counts.shelved += counts.shelved;
    outcome.counts.flushed += counts.flushed;
    is_done();
}

void CallFileWriter::note(const Error& error) {
    blocked_ = blocked_ || concerns_all(error);
    set_short_of_room(error.code == ENOSPC || error.code == EDQUOT);
    patience_ = std::clamp<std::chrono::milliseconds>(is_retry_ ? patience_ * 2 : patience_,
                                                      shortest_patience, longest_patience);
    retry_at_ = Clock::now() + patience_;
    std::string why = "cannot move messages from the journal to their call: " + error.text();
    if (trouble().empty()) notice_(true, why);
    const os::MutexLock lock(mutex_);
    trouble_ = std::move(why);
}

void CallFileWriter::set_short_of_room(bool is_short) {
    is_short_of_room_ = is_short;
    backlog_.files_need_room(is_short);
}

/// Syncs calls' files if the settings ask for it. False: the sync failed.
bool CallFileWriter::sync_calls_files() {
    if (!policy_.sync) return true;
    const File root = open_root(files_.root());
    const bool is_gone = !root.is_open() && errno == ENOENT;
    const bool is_safe = is_gone || (root.is_open() && disk_.sync_filesystem(root.get()) == 0);
    if (!is_safe && !is_unsafe_) {
        notice_(true, "the journal is kept, because calls' files cannot be synced: " +
                          Error{errno, files_.root()}.text());
    }
    is_unsafe_ = !is_safe;
    return is_safe;
}

void CallFileWriter::remove(const Backlog::Segments& segments) {
    // A segment that cannot be removed is read again by the next start, which adds no line twice.
    if (segments.empty() || !sync_calls_files()) return;
    bool is_first = true;
    for (const auto& segment : segments) {
        // A segment may hold the mark of a flush for lines in older segments. The removal of those
        // must be on the medium before the mark is removed.
        if (policy_.sync && segment->has_marks && !is_first) {
            const auto directory = std::filesystem::path(segment->path).parent_path();
            (void)disk_.sync_directory(directory.c_str());
        }
        (void)disk_.unlink(segment->path.c_str());
        is_first = false;
    }
}

}  // namespace ci::store
