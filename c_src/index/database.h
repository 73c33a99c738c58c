// SQLite's C API behind two objects that clean up after themselves. One thread at a time uses a
// Database and its statements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ci::index {

/// What SQLite reports, as "disk I/O error".
class Failure : public std::runtime_error {
  public:
    Failure(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
    /// True: the file is no database, or its content makes no sense. Only a new one helps.
    [[nodiscard]] bool is_damage() const noexcept;
    /// True: a table or a column is missing.
    [[nodiscard]] bool is_unknown() const noexcept;

  private:
    int code_;
};

class Statement;

class Database {
  public:
    enum class Access : std::uint8_t { creates, writes, reads };
    /// Throws Failure, as all functions here do.
    Database(const std::string& path, Access access);
    ~Database();
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// One or several statements without parameters.
    void run(const char* sql);
    /// The first column of the first row of a statement without parameters.
    [[nodiscard]] std::int64_t number(const char* sql);
    [[nodiscard]] std::int64_t last_id() const noexcept;
    /// True between BEGIN and COMMIT.
    [[nodiscard]] bool is_in_transaction() const noexcept;
    /// Makes statements end early once the thread's patience is over (wire/patience.h).
    void heed_patience();

  private:
    friend class Statement;
    friend class Kept;
    sqlite3* handle_ = nullptr;
    std::map<std::string, std::unique_ptr<Statement>, std::less<>> kept_;  ///< by their text
};

class Statement {
  public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Parameters are numbered from 1 on. Texts and blobs must outlive the next step().
    Statement& bind(int place, std::int64_t value);
    Statement& bind(int place, std::optional<std::int64_t> value);
    Statement& bind_text(int place, std::string_view value);
    Statement& bind_blob(int place, std::string_view value);

    /// True: there is a row. Throws wire::TookTooLong if heed_patience() ended it.
    bool step();
    /// For statements without rows: runs, and can be run again.
    void run();
    void reset() noexcept;

    /// Columns are numbered from 0 on; views are valid until the next step().
    [[nodiscard]] std::int64_t number(int column) const noexcept;
    [[nodiscard]] std::string_view bytes(int column) const noexcept;

  private:
    [[noreturn]] void fail() const;
    sqlite3_stmt* handle_ = nullptr;
};

/// A statement that stays prepared with its connection, as preparing takes longer than finding a
/// row. One at a time uses it.
class Kept {
  public:
    Kept(Database& database, std::string_view sql);
    ~Kept() { statement_.reset(); }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    Statement* operator->() noexcept { return &statement_; }

  private:
    Statement& statement_;
};

/// Undone unless commit() is called.
class Transaction {
  public:
    explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() { database_.run("COMMIT"); }

  private:
    Database& database_;
};

}  // namespace ci::index
