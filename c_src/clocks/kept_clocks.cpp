#include "clocks/kept_clocks.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace ci::clocks {
namespace {

using json = nlohmann::ordered_json;

// The members of a Track, by their names in the file.
constexpr struct {
    const char* name;
    wire::Micros Track::*member;
} times[] = {{"origin", &Track::origin},
             {"base", &Track::base},
             {"since", &Track::since},
             {"last", &Track::last}};
constexpr struct {
    const char* name;
    double Track::*member;
} numbers[] = {{"weight", &Track::weight}, {"time", &Track::time},
               {"value", &Track::value},   {"time_spread", &Track::time_spread},
               {"slope", &Track::slope},   {"deviation", &Track::deviation}};

/// Greater times are not times, and greater numbers were not written by this program.
constexpr double limit = 1e30;
constexpr wire::Micros latest = wire::Micros{1} << 53U;

std::optional<clocks::ClockTable::Row> read_row(std::string_view line) {
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    clocks::ClockTable::Row row;
    const auto text = [&](const char* name, std::string& value) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_string()) return false;
        value = found->get<std::string>();
        return true;
    };
    if (!text("from", row.from) || !text("to", row.to)) return std::nullopt;
    for (const auto& [name, member] : times) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_number_integer()) return std::nullopt;
        const auto value = found->get<wire::Micros>();
        if (value > latest || value < -latest) return std::nullopt;
        row.track.*member = value;
    }
    for (const auto& [name, member] : numbers) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_number()) return std::nullopt;
        const auto value = found->get<double>();
        if (!(std::abs(value) < limit)) return std::nullopt;
        row.track.*member = value;
    }
    const auto count = object.find("count");
    if (count == object.end() || !count->is_number_unsigned()) return std::nullopt;
    row.track.count = count->get<std::uint64_t>();
    if (row.from.empty() || row.track.count == 0 || row.track.weight <= 0 ||
        row.track.time_spread < 0 || row.track.deviation < 0) {
        return std::nullopt;
    }
    return row;
}

}  // namespace

std::string to_text(const std::vector<clocks::ClockTable::Row>& rows) {
    std::string text;
    for (const auto& row : rows) {
        json object = {{"from", row.from}, {"to", row.to}, {"count", row.track.count}};
        for (const auto& [name, member] : times) object[name] = row.track.*member;
        for (const auto& [name, member] : numbers) object[name] = row.track.*member;
        text += object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    }
    return text;
}

KeptClocks read_clocks(std::string_view text, wire::Micros oldest) {
    KeptClocks kept;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        auto row = read_row(line);
        if (!row) {
            ++kept.skipped;
        } else if (row->track.last >= oldest) {
            kept.rows.push_back(*std::move(row));
        }
    }
    return kept;
}

}  // namespace ci::clocks
