#include "store/journal/journal_writer.h"

#include <algorithm>

namespace ci::store {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t write_size = 1U << 20U;  ///< a nearly full disk takes part of a batch
constexpr auto retry_after = 100ms;
constexpr auto tell_every = 10s;
constexpr int last_tries = 20;  ///< at the program's end

/// How many of the next lines go into one write.
std::size_t next_piece(const Buffer& lines) {
    const std::size_t begin = lines.entries[lines.done].offset;
    std::size_t n = 0;
    for (std::size_t i = lines.done; i < lines.entries.size(); ++i, ++n) {
        const Entry& entry = lines.entries[i];
        if (n > 0 && entry.offset + entry.length - begin > write_size) break;
    }
    return n;
}

}  // namespace

JournalWriter::JournalWriter(Backlog& backlog, Journal& journal, const Policy& policy,
                             Notice notice)
    : backlog_(backlog), journal_(journal), policy_(policy), notice_(std::move(notice)) {
    thread_ = std::jthread([this] { run(); });
}

std::string JournalWriter::trouble() const {
    const os::MutexLock lock(mutex_);
    return trouble_;
}

void JournalWriter::run() {
    while (true) {
        const auto until = unsynced_ && policy_.sync == Sync::interval ? synced_ + policy_.interval
                                                                       : Backlog::Clock::now() + 1h;
        const auto next = backlog_.next_lines(until);
        if (next.lines == nullptr) break;
        if (next.close) journal_.close();
        write(*next.lines);
        sync_if_due();
    }
    if (policy_.sync != Sync::never) sync();
}

void JournalWriter::write(const Buffer& lines) {
    int tries = 0;
    while (lines.done < lines.entries.size()) {
        if (write_piece(lines, next_piece(lines))) continue;
        if (backlog_.pause(retry_after)) continue;
        if (++tries < last_tries) {
            std::this_thread::sleep_for(retry_after);
            continue;
        }
        const std::size_t lost = backlog_.give_up();
        notice_(true, "lost at the end: " + std::to_string(lost) + " messages");
    }
}

bool JournalWriter::write_piece(const Buffer& lines, std::size_t n) {
    const Entry& first = lines.entries[lines.done];
    const Entry& last = lines.entries[lines.done + n - 1];
    const auto text =
        std::string_view(lines.text).substr(first.offset, last.offset + last.length - first.offset);
    const auto place = journal_.append(text, first.seq, last.seq);
    if (!place) {
        backlog_.close_failed_segment();
        note(place.error().text());
        return false;
    }
    unsynced_ = true;
    // Written lines cannot be undone, so they count as stored even if the sync fails. The notice
    // then says that a machine's crash may lose them.
    if (policy_.sync == Sync::always) sync();
    backlog_.journalled(n, place->segment, place->offset);
    if (is_synced_) note({});
    return true;
}

void JournalWriter::sync_if_due() {
    const auto now = Backlog::Clock::now();
    if (policy_.sync != Sync::interval || !unsynced_ || now - synced_ < policy_.interval) return;
    sync();
    synced_ = now;
    unsynced_ = false;
}

void JournalWriter::sync() {
    const Error error = journal_.sync();
    is_synced_ = !error;
    if (error) note("cannot sync the journal: " + error.why());
}

/// Logs one line when writing begins to fail and one when writing works again: a full disk must not
/// fill the log.
void JournalWriter::note(const std::string& why) {
    const bool was_well = trouble().empty();
    if (was_well && !why.empty()) notice_(true, "cannot store: " + why);
    if (was_well != why.empty()) {
        const os::MutexLock lock(mutex_);
        trouble_ = why;
    }
    if (!why.empty()) return;
    const auto now = Backlog::Clock::now();
    const std::uint64_t lost = backlog_.counts().lost;
    const std::string more = std::to_string(lost - lost_told_);
    if (!was_well) {
        notice_(false, "storing again; lost meanwhile: " + more);
    } else if (lost != lost_told_ && now - told_ >= tell_every) {
        notice_(true, "messages arrive faster than they can be stored; lost: " + more);
    } else {
        return;
    }
    lost_told_ = lost;
    told_ = now;
}

}  // namespace ci::store
