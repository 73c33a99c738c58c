#include "inspector/traps.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "calls/joining.h"
#include "chunk/chunk.h"
#include "store/disk/file_io.h"
#include "wire/visible.h"

namespace ci::inspector {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 250ms;
constexpr std::size_t most_looked_at = 4'096;     ///< changes at a time
constexpr std::size_t most_octets_told = 65'536;  ///< of the Call-IDs of one trap

wire::Micros time_now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

bool is_over(const calls::Row& row) {
    return row.end() || row.outcome() != calls::Outcome::in_progress;
}

bool is_caught(const calls::Row& row, const calls::Expression& expression) {
    // What was found before its end, or before a late message, may not be so any more.
    const bool is_known = row.has_findings() || !expression.asks_for_findings();
    return is_over(row) && is_known && calls::matches(row, expression);
}

std::string name_of(std::uint64_t id) {
    return "trap " + std::to_string(id);
}

std::size_t octets(const std::vector<std::string>& texts) {
    std::size_t sum = 0;
    for (const std::string& text : texts) sum += text.size();
    return sum;
}

}  // namespace

Traps::Traps(Options options, store::Store& store, index::Index* index)
    : options_(std::move(options)), path_(options_.root / ".traps"), store_(store), index_(index) {
    restore();
    if (index_ == nullptr) return;
    {
        const os::MutexLock lock(mutex_);
        cursor_ = index_->changes().next();
    }
    thread_ = std::thread([this] { run(); });
}

Traps::~Traps() {
    {
        const os::MutexLock lock(mutex_);
        has_ended_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Traps::restore() {
    std::string text;
    const store::Error error = store::read_whole(path_, text);
    if (error.code == ENOENT || error.code == ENOTDIR) return;
    if (error) return options_.notice(true, "the kept traps: " + error.text());
    KeptTraps kept;
    if (!read_traps(text, kept)) {
        options_.notice(true, path_.string() + ": some traps cannot be read and are lost");
    }
    const os::MutexLock lock(mutex_);
    next_id_ = kept.next_id;
    for (Trap& trap : kept.traps) {
        auto expression = calls::parse_expression(trap.expression, {time_now(), options_.hosts});
        if (expression) {
            sets_.push_back({std::move(trap), *std::move(expression)});
        } else {
            options_.notice(true, name_of(trap.id) +
                                      " is ended: " + wire::visible_line(expression.error().text));
        }
    }
}

store::Error Traps::keep() const {
    KeptTraps kept{next_id_, {}};
    for (const Set& set : sets_) kept.traps.push_back(set.trap);
    store::Error error = store::make_directories(store::disk(), options_.root, options_.group);
    if (!error) error = store::replace_whole(store::disk(), path_, to_text(kept), options_.group);
    return error;
}

void Traps::keep_or_tell() {
    const store::Error error = keep();
    if (error && !is_troubled_) {
        options_.notice(true, "what the traps caught is not kept: " + error.text());
    }
    is_troubled_ = static_cast<bool>(error);
}

std::string Traps::set(calls::Expression expression, Trap& trap) {
    {
        const os::MutexLock lock(mutex_);
        if (sets_.size() >= most_traps) {
            return "there are " + std::to_string(most_traps) + " traps already";
        }
        trap.id = next_id_++;
        trap.expression = calls::to_text(expression);
        const auto from = index_ == nullptr ? 0 : index_->changes().next();
        if (sets_.empty()) cursor_ = from;
        sets_.push_back({trap, std::move(expression), from});
        if (const store::Error error = keep()) {
            sets_.pop_back();
            return "cannot keep the trap: " + error.text();
        }
    }
    wake_.notify_all();
    return {};
}

std::vector<Trap> Traps::all() const {
    const os::MutexLock lock(mutex_);
    std::vector<Trap> traps;
    for (const Set& set : sets_) traps.push_back(set.trap);
    return traps;
}

std::string Traps::end(std::uint64_t id) {
    const os::MutexLock lock(mutex_);
    const auto ended = std::erase_if(sets_, [&](const Set& set) { return set.trap.id == id; });
    if (ended == 0) return "no " + name_of(id);
    const store::Error error = keep();
    return error ? "it is ended, and will be there again after a restart: " + error.text() : "";
}

Traps::Set* Traps::find(std::uint64_t id) {
    const auto found =
        std::find_if(sets_.begin(), sets_.end(), [&](const Set& set) { return set.trap.id == id; });
    return found == sets_.end() ? nullptr : &*found;
}

void Traps::run() {
    while (true) {
        {
            os::MutexLock lock(mutex_);
            wake_.wait(lock, [this]() REQUIRES(mutex_) { return has_ended_ || !sets_.empty(); });
            if (has_ended_) return;
        }
        bool has_more = false;
        try {
            has_more = look();
            expire();
        } catch (const std::exception& error) {  // no memory
            options_.notice(true, std::string("traps: ") + error.what());
        }
        if (has_more) continue;
        os::MutexLock lock(mutex_);
        (void)wake_.wait_for(lock, between_looks, [this]() REQUIRES(mutex_) { return has_ended_; });
    }
}

bool Traps::look() {
    std::vector<Catch> caught;
    bool has_more = false;
    {
        const os::MutexLock lock(mutex_);
        const auto read = index_->changes().since(cursor_, most_looked_at);
        cursor_ = read.next;
        has_more = read.changes.size() == most_looked_at;
        caught = catches(read);
    }
    for (const Catch& one : caught) pin(one);
    return has_more;
}

std::vector<Traps::Catch> Traps::catches(const index::Changes::Read& read) {
    std::vector<Catch> caught;
    for (Set& set : sets_) {
        if (!set.is_full()) set.trap.left_out += read.left_out;
    }
    index::Changes::Number number = read.next - read.changes.size();
    for (const auto& change : read.changes) {
        const auto row = calls::Row::from_bytes(change->call_id, change->after);
        const auto before = calls::Row::from_bytes(change->call_id, change->before);
        for (const Set& set : sets_) {
            if (set.is_full() || number < set.from || !row) continue;
            if (!is_caught(*row, set.expression)) continue;
            if (before && is_caught(*before, set.expression)) continue;
            caught.push_back({set.trap.id, change->call_id});
        }
        ++number;
    }
    return caught;
}

void Traps::expire() {
    const os::MutexLock lock(mutex_);
    const wire::Micros now = time_now();
    const auto is_late = [&](const Set& set) { return set.trap.until <= now; };
    for (const Set& set : sets_) {
        if (!is_late(set)) continue;
        options_.notice(false, name_of(set.trap.id) + " has expired; it caught " +
                                   std::to_string(set.trap.caught) + " of " +
                                   std::to_string(set.trap.count) + " calls");
    }
    if (std::erase_if(sets_, is_late) > 0) keep_or_tell();
}

void Traps::pin(const Catch& caught) {
    {
        const os::MutexLock lock(mutex_);
        const Set* const set = find(caught.id);
        if (has_ended_ || set == nullptr || set->is_full()) return;
    }
    // It is a leg of a call that was caught, or somebody wants it anyway.
    if (store_.is_pinned(caught.call_id)) return;
    std::size_t pinned = 0;
    const std::string trouble = pin_legs(caught, pinned);
    const std::string shown = wire::visible_line(chunk::to_utf8(caught.call_id));
    if (!trouble.empty()) {
        options_.notice(true, name_of(caught.id) + ": " + shown + ": " + trouble);
    }
    const os::MutexLock lock(mutex_);
    Set* const set = find(caught.id);
    if (set == nullptr) return;
    set->trap.trouble = trouble;
    if (pinned > 0) {
        ++set->trap.caught;
        auto& told = set->trap.call_ids;
        if (octets(told) + caught.call_id.size() <= most_octets_told)
            told.push_back(caught.call_id);
        options_.notice(false, name_of(caught.id) + " caught " + shown + ": " +
                                   std::to_string(pinned) + " legs are pinned");
    }
    keep_or_tell();
}

/// The result is empty, or why not all legs are pinned.
std::string Traps::pin_legs(const Catch& caught, std::size_t& pinned) {
    std::string trouble;
    std::vector<std::string> legs{caught.call_id};
    try {
        const calls::Joined joined = calls::join(*index_->dialogues(), caught.call_id);
        for (const calls::Leg& leg : joined.legs) {
            if (leg.call_id != caught.call_id) legs.push_back(leg.call_id);
        }
        if (!joined.incomplete.empty()) trouble = "not all legs are known: " + joined.incomplete;
    } catch (const index::Failure& failure) {
        trouble = std::string("its legs are not known: ") + failure.what();
    }
    for (const std::string& leg : legs) {
        if (const store::Error error = store_.pin(leg)) {
            trouble = "cannot be pinned: " + error.text();
        } else {
            ++pinned;
        }
    }
    return wire::visible_line(trouble);
}

}  // namespace ci::inspector
