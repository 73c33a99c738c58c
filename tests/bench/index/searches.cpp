// Searches among many dialogues, each field alone and each pair of fields, the first 50 rows.
//
//   index_searches make DIRECTORY COUNT [SEED]   an index, its rows for another database (rows.tsv)
//                                                and what to ask (queries.tsv)
//   index_searches ask DIRECTORY                 how long each kind of question takes
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "calls/expression.h"
#include "index/dialogue_table.h"
#include "index/schema.h"
#include "index/search.h"
#include "made_dialogues.h"
#include "store/disk/path.h"

namespace {

using namespace ci;
using Clock = std::chrono::steady_clock;

/// Of this thread: what a search takes on a machine that does nothing else.
double processor_milliseconds() {
    timespec now{};
    (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

constexpr std::size_t first_rows = 50;
constexpr std::size_t samples = 24;

/// The same for the index and for SQL.
struct Asked {
    std::string field, expression, sql;
};

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}
std::string literal(const std::string& text) {
    return "'" + text + "'";
}
std::string seconds(wire::Micros micros) {
    return std::to_string(micros / 1'000) + "ms";
}
std::string time_text(wire::Micros at) {
    const std::time_t whole = at / 1'000'000;
    char text[32];
    (void)std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&whole));
    return text;
}

std::string address_of(const wire::Endpoint& endpoint) {
    return wire::to_string(endpoint.address);
}

/// What finds the row, of each field.
std::vector<Asked> asked_of(const calls::Row& row) {
    const std::string outcome(calls::outcome_names[static_cast<std::size_t>(row.outcome())]);
    const std::string phone = address_of(row.endpoints().front());
    const auto carrier = address_of(row.endpoints().back());
    const std::string method = row.methods().back();
    const std::string agent = row.user_agents().front();
    const auto equal = [](const std::string& column, const std::string& value) {
        return column + " = " + literal(value);
    };
    const auto has = [](const std::string& column, const std::string& value) {
        return column + " @> ARRAY[" + literal(value) + "]";
    };
    std::vector<Asked> all = {
        {"from", "from=" + row.from().user, equal("from_user", row.from().user)},
        {"to", "to=" + row.to().user, equal("to_user", row.to().user)},
        {"user", "user=" + row.to().user, has("users", row.to().user)},
        {"ip", "ip=" + phone, has("addresses", phone)},
        {"host", "host=" + carrier, has("addresses", carrier)},
        {"port", "port=5060", "ports @> ARRAY[5060]"},
        {"outcome", "outcome=" + outcome, equal("outcome", outcome)},
        {"method", "method=" + method, has("methods", method)},
        {"kind", "kind=call", "kind = 0"},
        {"ua", "ua=" + quoted(agent), has("agents", agent)},
        {"call", "call=" + quoted(row.call_id()), equal("call_id", row.call_id())},
        {"since", "since=" + time_text(row.start()),
         "last >= " + std::to_string(row.start() / 1'000'000 * 1'000'000)},
        {"until", "until=" + time_text(row.start() + 1'000'000),
         "start <= " + std::to_string((row.start() / 1'000'000 + 1) * 1'000'000)},
    };
    if (const auto status = row.status()) {
        const std::string number = std::to_string(*status);
        all.push_back({"status", "status=" + number, "status = " + number});
    }
    if (const auto duration = row.duration()) {
        all.push_back({"duration", "duration>" + seconds(*duration / 2),
                       "duration > " + std::to_string(*duration / 2'000 * 1'000)});
    }
    if (const auto delay = row.post_dial_delay()) {
        all.push_back({"pdd", "pdd>" + seconds(*delay / 2),
                       "pdd > " + std::to_string(*delay / 2'000 * 1'000)});
    }
    return all;
}

void write_questions(const calls::Row& row, std::ostream& out) {
    const auto all = asked_of(row);
    for (const Asked& one : all)
        out << one.field << '\t' << one.expression << '\t' << one.sql << '\n';
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            out << all[i].field << '+' << all[j].field << '\t' << all[i].expression << ' '
                << all[j].expression << '\t' << all[i].sql << " AND " << all[j].sql << '\n';
        }
    }
}

template <class Texts>
std::string array_of(const Texts& texts) {
    std::string out = "{";
    for (const auto& text : texts) out += (out.size() > 1 ? ",\"" : "\"") + text + "\"";
    return out + "}";
}

template <class Number>
std::string or_null(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : "\\N";
}

void write_row(const calls::Row& row, std::ostream& out) {
    std::vector<std::string> addresses, users{row.from().user, row.to().user};
    std::string ports = "{";
    for (const wire::Endpoint& one : row.endpoints()) {
        addresses.push_back(address_of(one));
        ports += (ports.size() > 1 ? "," : "") + std::to_string(one.port);
    }
    out << row.call_id() << '\t' << static_cast<int>(row.kind()) << '\t'
        << (index::is_quiet(row.kind()) ? 1 : 0) << '\t' << row.start() << '\t' << row.last()
        << '\t' << row.from().user << '\t' << row.to().user << '\t' << array_of(users) << '\t'
        << array_of(addresses) << '\t' << ports << "}\t" << or_null(row.status()) << '\t'
        << calls::outcome_names[static_cast<std::size_t>(row.outcome())] << '\t'
        << array_of(row.methods()) << '\t' << array_of(row.user_agents()) << '\t'
        << or_null(row.duration()) << '\t' << or_null(row.post_dial_delay()) << '\n';
}

/// While it lives, rows go to plain tables without indexes. Its end sorts them into the real ones,
/// as ten million rows put in one by one at random places would write most of the database again
/// with each transaction.
class InBulk {
  public:
    explicit InBulk(index::Database& database) : database_(database) {
        index::Statement indexes(
            database, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL");
        std::vector<std::string> drops;
        while (indexes.step()) {
            drops.push_back("DROP INDEX " + std::string(indexes.bytes(0)));
            indexes_.emplace_back(indexes.bytes(1));
        }
        indexes.reset();
        for (const std::string& drop : drops) database.run(drop.c_str());
        for (const auto& [table, columns] : found_by) {
            run("ALTER TABLE " + table + " RENAME TO sorted_" + table);
            run("CREATE TABLE " + table + "(" + columns + ")");
        }
    }
    void sort() {
        for (const auto& [table, columns] : found_by) {
            run("INSERT INTO sorted_" + table + " SELECT " + columns + " FROM " + table +
                " ORDER BY " + columns);
            run("DROP TABLE " + table);
            run("ALTER TABLE sorted_" + table + " RENAME TO " + table);
        }
        for (const std::string& index : indexes_) run(index);
    }

  private:
    void run(const std::string& sql) { database_.run(sql.c_str()); }

    /// Their primary keys come first.
    static inline const std::vector<std::pair<std::string, std::string>> found_by = {
        {"users", "value, dialogue"},
        {"endpoints", "address, port, dialogue"},
        {"agents", "value, quiet, start, dialogue"},
        {"keys", "evidence, role, value, at, dialogue, place"},
        {"findings", "code, dialogue"}};
    index::Database& database_;
    std::vector<std::string> indexes_;
};

int make(const std::string& directory, std::uint64_t count, std::uint64_t seed) {
    const auto began = Clock::now();
    auto opened = index::open_for_writing(directory + "/calls.db", "");
    index::Database& database = opened.database;
    // It need not survive a kill.
    database.run(
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -3000000");
    InBulk bulk(database);
    index::DialogueTable table(database);
    bench::Dialogues dialogues(seed, count);
    std::ofstream rows(directory + "/rows.tsv"), questions(directory + "/queries.tsv");
    const std::uint64_t apart = std::max<std::uint64_t>(count / samples, 1);
    std::uint64_t until_sample = apart / 2;
    for (std::uint64_t made = 0; made < count;) {
        index::Transaction transaction(database);
        for (int i = 0; i < 100'000 && made < count; ++i, ++made) {
            const index::Dialogue dialogue = dialogues.next();
            const auto file = index::file_key(store::relative_path(dialogue.row.call_id()));
            table.write(file, dialogue, std::nullopt);
            write_row(dialogue.row, rows);
            if (until_sample > 0) --until_sample;
            if (until_sample == 0 && dialogue.row.kind() == calls::Kind::call) {
                write_questions(dialogue.row, questions);
                until_sample = apart;
            }
        }
        transaction.commit();
        if (made % 500'000 == 0) std::cerr << made << " made\n";
    }
    bulk.sort();
    database.run("VACUUM; PRAGMA journal_mode = WAL");
    const std::chrono::duration<double> took = Clock::now() - began;
    std::cout << "{\"dialogues\":" << count << ",\"seconds\":" << took.count() << "}\n";
    return EXIT_SUCCESS;
}

calls::Surroundings surroundings() {
    calls::Surroundings all;
    all.now = bench::Dialogues::first + wire::Micros{31} * 86'400 * bench::Dialogues::second;
    for (int i = 1; i <= 20; ++i) {
        const std::string address = "203.0.113." + std::to_string(i);
        all.hosts.push_back({address, {{wire::parse_address(address).value(), 32}}});
    }
    return all;
}

int ask(const std::string& directory) {
    index::Database database = index::open_for_reading(directory + "/calls.db");
    const calls::Surroundings around = surroundings();
    std::ifstream questions(directory + "/queries.tsv");
    std::map<std::string, std::vector<double>> times, processor_times;
    std::string line;
    while (std::getline(questions, line)) {
        std::istringstream parts(line);
        std::string name, text;
        std::getline(parts, name, '\t');
        std::getline(parts, text, '\t');
        const auto expression = calls::parse_expression(text, around);
        if (!expression) {
            std::cerr << text << ": " << expression.error().text << '\n';
            return EXIT_FAILURE;
        }
        const auto began = Clock::now();
        const double used = processor_milliseconds();
        const auto found =
            index::search(database, *expression, first_rows, [](auto&) { return true; });
        const std::chrono::duration<double, std::milli> took = Clock::now() - began;
        if (found.empty()) std::cerr << text << ": nothing found\n";
        times[name].push_back(took.count());
        processor_times[name].push_back(processor_milliseconds() - used);
    }
    for (auto& [name, all] : times) {
        auto& processor = processor_times[name];
        std::sort(all.begin(), all.end());
        std::sort(processor.begin(), processor.end());
        const std::size_t middle = all.size() / 2, most = all.size() * 99 / 100;
        std::printf("%s\t%.3f\t%.3f\t%.3f\t%.3f\n", name.c_str(), all[middle], all[most],
                    processor[middle], processor[most]);
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    if (words.size() >= 4 && words[1] == "make") {
        return make(words[2], std::stoull(words[3]), words.size() > 4 ? std::stoull(words[4]) : 1);
    }
    if (words.size() == 3 && words[1] == "ask") return ask(words[2]);
    std::cerr << "index_searches make DIRECTORY COUNT [SEED] | ask DIRECTORY\n";
    return 2;
}
