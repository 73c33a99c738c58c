#include "calls/story/words.h"

#include <algorithm>
#include <iterator>

#include "calls/uri.h"

namespace ci::calls {
namespace {

/// RFC 3261 21.
struct Saying {
    std::uint16_t status;
    std::string_view refusal, meaning;
};
constexpr Saying sayings[] = {
    {401, "wants a name and password", "a name and password are wanted"},
    {403, "does not allow it", "it is not allowed"},
    {404, "does not know the number", "nobody has this number there"},
    {407, "wants a name and password", "a name and password are wanted"},
    {408, "got no answer in time", "somebody on the way did not answer in time"},
    {410, "knows the number no more", "the number is not in use any more"},
    {480, "could not reach the callee", "the callee could not be reached, or did not answer"},
    {481, "does not know of this call", "the other side does not know of this call"},
    {483, "saw the call pass too many hosts", "the call went in a circle"},
    {484, "finds the number too short", "the number is too short"},
    {486, "is busy", "the callee is busy"},
    {487, "was called off", "the call was called off"},
    {488, "does not agree to the codecs", "the two sides have no codec in common"},
    {500, "had an error of its own", "a server had an error"},
    {503, "has no capacity, or is in maintenance", "a server has no capacity at the moment"},
    {504, "got no answer from the next server", "a server on the way did not answer"},
    {600, "is busy everywhere", "the callee is busy"},
    {603, "declined", "the callee does not want the call"},
};

const Saying* saying_of(std::uint16_t status) noexcept {
    const auto* found = std::find_if(std::begin(sayings), std::end(sayings),
                                     [&](const Saying& one) { return one.status == status; });
    return found == std::end(sayings) ? nullptr : found;
}

}  // namespace

std::string party_text(std::string_view from_or_to) {
    const NameAddr address = parse_name_addr(from_or_to);
    std::string name = unquote(address.name);
    return name.empty() ? unescape(address.uri.user) : name;
}

std::string refusal_words(std::uint16_t status) {
    if (const Saying* one = saying_of(status)) return std::string(one->refusal);
    return status < 400 ? "named another target" : "refused the call";
}

std::string meaning_words(std::uint16_t status) {
    if (const Saying* one = saying_of(status)) return std::string(one->meaning);
    return status < 400 ? "another target is to be called" : "the call was refused";
}

}  // namespace ci::calls
