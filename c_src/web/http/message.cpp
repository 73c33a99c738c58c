#include "web/http/message.h"

#include <algorithm>

#include "sip/text.h"

namespace ci::web {
namespace {

/// The next element of a list, without blanks; the list loses it.
std::string_view next_element(std::string_view& list, char separator) noexcept {
    const std::size_t end = std::min(list.find(separator), list.size());
    std::string_view element = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (element.starts_with(' ') || element.starts_with('\t')) element.remove_prefix(1);
    while (element.ends_with(' ') || element.ends_with('\t')) element.remove_suffix(1);
    return element;
}

bool is_zero(std::string_view weight) noexcept {
    return weight.starts_with("q=0") && weight.find_first_not_of("0.", 3) == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view list) noexcept {
    bool anything = false;
    while (!list.empty()) {
        std::string_view element = next_element(list, ',');
        const std::string_view coding = next_element(element, ';');
        const bool is_wanted = !is_zero(next_element(element, ';'));
        if (sip::equal_without_case(coding, "gzip")) return is_wanted;
        if (coding == "*") anything = is_wanted;
    }
    return anything;
}

bool names_tag(std::string_view list, std::string_view tag) noexcept {
    while (!list.empty()) {
        std::string_view one = next_element(list, ',');
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == tag || one == "*") return true;
    }
    return false;
}

}  // namespace ci::web
