#include "store/journal/backlog.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "wire/hash.h"

namespace ci::store {
namespace {

/// The hash of lines that are not messages. No query finds them, as keys are compared, too.
constexpr std::uint64_t control_hash = 0;

bool is_message(const Entry& entry) noexcept {
    return entry.hash != control_hash;
}

}  // namespace

bool Backlog::fits(std::size_t quarters) const {
    return memory() < room_.bytes / 4 * quarters &&
           waiting_.size() + stuck_count_ < room_.waiting / 4 * quarters;
}

bool Backlog::admit(std::uint64_t hash, bool is_chatter) {
    if (fits(2)) return true;
    if (is_chatter) return false;
    if (begun_.has(hash)) {
        if (!fits(3)) use_credit();
        return fits(4);
    }
    if (refused_.has(hash)) return false;
    if (fits(3) || (fits(4) && use_credit())) return true;
    refused_.note(hash);
    return false;
}

bool Backlog::use_credit() {
    if (credit_ == 0) return false;
    --credit_;
    return true;
}

void Backlog::begin_at(Seq seq) {
    const os::MutexLock lock(mutex_);
    next_ = seq;
}

std::size_t Backlog::add(std::span<const Line> lines) {
    std::size_t taken = 0;
    {
        const os::MutexLock lock(mutex_);
        counts_.received += lines.size();
        for (const Line& line : lines) {
            const std::uint64_t hash = wire::hash_of(line.key);
            if (ended_ || !admit(hash, line.is_chatter)) continue;
            begun_.note(hash);
            const std::size_t offset = open_.text.size();
            append_numbered(line.text, next_, open_.text);
            open_.entries.push_back({hash, next_++, static_cast<std::uint32_t>(offset),
                                     static_cast<std::uint32_t>(open_.text.size() - offset)});
            ++taken;
        }
        counts_.lost += lines.size() - taken;
    }
    lines_.notify_one();
    return taken;
}

void Backlog::add_control(std::string_view line) {
    const std::size_t offset = open_.text.size();
    append_numbered(line, next_, open_.text);
    open_.entries.push_back({control_hash, next_++, static_cast<std::uint32_t>(offset),
                             static_cast<std::uint32_t>(open_.text.size() - offset)});
}

Seq Backlog::flush(FlushMark mark) {
    const os::MutexLock lock(mutex_);
    const Seq seq = next_;
    add_control(flush_line(mark));
    marks_.set(std::move(mark), seq);
    lines_.notify_one();
    return seq;
}

bool Backlog::wait_until_journalled(Seq seq, Clock::time_point until) const {
    os::MutexLock lock(mutex_);
    return journal_.wait_until(lock, until, [&]() REQUIRES(mutex_) { return journalled_ >= seq; });
}

bool Backlog::wait_until_journalled(Clock::time_point until) const {
    os::MutexLock lock(mutex_);
    const Seq last = next_ - 1;
    return journal_.wait_until(lock, until, [&]() REQUIRES(mutex_) {
        const bool nothing_waits =
            open_.entries.empty() && writing_.done == writing_.entries.size();
        return journalled_ >= last || nothing_waits;
    });
}

bool Backlog::is_gone(std::string_view key, Seq seq) const {
    const os::MutexLock lock(mutex_);
    return marks_.is_gone(key, seq);
}

Backlog::Next Backlog::next_lines(Clock::time_point until) {
    os::MutexLock lock(mutex_);
    writing_.text.clear();
    writing_.entries.clear();
    writing_.done = 0;
    if (is_empty()) empty_.notify_all();
    lines_.wait_until(lock, until,
                      [this]() REQUIRES(mutex_) { return ended_ || !open_.entries.empty(); });
    if (open_.entries.empty() && ended_) {
        journal_ended_ = true;
        work_.notify_all();
        return {nullptr, false};
    }
    std::swap(open_, writing_);
    return {&writing_, current_ == nullptr};
}

void Backlog::journalled(std::size_t n, const std::shared_ptr<Segment>& segment,
                         std::size_t offset) {
    const os::MutexLock lock(mutex_);
    const auto first = writing_.entries.begin() + static_cast<std::ptrdiff_t>(writing_.done);
    const std::size_t begin = first->offset;
    std::vector<Entry> entries(first, first + static_cast<std::ptrdiff_t>(n));
    for (Entry& entry : entries) {
        entry.offset = static_cast<std::uint32_t>(entry.offset - begin + offset);
        if (is_message(entry)) {
            ++counts_.stored;
            ++segment->messages;
        }
        segment->has_marks = segment->has_marks || !is_message(entry);
    }
    writing_.done += n;
    if (current_ && current_ != segment) current_->closed = true;
    if (current_ != segment) segments_.push_back(segment);
    current_ = segment;
    segment->pending += n;
    waiting_.add(segment, entries);
    journalled_ = entries.back().seq;
    work_.notify_one();
    journal_.notify_all();
}

std::size_t Backlog::give_up() {
    const os::MutexLock lock(mutex_);
    const auto rest = std::span(writing_.entries).subspan(writing_.done);
    const auto n = static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), is_message));
    writing_.done = writing_.entries.size();
    counts_.lost += n;
    return n;
}

void Backlog::close_failed_segment() {
    const os::MutexLock lock(mutex_);
    if (current_) std::exchange(current_, nullptr)->closed = true;
}

bool Backlog::pause(std::chrono::milliseconds time) {
    os::MutexLock lock(mutex_);
    if (lines_.wait_for(lock, time, [this]() REQUIRES(mutex_) { return ended_; })) return false;
    lines_.wait(lock, [this]() REQUIRES(mutex_) { return ended_ || !files_need_room_; });
    return !ended_;
}

void Backlog::files_need_room(bool need) {
    {
        const os::MutexLock lock(mutex_);
        files_need_room_ = need;
    }
    lines_.notify_one();
}

void Backlog::recover(const std::shared_ptr<Segment>& segment, std::span<const Entry> entries) {
    const os::MutexLock lock(mutex_);
    if (segments_.empty() || segments_.back() != segment) segments_.push_back(segment);
    segment->pending += entries.size();
    waiting_.add(segment, entries);
    const auto messages =
        static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), is_message));
    segment->messages += messages;
    segment->has_marks = segment->has_marks || messages < entries.size();
    counts_.recovered += messages;
    counts_.stored += messages;
}

void Backlog::recover(FlushMark mark, Seq seq) {
    const os::MutexLock lock(mutex_);
    marks_.set(std::move(mark), seq);
}

bool Backlog::wait_for_work(Clock::time_point until) {
    os::MutexLock lock(mutex_);
    work_.wait_until(lock, until,
                     [this]() REQUIRES(mutex_) { return journal_ended_ || !waiting_.empty(); });
    return !(journal_ended_ && waiting_.empty());
}

void Backlog::gather(std::chrono::milliseconds time) {
    os::MutexLock lock(mutex_);
    work_.wait_for(lock, time, [this]() REQUIRES(mutex_) { return ended_; });
}

std::vector<std::shared_ptr<const Block>> Backlog::oldest(std::size_t bytes) {
    const os::MutexLock lock(mutex_);
    return waiting_.oldest(bytes);
}

/// Removes and returns the segments that are done. A segment with the mark of a flush is kept while
/// an older one exists: the older one may hold lines that the mark says are gone, and a restart
/// would restore them.
Backlog::Segments Backlog::extract_unneeded() {
    Segments unneeded;
    bool is_oldest = true;
    std::erase_if(segments_, [&](const auto& segment) {
        const bool is_done =
            segment->pending == 0 && segment->closed && (is_oldest || !segment->has_marks);
        is_oldest = is_oldest && is_done;
        if (is_done) unneeded.push_back(segment);
        return is_done;
    });
    return unneeded;
}

Backlog::Segments Backlog::done(Done done) {
    const os::MutexLock lock(mutex_);
    for (auto& ref : done.stuck) {
        ++ref.segment->pending;
        ++ref.segment->stuck;
        ++stuck_count_;
        stuck_[ref.entry.hash].refs.push_back(std::move(ref));
    }
    for (const auto& block : done.blocks) block->segment()->pending -= block->entries().size();
    waiting_.drop(done.blocks.size());
    count(done.counts);
    if (stuck_.empty() && !done.blocks.empty()) {
        marks_.forget(done.blocks.back()->entries().back().seq);
    }
    if (is_empty()) empty_.notify_all();
    return extract_unneeded();
}

std::vector<std::uint64_t> Backlog::stuck() const {
    std::vector<std::uint64_t> hashes;
    for (const auto& [hash, stuck] : stuck_) hashes.push_back(hash);
    return hashes;
}

std::vector<Waiting::Ref> Backlog::stuck(std::uint64_t hash, std::size_t bytes) const {
    std::vector<Waiting::Ref> some;
    const auto found = stuck_.find(hash);
    if (found == stuck_.end()) return some;
    for (const auto& ref : std::span(found->second.refs).subspan(found->second.done)) {
        if (!some.empty() && ref.entry.length > bytes) break;
        bytes -= std::min<std::size_t>(bytes, ref.entry.length);
        some.push_back(ref);
    }
    return some;
}

bool Backlog::is_stuck(std::uint64_t hash) const {
    return stuck_.count(hash) != 0;
}

Backlog::Segments Backlog::unstick(std::span<const Waiting::Ref> refs, const Fates& counts) {
    std::unordered_map<Segment*, std::size_t> released;
    std::vector<std::vector<Waiting::Ref>> garbage;  // destroyed after the lock is released
    for (const auto& ref : refs) ++released[ref.segment.get()];
    const os::MutexLock lock(mutex_);
    for (const auto& [segment, n] : released) {
        segment->pending -= n;
        segment->stuck -= n;
    }
    stuck_count_ -= refs.size();
    while (!refs.empty()) {
        const auto found = stuck_.find(refs.front().entry.hash);
        auto& [all, done] = found->second;
        // Usually these are the first stuck lines of the call. If several calls share the hash, the
        // lines are searched for.
        std::size_t n = 0;
        while (n < refs.size() && refs[n].entry.hash == found->first) ++n;
        const auto same = refs.first(n);
        refs = refs.subspan(n);
        std::size_t first = 0;
        while (first < n && all[done + first].entry.seq == same[first].entry.seq) ++first;
        done += first;
        if (first < n) {
            std::unordered_map<Seq, std::size_t> gone;
            for (const auto& ref : same.subspan(first)) ++gone[ref.entry.seq];
            all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(done));
            done = 0;
            std::erase_if(all, [&](const auto& one) {
                const auto times = gone.find(one.entry.seq);
                return times != gone.end() && times->second > 0 && times->second-- > 0;
            });
        }
        if (done < all.size()) continue;
        garbage.push_back(std::move(all));
        stuck_.erase(found);
    }
    count(counts);
    if (is_empty()) empty_.notify_all();
    return extract_unneeded();
}

std::vector<Backlog::Loose> Backlog::loose() const {
    constexpr std::size_t many = 16, max_lines = 65'536;
    std::vector<Loose> groups;
    std::unordered_map<const Segment*, std::size_t> group_of;
    bool any_loose = false, any_many = false;
    {
        const os::MutexLock lock(mutex_);
        std::size_t lines = 0;
        for (const auto& segment : segments_) {
            if (!segment->closed || segment->pending != segment->stuck) break;
            lines += segment->stuck;
            if (groups.empty() || lines > max_lines) {
                groups.emplace_back();
                lines = segment->stuck;
            }
            any_loose = any_loose || segment->messages != segment->stuck;
            groups.back().segments.push_back(segment);
            group_of.emplace(segment.get(), groups.size() - 1);
            any_many = any_many || groups.back().segments.size() >= many;
        }
    }
    if (!any_loose && !any_many) return {};
    for (const auto& [hash, stuck] : stuck_) {
        for (const auto& ref : std::span(stuck.refs).subspan(stuck.done)) {
            const auto found = group_of.find(ref.segment.get());
            if (found != group_of.end()) groups[found->second].stuck.push_back(ref);
        }
    }
    for (Loose& group : groups) {
        std::sort(group.stuck.begin(), group.stuck.end(),
                  [](const auto& a, const auto& b) { return a.entry.seq < b.entry.seq; });
    }
    return groups;
}

void Backlog::tighten(const Segments& old, const std::shared_ptr<Segment>& tight,
                      std::span<const Waiting::Ref> refs) {
    std::unordered_map<Seq, std::uint32_t> offsets;
    std::unordered_set<std::uint64_t> hashes;
    for (const auto& ref : refs) {
        offsets.emplace(ref.entry.seq, ref.entry.offset);
        hashes.insert(ref.entry.hash);
    }
    const std::unordered_set<std::shared_ptr<Segment>> gone(old.begin(), old.end());
    const os::MutexLock lock(mutex_);
    for (const auto hash : hashes) {
        for (auto& ref : stuck_.at(hash).refs) {
            const auto found = offsets.find(ref.entry.seq);
            if (found == offsets.end() || !gone.contains(ref.segment)) continue;
            ref.segment = tight;
            ref.entry.offset = found->second;
        }
    }
    tight->messages = tight->pending = tight->stuck = refs.size();
    tight->closed = true;
    *std::find(segments_.begin(), segments_.end(), old.front()) = tight;
    std::erase_if(segments_, [&](const auto& one) { return gone.contains(one); });
}

Backlog::Segments Backlog::close_idle_segment() {
    const os::MutexLock lock(mutex_);
    if (is_idle() && current_) std::exchange(current_, nullptr)->closed = true;
    return extract_unneeded();
}

bool Backlog::is_idle() const noexcept {
    return open_.entries.empty() && writing_.done == writing_.entries.size() && waiting_.empty();
}

bool Backlog::is_empty() const noexcept {
    return is_idle() && stuck_.empty();
}

Backlog::Found Backlog::find(std::string_view key) const {
    const std::uint64_t hash = wire::hash_of(key);
    Found found;
    const os::MutexLock lock(mutex_);
    const auto stuck = stuck_.find(hash);
    if (stuck != stuck_.end()) {
        const auto rest = std::span(stuck->second.refs).subspan(stuck->second.done);
        found.refs.assign(rest.begin(), rest.end());
    }
    waiting_.find(hash, found.refs);
    const auto copy = [&](const Buffer& buffer) REQUIRES(mutex_) {
        for (std::size_t i = buffer.done; i < buffer.entries.size(); ++i) {
            const Entry& entry = buffer.entries[i];
            if (entry.hash != hash || marks_.is_gone(key, entry.seq)) continue;
            const auto line = std::string_view(buffer.text).substr(entry.offset, entry.length);
            if (key_of(line) == key) found.lines += line;
        }
    };
    copy(writing_);
    copy(open_);
    std::erase_if(found.refs, [&](const auto& ref)
                                  REQUIRES(mutex_) { return marks_.is_gone(key, ref.entry.seq); });
    return found;
}

Backlog::Counts Backlog::counts() const {
    const os::MutexLock lock(mutex_);
    Counts counts = counts_;
    counts.memory = memory();
    counts.oldest = waiting_.since();
    return counts;
}

bool Backlog::wait_until_empty(Clock::time_point until) const {
    os::MutexLock lock(mutex_);
    return empty_.wait_until(lock, until, [this]() REQUIRES(mutex_) { return is_empty(); });
}

void Backlog::count(const Fates& counts) noexcept {
    counts_.shelved += counts.shelved;
    counts_.flushed += counts.flushed;
    counts_.unreadable += counts.unreadable;
    credit_ = std::min(credit_ + counts.shelved, room_.waiting / 16);
}

bool Backlog::has_ended() const {
    const os::MutexLock lock(mutex_);
    return ended_;
}

void Backlog::end() {
    {
        const os::MutexLock lock(mutex_);
        ended_ = true;
    }
    lines_.notify_all();
    work_.notify_all();
}

}  // namespace ci::store
