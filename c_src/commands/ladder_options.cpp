#include "commands/ladder_options.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "wire/visible.h"

namespace ci::commands {
namespace {

using ladder::View;

struct LadderSwitch {
    std::string_view word;
    bool View::*what;
    bool value;
};
constexpr LadderSwitch switches[] = {
    {"color", &View::colour, true}, {"nocolor", &View::colour, false},
    {"ascii", &View::ascii, true},  {"unicode", &View::ascii, false},
    {"open", &View::open, true},    {"folded", &View::open, false},
    {"sdp", &View::sdp, true},      {"nosdp", &View::sdp, false},
};

struct LadderList {
    std::string_view begin;
    std::vector<std::string> View::*what;
};
constexpr LadderList lists[] = {{"legs=", &View::only_legs}, {"hosts=", &View::only_hosts}};

std::vector<std::string> parts_of(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma > 0) parts.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return parts;
}

bool is_number(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool take_width(const std::string& word, View& view) {
    if (word.size() > 4) return false;
    view.width = std::stoul(word);
    return view.width >= ladder::least_width && view.width <= ladder::most_width;
}

bool take_option(std::string_view word, View& view) {
    for (const LadderSwitch& one : switches) {
        if (one.word != word) continue;
        view.*one.what = one.value;
        return true;
    }
    for (const LadderList& one : lists) {
        if (!word.starts_with(one.begin)) continue;
        view.*one.what = parts_of(word.substr(one.begin.size()));
        return !(view.*one.what).empty();
    }
    return false;
}

std::string known_options() {
    std::string text = "a width from " + std::to_string(ladder::least_width) + " to " +
                       std::to_string(ladder::most_width);
    for (const LadderSwitch& one : switches) (text += ", ") += one.word;
    return text + ", legs=LETTER,..., hosts=NAME,...";
}

}  // namespace

wire::expected<View, std::string> read_view(std::span<const std::string> words) {
    View view;
    for (const std::string& word : words) {
        if (is_number(word) ? take_width(word, view) : take_option(word, view)) continue;
        return "unknown option '" + wire::visible_line(word) + "' (known: " + known_options() + ")";
    }
    return view;
}

}  // namespace ci::commands
