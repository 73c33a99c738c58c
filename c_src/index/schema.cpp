#include "index/schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/disk/file.h"

namespace ci::index {
namespace {

/// `file` is the MD5 of the Call-ID, as in the name of the call's file; `row` are the bytes of a
/// calls::Row, and `keys` those of the dialogue's keys. The other tables and columns only help to
/// find dialogues. `users` has users in lower case, and of numbers '#' and the digits from the last
/// to the first, so that numbers with one end lie side by side. `agents` has User-Agents in lower
/// case, by the start of their dialogues, so that the newest of many are found at once.
constexpr auto tables = R"(
CREATE TABLE dialogues(
    id INTEGER PRIMARY KEY,
    file BLOB NOT NULL UNIQUE,
    call_id TEXT NOT NULL,
    quiet INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    start INTEGER NOT NULL,
    last INTEGER NOT NULL,
    status INTEGER,
    size INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    row BLOB NOT NULL,
    keys BLOB NOT NULL,
    due INTEGER);
CREATE INDEX by_due ON dialogues(due) WHERE due IS NOT NULL;
CREATE INDEX by_start ON dialogues(quiet, start);
CREATE INDEX by_last ON dialogues(last);
CREATE INDEX by_length ON dialogues(quiet, start, last) WHERE last - start > 3600000000;
CREATE INDEX by_failure ON dialogues(status, quiet, start) WHERE status >= 300;
CREATE INDEX by_call_id ON dialogues(call_id);
CREATE TABLE users(
    value TEXT NOT NULL, dialogue INTEGER NOT NULL,
    PRIMARY KEY(value, dialogue)) WITHOUT ROWID;
CREATE TABLE endpoints(
    address BLOB NOT NULL, port INTEGER NOT NULL, dialogue INTEGER NOT NULL,
    PRIMARY KEY(address, port, dialogue)) WITHOUT ROWID;
CREATE TABLE agents(
    value TEXT NOT NULL, quiet INTEGER NOT NULL, start INTEGER NOT NULL,
    dialogue INTEGER NOT NULL,
    PRIMARY KEY(value, quiet, start, dialogue)) WITHOUT ROWID;
CREATE TABLE keys(
    evidence INTEGER NOT NULL, role INTEGER NOT NULL, value TEXT NOT NULL,
    at INTEGER NOT NULL, dialogue INTEGER NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY(evidence, role, value, at, dialogue)) WITHOUT ROWID;
CREATE TABLE findings(
    code TEXT NOT NULL, dialogue INTEGER NOT NULL,
    PRIMARY KEY(code, dialogue)) WITHOUT ROWID;
CREATE TABLE facts(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
)";

/// WAL: readers and the writer do not wait for each other. A kill loses nothing that was
/// committed; the end of the machine may lose the last transactions, which the walk over the
/// calls' files finds.
constexpr auto settings = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -65536;
)";

void make(Database& database, const std::string& rules) {
    Transaction transaction(database);
    database.run(tables);
    Statement(database, "INSERT INTO facts VALUES('rules', ?)").bind_text(1, rules).run();
    database.run(("PRAGMA user_version = " + std::to_string(schema_version)).c_str());
    transaction.commit();
}

bool has_rules(Database& database, const std::string& rules) {
    Statement found(database, "SELECT value FROM facts WHERE name = 'rules'");
    return found.step() && found.bytes(0) == rules;
}

/// True: can be used.
bool is_ours(Database& database, const std::string& rules) {
    if (database.number("PRAGMA user_version") != schema_version) return false;
    // What is no database, or lacks a table, shows here.
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM dialogues LIMIT 1)");
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)");
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM endpoints LIMIT 1)");
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM agents LIMIT 1)");
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM keys LIMIT 1)");
    (void)database.number("SELECT count(*) FROM (SELECT 1 FROM findings LIMIT 1)");
    return has_rules(database, rules);
}

}  // namespace

void remove_database(const std::filesystem::path& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        (void)::unlink((path.string() + suffix).c_str());
    }
}

Opened open_for_writing(const std::filesystem::path& path, const std::string& rules,
                        store::Group group) {
    try {
        Database database(path.string(), Database::Access::writes);
        if (is_ours(database, rules)) {
            database.run(settings);
            return {std::move(database), false};
        }
    } catch (const Failure& failure) {
        // Whatever is there and cannot be read is damaged; a full disk or a lack of descriptors
        // is not the database's fault.
        std::error_code failed;
        const bool is_useless = failure.is_damage() || failure.is_unknown();
        if (!is_useless && std::filesystem::exists(path, failed)) throw;
    }
    remove_database(path);
    // SQLite gives its other files the mode and the group of this one.
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const store::File file(::open(path.c_str(), flags, store::file_mode));
    if (file.is_open()) store::give_to(file.get(), group);
    Database database(path.string(), Database::Access::creates);
    database.run(settings);
    make(database, rules);
    return {std::move(database), true};
}

Database open_for_reading(const std::filesystem::path& path) {
    Database database(path.string(), Database::Access::reads);
    database.run("PRAGMA cache_size = -16384");
    if (database.number("PRAGMA user_version") != schema_version) {
        throw Failure(SQLITE_SCHEMA, "another version");
    }
    database.heed_patience();
    return database;
}

}  // namespace ci::index
