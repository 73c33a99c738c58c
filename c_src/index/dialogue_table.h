// Dialogues in the database: read, written with what they are found by, removed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/expression.h"
#include "calls/row.h"
#include "index/database.h"
#include "index/file_key.h"
#include "index/held_keys.h"

namespace ci::index {

struct Dialogue {
    explicit Dialogue(std::string call_id) : row(std::move(call_id)) {}
    std::int64_t id = 0;  ///< 0: not in the database yet
    calls::Row row;
    HeldKeys keys;
    std::uint64_t size = 0;      ///< of its file when its last line was taken
    std::uint64_t last_seq = 0;  ///< the number of its last line; lines up to it are known
    /// From when on it is to be analysed (index/analysed.h). Empty: its row has its findings.
    std::optional<wire::Micros> due;
};

/// What users a row is found by, as the column `users.value` has them; sorted.
[[nodiscard]] std::vector<std::string> user_values(const calls::Row& row);
[[nodiscard]] std::string value_of_user(std::string_view user);
[[nodiscard]] std::string value_of_number(std::string_view digits);
/// "address", as the column `endpoints.address` has it: 4 or 16 octets.
[[nodiscard]] std::string value_of_address(const wire::Address& address);

/// Kinds that a search leaves out unless it asks for one.
[[nodiscard]] bool is_quiet(calls::Kind kind) noexcept;

/// For the connection of the thread that writes.
class DialogueTable {
  public:
    explicit DialogueTable(Database& database);

    [[nodiscard]] std::optional<Dialogue> find(const FileKey& file);
    /// `before` is what the database has of the dialogue, if anything.
    void write(const FileKey& file, const Dialogue& dialogue,
               const std::optional<Dialogue>& before);
    /// Only what analysis changes: findings, and when the dialogue is due.
    void write_analysis(const Dialogue& dialogue, const Dialogue& before);
    /// False: there was none.
    bool remove(const FileKey& file);

    /// The files from `first` to `last`, both included, sorted, with the size that is known.
    struct Known {
        FileKey file;
        std::uint64_t size = 0;
    };
    [[nodiscard]] std::vector<Known> known(const FileKey& first, const FileKey& last);
    /// The second octets of all files with this first one, sorted.
    [[nodiscard]] std::vector<std::uint8_t> directories(std::uint8_t first);

  private:
    void write_users(std::int64_t id, const calls::Row* before, const calls::Row* after);
    void write_endpoints(std::int64_t id, const calls::Row* before, const calls::Row* after);
    void write_agents(std::int64_t id, const calls::Row* before, const calls::Row* after);
    void write_keys(std::int64_t id, const HeldKeys* before, const HeldKeys* after);
    void write_findings(std::int64_t id, const calls::Row* before, const calls::Row* after);

    Database& database_;
    Statement find_, insert_, update_, analyse_, remove_, known_, next_;
    Statement add_user_, drop_user_, add_endpoint_, drop_endpoint_, add_agent_, drop_agent_;
    Statement add_key_, drop_key_, add_finding_, drop_finding_;
};

}  // namespace ci::index
