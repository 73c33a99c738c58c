#include "cli/ladder_words.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "commands/ladder_options.h"

namespace ci::cli {
namespace {

constexpr std::string_view colour = "color", no_colour = "nocolor";

bool is_ladder(const Arguments& words) {
    return words.size() > 1 && (words[0] == "ladder" || words[0] == "ladder_all");
}

bool has(const Arguments& words, std::string_view word) {
    return words.size() > 2 && std::find(words.begin() + 2, words.end(), word) != words.end();
}

bool is_width(const std::string& word) {
    return word.find_first_not_of("0123456789") == std::string::npos;
}

bool terminal_has_colours() {
    const char* const no = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    return (no == nullptr || *no == '\0') && terminal != nullptr &&
           std::string_view(terminal) != "dumb";
}

}  // namespace

Arguments as_for_terminal(Arguments words) {
    if (!is_ladder(words) || ::isatty(STDOUT_FILENO) == 0) return words;
    const auto has_room = [&] { return words.size() - 1 < commands::most_ladder_words; };
    ::winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    if (is_known && has_room() && std::none_of(words.begin() + 2, words.end(), is_width)) {
        const std::size_t width = size.ws_col;
        words.push_back(std::to_string(std::clamp(width, ladder::least_width, ladder::most_width)));
    }
    if (terminal_has_colours() && has_room() && !has(words, colour) && !has(words, no_colour)) {
        words.emplace_back(colour);
    }
    return words;
}

bool wants_colour(const Arguments& words) {
    return is_ladder(words) && has(words, colour);
}

}  // namespace ci::cli
