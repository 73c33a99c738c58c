#include "index/database.h"

#include <sqlite3.h>

#include <utility>

#include "wire/patience.h"

namespace ci::index {
namespace {

/// How long a connection waits for another one's lock.
constexpr int patience_ms = 5'000;
/// Virtual machine instructions between two looks at the thread's patience: some 0.1 ms.
constexpr int instructions = 10'000;

std::string text_of(sqlite3* handle, int code) {
    return handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
}

int is_impatient(void* /*none*/) {
    try {
        wire::may_go_on();
        return 0;
    } catch (const wire::TookTooLong&) {
        return 1;
    }
}

}  // namespace

bool Failure::is_damage() const noexcept {
    const int kind = code_ & 0xff;
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
}

bool Failure::is_unknown() const noexcept {
    const int kind = code_ & 0xff;
    return kind == SQLITE_ERROR || kind == SQLITE_SCHEMA;
}

Database::Database(const std::string& path, Access access) {
    int flags = SQLITE_OPEN_NOMUTEX;
    // A reader of a database in WAL mode may have to make the file of the shared memory.
    flags |= SQLITE_OPEN_READWRITE;
    if (access == Access::creates) flags |= SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) {
        const Failure failure(code, text_of(handle_, code));
        sqlite3_close_v2(std::exchange(handle_, nullptr));
        throw failure;
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, patience_ms);
    if (access == Access::reads) run("PRAGMA query_only = 1");
}

Database::~Database() {
    kept_.clear();
    sqlite3_close_v2(handle_);
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), kept_(std::move(other.kept_)) {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(kept_, other.kept_);
    return *this;
}

void Database::run(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw Failure(code, text_of(handle_, code));
}

std::int64_t Database::number(const char* sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.number(0) : 0;
}

std::int64_t Database::last_id() const noexcept {
    return sqlite3_last_insert_rowid(handle_);
}

bool Database::is_in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_) == 0;
}

void Database::heed_patience() {
    sqlite3_progress_handler(handle_, instructions, is_impatient, nullptr);
}

Statement::Statement(Database& database, std::string_view sql) {
    const int code = sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                        &handle_, nullptr);
    if (code != SQLITE_OK) throw Failure(code, text_of(database.handle_, code));
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

void Statement::fail() const {
    sqlite3* const database = sqlite3_db_handle(handle_);
    const int code = sqlite3_extended_errcode(database);
    const Failure failure(code, text_of(database, code));
    sqlite3_reset(handle_);
    if ((code & 0xff) == SQLITE_INTERRUPT) wire::may_go_on();
    throw failure;
}

Statement& Statement::bind(int place, std::int64_t value) {
    if (sqlite3_bind_int64(handle_, place, value) != SQLITE_OK) fail();
    return *this;
}

Statement& Statement::bind(int place, std::optional<std::int64_t> value) {
    if (value) return bind(place, *value);
    if (sqlite3_bind_null(handle_, place) != SQLITE_OK) fail();
    return *this;
}

Statement& Statement::bind_text(int place, std::string_view value) {
    const char* const data = value.data() == nullptr ? "" : value.data();
    const auto size = static_cast<int>(value.size());
    if (sqlite3_bind_text(handle_, place, data, size, SQLITE_STATIC) != SQLITE_OK) fail();
    return *this;
}

Statement& Statement::bind_blob(int place, std::string_view value) {
    const char* const data = value.data() == nullptr ? "" : value.data();
    const auto size = static_cast<int>(value.size());
    if (sqlite3_bind_blob(handle_, place, data, size, SQLITE_STATIC) != SQLITE_OK) fail();
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail();
    return false;
}

void Statement::run() {
    (void)step();
    reset();
}

void Statement::reset() noexcept {
    sqlite3_reset(handle_);
}

std::int64_t Statement::number(int column) const noexcept {
    return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::bytes(int column) const noexcept {
    const void* const data = sqlite3_column_blob(handle_, column);
    const int size = sqlite3_column_bytes(handle_, column);
    return size == 0
               ? std::string_view{}
               : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Kept::Kept(Database& database, std::string_view sql)
    : statement_([&]() -> Statement& {
          const auto known = database.kept_.find(sql);
          if (known != database.kept_.end()) return *known->second;
          auto made = std::make_unique<Statement>(database, sql);
          return *database.kept_.emplace(sql, std::move(made)).first->second;
      }()) {}

Transaction::~Transaction() {
    if (!database_.is_in_transaction()) return;
    try {
        database_.run("ROLLBACK");
    } catch (const Failure&) {
        return;  // SQLite has rolled back already
    }
}

}  // namespace ci::index
