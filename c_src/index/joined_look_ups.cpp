#include "index/joined_look_ups.h"

#include "calls/row.h"
#include "index/dialogue_table.h"
#include "index/held_keys.h"
#include "store/disk/path.h"

namespace ci::index {
namespace {

FileKey key_of_call(std::string_view call_id) {
    return file_key(store::relative_path(call_id));
}

}  // namespace

std::vector<calls::Holder> JoinedLookUps::holders(const calls::Key& key, wire::Micros from,
                                                  wire::Micros until, std::size_t most) {
    return readers_.with([&](Database& database) {
        Kept statement(database,
                       "SELECT d.call_id, k.at, k.place FROM keys AS k "
                       "CROSS JOIN dialogues AS d ON d.id = k.dialogue "
                       "WHERE k.evidence = ? AND k.role = ? AND k.value = ? "
                       "AND k.at BETWEEN ? AND ? ORDER BY k.at LIMIT ?");
        statement->bind(1, static_cast<std::int64_t>(key.evidence))
            .bind(2, static_cast<std::int64_t>(key.role))
            .bind_text(3, key.value)
            .bind(4, from)
            .bind(5, until)
            .bind(6, static_cast<std::int64_t>(most));
        std::vector<calls::Holder> holders;
        while (statement->step()) {
            holders.push_back({std::string(statement->bytes(0)), statement->number(1),
                               static_cast<std::uint64_t>(statement->number(2))});
        }
        return holders;
    });
}

std::vector<calls::Held> JoinedLookUps::keys(std::string_view call_id) {
    return readers_.with([&](Database& database) {
        const FileKey file = key_of_call(call_id);
        Kept statement(database, "SELECT keys FROM dialogues WHERE file = ?");
        statement->bind_blob(1, file);
        if (!statement->step()) return std::vector<calls::Held>();
        const auto keys = HeldKeys::from_bytes(statement->bytes(0));
        return keys ? keys->all() : std::vector<calls::Held>();
    });
}

std::optional<calls::Outline> JoinedLookUps::outline(std::string_view call_id) {
    return readers_.with([&](Database& database) {
        const FileKey file = key_of_call(call_id);
        Kept statement(database, "SELECT row FROM dialogues WHERE file = ?");
        statement->bind_blob(1, file);
        if (!statement->step()) return std::optional<calls::Outline>();
        const auto row = calls::Row::from_bytes(std::string(call_id), statement->bytes(0));
        if (!row) return std::optional<calls::Outline>();
        calls::Outline outline;
        outline.is_call = row->kind() == calls::Kind::call;
        outline.is_registration = row->kind() == calls::Kind::registration;
        outline.start = row->start();
        outline.last = row->last();
        outline.final_response = row->answer();
        const auto status = row->status();
        const bool is_challenge = status == 401 || status == 407;
        if (!outline.final_response && status && !is_challenge) outline.final_response = row->end();
        return std::optional(outline);
    });
}

}  // namespace ci::index
