#include "index/dialogue_table.h"

#include <algorithm>
#include <tuple>

#include "calls/uri.h"
#include "sip/text.h"

namespace ci::index {
namespace {

/// Calls `remove` for what only `before` has, and `add` for what only `after` has. Both are sorted.
template <class T, class Less, class Remove, class Add>
void for_changes(const std::vector<T>& before, const std::vector<T>& after, Less less,
                 Remove remove, Add add) {
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && less(*old, *now))) {
            remove(*old++);
        } else if (old == before.end() || less(*now, *old)) {
            add(*now++);
        } else {
            ++old;
            ++now;
        }
    }
}

/// As `keys` has them: a dialogue may show a key again that another rule made of it.
bool is_before(const calls::Held& a, const calls::Held& b) noexcept {
    return std::tie(a.key, a.at) < std::tie(b.key, b.at);
}

bool is_endpoint_before(const wire::Endpoint& a, const wire::Endpoint& b) noexcept {
    return std::tie(a.address.family, a.address.bytes, a.port) <
           std::tie(b.address.family, b.address.bytes, b.port);
}

std::optional<std::int64_t> as_number(std::optional<std::uint16_t> status) noexcept {
    return status ? std::optional<std::int64_t>(*status) : std::nullopt;
}

}  // namespace

std::string value_of_user(std::string_view user) {
    std::string value(user);
    for (char& c : value) c = sip::to_lower(c);
    return value;
}

std::string value_of_number(std::string_view digits) {
    std::string value("#");
    value.append(digits.rbegin(), digits.rend());
    return value;
}

std::vector<std::string> user_values(const calls::Row& row) {
    std::vector<std::string> values;
    for (const std::string* user :
         {&row.from().user, &row.to().user, &row.request_uri().user, &row.asserted_user()}) {
        if (user->empty()) continue;
        const std::string number = calls::number_of(*user);
        values.push_back(number.empty() ? value_of_user(*user) : value_of_number(number));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

std::string value_of_address(const wire::Address& address) {
    const std::size_t size = address.family == wire::Family::ipv6 ? 16 : 4;
    return {reinterpret_cast<const char*>(address.bytes.data()), size};
}

bool is_quiet(calls::Kind kind) noexcept {
    return calls::Expression().hides(kind);
}

DialogueTable::DialogueTable(Database& database)
    : database_(database),
      find_(database,
            "SELECT id, call_id, size, seq, row, keys, due, due IS NULL FROM dialogues WHERE file "
            "= ?"),
      insert_(database,
              "INSERT INTO dialogues(quiet, kind, start, last, status, size, seq, row, keys, due, "
              "file, call_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database,
              "UPDATE dialogues SET quiet = ?, kind = ?, start = ?, last = ?, status = ?, "
              "size = ?, seq = ?, row = ?, keys = ?, due = ? WHERE id = ?"),
      analyse_(database, "UPDATE dialogues SET row = ?, due = ? WHERE id = ?"),
      remove_(database, "DELETE FROM dialogues WHERE id = ?"),
      known_(database, "SELECT file, size FROM dialogues WHERE file BETWEEN ? AND ? ORDER BY file"),
      next_(database, "SELECT min(file) FROM dialogues WHERE file BETWEEN ? AND ?"),
      add_user_(database, "INSERT OR IGNORE INTO users VALUES(?, ?)"),
      drop_user_(database, "DELETE FROM users WHERE value = ? AND dialogue = ?"),
      add_endpoint_(database, "INSERT OR IGNORE INTO endpoints VALUES(?, ?, ?)"),
      drop_endpoint_(database,
                     "DELETE FROM endpoints WHERE address = ? AND port = ? AND dialogue = ?"),
      add_agent_(database, "INSERT OR IGNORE INTO agents VALUES(?, ?, ?, ?)"),
      drop_agent_(database,
                  "DELETE FROM agents WHERE value = ? AND quiet = ? AND start = ? AND "
                  "dialogue = ?"),
      add_key_(database, "INSERT OR IGNORE INTO keys VALUES(?, ?, ?, ?, ?, ?)"),
      drop_key_(database,
                "DELETE FROM keys WHERE evidence = ? AND role = ? AND value = ? AND at = ? AND "
                "dialogue = ?"),
      add_finding_(database, "INSERT OR IGNORE INTO findings VALUES(?, ?)"),
      drop_finding_(database, "DELETE FROM findings WHERE code = ? AND dialogue = ?") {}

std::optional<Dialogue> DialogueTable::find(const FileKey& file) {
    std::optional<Dialogue> dialogue;
    find_.bind_blob(1, file);
    if (find_.step()) {
        auto row = calls::Row::from_bytes(std::string(find_.bytes(1)), find_.bytes(4));
        auto keys = HeldKeys::from_bytes(find_.bytes(5));
        dialogue.emplace(std::string(find_.bytes(1)));
        dialogue->id = find_.number(0);
        dialogue->size = static_cast<std::uint64_t>(find_.number(2));
        // Bytes that are none make an empty row, which is then read from the file again.
        if (row && keys) {
            dialogue->last_seq = static_cast<std::uint64_t>(find_.number(3));
            dialogue->row = *std::move(row);
            dialogue->keys = *std::move(keys);
            if (find_.number(7) == 0) {
                dialogue->due = find_.number(6);
                dialogue->row.outdate_findings();
            }
        } else {
            dialogue->size = 0;
        }
    }
    find_.reset();
    return dialogue;
}

void DialogueTable::write(const FileKey& file, const Dialogue& dialogue,
                          const std::optional<Dialogue>& before) {
    const calls::Row& row = dialogue.row;
    const std::string bytes = row.to_bytes(), keys = dialogue.keys.to_bytes();
    Statement& statement = before ? update_ : insert_;
    statement.bind(1, std::int64_t{is_quiet(row.kind())})
        .bind(2, static_cast<std::int64_t>(row.kind()))
        .bind(3, row.start())
        .bind(4, row.last())
        .bind(5, as_number(row.status()))
        .bind(6, static_cast<std::int64_t>(dialogue.size))
        .bind(7, static_cast<std::int64_t>(dialogue.last_seq))
        .bind_blob(8, bytes)
        .bind_blob(9, keys)
        .bind(10, dialogue.due);
    if (before) {
        statement.bind(11, before->id).run();
    } else {
        statement.bind_blob(11, file).bind_text(12, row.call_id()).run();
    }
    const std::int64_t id = before ? before->id : database_.last_id();
    write_users(id, before ? &before->row : nullptr, &row);
    write_endpoints(id, before ? &before->row : nullptr, &row);
    write_agents(id, before ? &before->row : nullptr, &row);
    write_keys(id, before ? &before->keys : nullptr, &dialogue.keys);
    write_findings(id, before ? &before->row : nullptr, &row);
}

void DialogueTable::write_analysis(const Dialogue& dialogue, const Dialogue& before) {
    const std::string bytes = dialogue.row.to_bytes();
    analyse_.bind_blob(1, bytes).bind(2, dialogue.due).bind(3, before.id).run();
    write_findings(before.id, &before.row, &dialogue.row);
}

bool DialogueTable::remove(const FileKey& file) {
    const auto before = find(file);
    if (!before) return false;
    write_users(before->id, &before->row, nullptr);
    write_endpoints(before->id, &before->row, nullptr);
    write_agents(before->id, &before->row, nullptr);
    write_keys(before->id, &before->keys, nullptr);
    write_findings(before->id, &before->row, nullptr);
    remove_.bind(1, before->id).run();
    return true;
}

void DialogueTable::write_users(std::int64_t id, const calls::Row* before,
                                const calls::Row* after) {
    const auto change = [&](Statement& statement) {
        return [id, &statement](const std::string& value) {
            statement.bind_text(1, value).bind(2, id).run();
        };
    };
    using Values = std::vector<std::string>;
    for_changes(before != nullptr ? user_values(*before) : Values(),
                after != nullptr ? user_values(*after) : Values(), std::less<>(),
                change(drop_user_), change(add_user_));
}

void DialogueTable::write_endpoints(std::int64_t id, const calls::Row* before,
                                    const calls::Row* after) {
    const auto change = [&](Statement& statement) {
        return [id, &statement](const wire::Endpoint& one) {
            const std::string address = value_of_address(one.address);
            statement.bind_blob(1, address).bind(2, std::int64_t{one.port}).bind(3, id).run();
        };
    };
    const std::vector<wire::Endpoint> none;
    for_changes(before != nullptr ? before->endpoints() : none,
                after != nullptr ? after->endpoints() : none, is_endpoint_before,
                change(drop_endpoint_), change(add_endpoint_));
}

void DialogueTable::write_agents(std::int64_t id, const calls::Row* before,
                                 const calls::Row* after) {
    using Agent = std::tuple<std::string, std::int64_t, wire::Micros>;
    const auto agents_of = [](const calls::Row* row) {
        std::vector<Agent> agents;
        if (row == nullptr) return agents;
        for (const std::string& agent : row->user_agents()) {
            agents.emplace_back(value_of_user(agent), is_quiet(row->kind()) ? 1 : 0, row->start());
        }
        std::sort(agents.begin(), agents.end());
        return agents;
    };
    const auto change = [id](Statement& statement) {
        return [id, &statement](const Agent& agent) {
            const auto& [value, quiet, start] = agent;
            statement.bind_text(1, value).bind(2, quiet).bind(3, start).bind(4, id).run();
        };
    };
    for_changes(agents_of(before), agents_of(after), std::less<>(), change(drop_agent_),
                change(add_agent_));
}

void DialogueTable::write_keys(std::int64_t id, const HeldKeys* before, const HeldKeys* after) {
    const auto bind = [id](Statement& statement, const calls::Held& one) -> Statement& {
        return statement.bind(1, static_cast<std::int64_t>(one.key.evidence))
            .bind(2, static_cast<std::int64_t>(one.key.role))
            .bind_text(3, one.key.value)
            .bind(4, one.at)
            .bind(5, id);
    };
    const std::vector<calls::Held> none;
    for_changes(
        before != nullptr ? before->all() : none, after != nullptr ? after->all() : none, is_before,
        [&](const calls::Held& one) { bind(drop_key_, one).run(); },
        [&](const calls::Held& one) {
            bind(add_key_, one).bind(6, static_cast<std::int64_t>(one.place)).run();
        });
}

void DialogueTable::write_findings(std::int64_t id, const calls::Row* before,
                                   const calls::Row* after) {
    const auto codes_of = [](const calls::Row* row) {
        std::vector<std::string> codes;
        if (row != nullptr) codes = row->findings();
        std::sort(codes.begin(), codes.end());
        return codes;
    };
    const auto change = [id](Statement& statement) {
        return [id, &statement](const std::string& code) {
            statement.bind_text(1, code).bind(2, id).run();
        };
    };
    for_changes(codes_of(before), codes_of(after), std::less<>(), change(drop_finding_),
                change(add_finding_));
}

std::vector<DialogueTable::Known> DialogueTable::known(const FileKey& first, const FileKey& last) {
    std::vector<Known> all;
    known_.bind_blob(1, first).bind_blob(2, last);
    while (known_.step()) {
        all.push_back({FileKey(known_.bytes(0)), static_cast<std::uint64_t>(known_.number(1))});
    }
    known_.reset();
    return all;
}

std::vector<std::uint8_t> DialogueTable::directories(std::uint8_t first) {
    std::vector<std::uint8_t> all;
    FileKey from(16, '\0'), to(16, '\xff');
    from[0] = to[0] = static_cast<char>(first);
    while (true) {
        next_.bind_blob(1, from).bind_blob(2, to);
        const FileKey file(next_.step() ? next_.bytes(0) : std::string_view());
        next_.reset();
        if (file.size() != from.size()) return all;
        const auto second = static_cast<std::uint8_t>(file[1]);
        all.push_back(second);
        if (second == 0xff) return all;
        from[1] = static_cast<char>(second + 1);
    }
}

}  // namespace ci::index
