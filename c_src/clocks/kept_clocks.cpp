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

/// The members of a Slot, in their order in the file, and those of a Fall.
constexpr wire::Micros Delays::Slot::*of_slot[] = {&Delays::Slot::at, &Delays::Slot::middle,
                                                   &Delays::Slot::least, &Delays::Slot::most};
constexpr wire::Micros Delays::Fall::*of_fall[] = {&Delays::Fall::at, &Delays::Fall::from};

std::optional<wire::Micros> read_time(const json& value) {
    if (!value.is_number_integer()) return std::nullopt;
    const auto time = value.get<wire::Micros>();
    if (time > latest || time < -latest) return std::nullopt;
    return time;
}

/// Restores an array of arrays of times, each of which is a slot or a fall. A file from before
/// delays were kept has none.
template <class One, std::size_t n>
bool read_delays(const json& object, const char* name, wire::Micros One::*const (&members)[n],
                 Delays& delays) {
    const auto found = object.find(name);
    if (found == object.end()) return true;
    if (!found->is_array()) return false;
    for (const json& times_of_one : *found) {
        if (!times_of_one.is_array() || times_of_one.size() != n) return false;
        One one;
        for (std::size_t i = 0; i < n; ++i) {
            const auto time = read_time(times_of_one[i]);
            if (!time) return false;
            one.*members[i] = *time;
        }
        delays.restore(one);
    }
    return true;
}

template <class All, class One, std::size_t n>
json delays_json(const All& all, wire::Micros One::*const (&members)[n]) {
    json array = json::array();
    for (const One& one : all) {
        json times_of_one = json::array();
        for (const auto member : members) times_of_one.push_back(one.*member);
        array.push_back(std::move(times_of_one));
    }
    return array;
}

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
        const auto time = found == object.end() ? std::nullopt : read_time(*found);
        if (!time) return std::nullopt;
        row.track.*member = *time;
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
    if (!read_delays(object, "delays", of_slot, row.delays) ||
        !read_delays(object, "falls", of_fall, row.delays)) {
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
        if (!row.delays.kept_slots().empty()) {
            object["delays"] = delays_json(row.delays.kept_slots(), of_slot);
            object["falls"] = delays_json(row.delays.kept_falls(), of_fall);
        }
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
