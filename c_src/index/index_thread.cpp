// The thread that follows the calls' files and writes their rows.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "index/follower.h"
#include "index/index.h"
#include "index/inode.h"
#include "store/disk/path.h"
#include "wire/patience.h"

namespace ci::index {
namespace {

using namespace std::chrono_literals;
using Clock = HandOver::Clock;

constexpr int niceness = 10;
constexpr auto walk_every = 24h;
constexpr auto walk_for = 100ms;       ///< in one transaction
constexpr auto files_for = 200ms;      ///< likewise
constexpr auto retry_after = 1'000ms;  ///< when the database cannot be written
constexpr auto last_words = 2'000ms;   ///< at the end; the next start finds the rest

/// Two inspectors may have been given one directory by mistake.
store::File lock_in(const std::filesystem::path& directory, store::Group group) {
    const auto path = directory / "lock";
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    store::File file(::open(path.c_str(), flags, store::file_mode));
    if (!file.is_open()) throw Failure(0, store::Error{errno, path}.text());
    store::give_to(file.get(), group);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Failure(0, store::Error{store::in_use, directory}.text());
    }
    return file;
}

void set_fact(Database& database, const char* name, std::int64_t value) {
    Statement(database, "INSERT OR REPLACE INTO facts VALUES(?, ?)")
        .bind_text(1, name)
        .bind(2, value)
        .run();
}

bool has_fact(Database& database, const char* name) {
    Statement fact(database, "SELECT value FROM facts WHERE name = ?");
    fact.bind_text(1, name);
    return fact.step() && fact.number(0) != 0;
}

/// Set while the rows are those of the files, as far as the index was told. A kill leaves it
/// unset.
constexpr auto complete = "complete";

}  // namespace

struct Index::Progress {
    std::optional<Database> database;
    std::optional<Follower> follower;
    store::File lock;  ///< of the directory
    std::optional<ino_t> inode;
    std::int64_t counted = 0;           ///< rows when the follower was made
    std::size_t next = no_walk;         ///< directory of the walk
    std::vector<std::uint8_t> seconds;  ///< of the directories with the same first octet
    Clock::time_point walked{};
};

void Index::start() {
    thread_ = std::thread([this] { run(); });
}

Index::~Index() {
    hand_over_.end();
    if (!thread_.joinable()) return;  // it was not started
    const auto end = Clock::now() + last_words;
    while (!has_stopped_ && Clock::now() < end) std::this_thread::sleep_for(5ms);
    late_.request_stop();  // the portion that it is at may be large
    thread_.join();
}

void Index::run() {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
    const wire::Patience patience(late_.get_token());
    Progress progress;
    std::optional<Clock::time_point> end;
    while (true) {
        try {
            work(progress);
        } catch (const wire::TookTooLong&) {
            break;
        } catch (const Failure& failure) {
            note(failure, progress);
        } catch (const std::exception& error) {  // no memory for a huge file
            note(Failure(0, error.what()), progress);
        }
        if (!hand_over_.has_ended()) continue;
        if (!end) end = Clock::now() + last_words;
        const auto waiting = hand_over_.waiting();
        if ((waiting.bytes == 0 && waiting.files == 0) || Clock::now() > *end) break;
    }
    close(progress);
    has_stopped_ = true;
}

/// Opens the database, unless there is nothing to put into it: a store that nothing was written to
/// leaves no trace on the disk.
void Index::open(Progress& progress) {
    std::error_code failed;
    if (rebuild_) {
        progress.follower.reset();
        progress.database.reset();
        readers_.replace([this] { remove_database(path_); });
        rebuild_ = false;
    }
    if (progress.database && !was_replaced(progress)) return;
    progress.follower.reset();
    progress.database.reset();
    progress.lock = store::File();
    if (const store::Error error =
            store::make_directories(store::disk(), path_.parent_path(), options_.group)) {
        throw Failure(0, error.text());
    }
    if (const store::Error error = store::check_directory(path_.parent_path())) {
        // The operator may set a link to a directory elsewhere, but nobody may put one below ROOT.
        if (options_.directory.empty()) throw Failure(0, error.text());
    }
    progress.lock = lock_in(path_.parent_path(), options_.group);
    bool is_new = false;
    readers_.replace([&] {
        Opened opened = open_for_writing(path_, text_of(options_.rules), options_.group);
        is_new = opened.is_new;
        progress.database.emplace(std::move(opened.database));
    });
    forget_other_analysis(*progress.database, options_.analysis);
    progress.inode = inode_of(path_);
    progress.follower.emplace(*progress.database, files_, options_.rules);
    progress.counted = progress.database->number("SELECT count(*) FROM dialogues");
    dialogues_ = static_cast<std::uint64_t>(progress.counted);
    is_complete_ = !is_new && has_fact(*progress.database, complete);
    set_fact(*progress.database, complete, 0);
    walked_ = progress.next = 0;
    progress.walked = Clock::now();
}

bool Index::was_replaced(const Progress& progress) const {
    return inode_of(path_) != progress.inode;
}

void Index::work(Progress& progress) {
    const bool is_walking = progress.next < directories;
    const bool may_open = progress.database || inode_of(options_.root);
    const auto now = Clock::now();
    if (may_open && !rebuild_ && !progress.database) open(progress);
    auto until = is_walking || rebuild_ ? now : now + 500ms;
    HandOver::Work work = hand_over_.take(until, options_.gather, {});
    const bool is_due = progress.database && now - progress.walked > walk_every;
    if ((work.walk || is_due) && progress.database) {
        progress.walked = now;
        walked_ = progress.next = 0;
        if (work.walk) is_complete_ = false;
    }
    const bool has_work =
        !work.lines.empty() || !work.files.empty() || !work.analysed.empty() || rebuild_;
    if (has_work || (progress.database && progress.next < directories)) {
        try {
            open(progress);
            Transaction transaction(*progress.database);
            progress.follower->take(work.lines);
            progress.follower->take(work.analysed);
            reread(work.files, progress);
            walk(progress);
            transaction.commit();
            changes_.add(progress.follower->changes());
        } catch (...) {
            hand_over_.put_back(work);
            throw;
        }
        dialogues_ = static_cast<std::uint64_t>(
            std::max<std::int64_t>(progress.counted + progress.follower->added(), 0));
        well();
    }
    walked_ = progress.next;
    if (progress.database && progress.next == directories) {
        is_complete_ = true;
        walked_ = progress.next = no_walk;
    }
}

/// Reads files for as long as lines may wait; the others keep.
void Index::reread(std::span<const FileKey> files, Progress& progress) {
    const auto until = Clock::now() + files_for;
    while (!files.empty()) {
        progress.follower->reread(files.front());
        files = files.subspan(1);
        if (Clock::now() > until) break;
    }
    hand_over_.put_back(files);
}

/// Compares some directories with their rows.
void Index::walk(Progress& progress) const {
    const auto until = Clock::now() + walk_for;
    while (progress.next < directories && Clock::now() < until) {
        const auto first = static_cast<std::uint8_t>(progress.next >> 8U);
        const auto second = static_cast<std::uint8_t>(progress.next & 0xffU);
        if (second == 0) progress.seconds = progress.follower->directories(first);
        const auto next =
            std::lower_bound(progress.seconds.begin(), progress.seconds.end(), second);
        if (next == progress.seconds.end()) {
            progress.next = (std::size_t{first} + 1) << 8U;
            continue;
        }
        progress.follower->compare(first, *next);
        progress.next = (std::size_t{first} << 8U) + *next + 1;
    }
}

void Index::close(Progress& progress) {
    if (!progress.database) return;
    const auto waiting = hand_over_.waiting();
    try {
        const bool has_all = is_complete_ && waiting.bytes == 0 && waiting.files == 0;
        set_fact(*progress.database, complete, has_all ? 1 : 0);
    } catch (const Failure&) {
        return;  // the next start compares all files
    }
}

void Index::note(const Failure& failure, Progress& progress) {
    progress.follower.reset();
    progress.database.reset();
    progress.next = no_walk;
    walked_ = no_walk;
    is_complete_ = false;
    std::string why = "the index cannot be written: " + std::string(failure.what());
    if (failure.is_damage()) {
        why = "the index is damaged and is made anew: " + std::string(failure.what());
        rebuild_ = true;
    }
    bool is_first = false;
    {
        const os::MutexLock lock(mutex_);
        is_first = trouble_.empty();
        trouble_ = why;
    }
    if (is_first) options_.notice(true, why);
    const auto until = Clock::now() + retry_after;
    while (!hand_over_.has_ended() && Clock::now() < until) std::this_thread::sleep_for(20ms);
}

void Index::well() {
    {
        const os::MutexLock lock(mutex_);
        if (trouble_.empty()) return;
        trouble_.clear();
    }
    options_.notice(false, "the index can be written again");
}

}  // namespace ci::index
