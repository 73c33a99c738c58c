#include "calls/key.h"
#include "calls/rules.h"

namespace ci::calls {

std::vector<Key> keys_of(const sip::Message& /*message*/, const Sighting& /*sighting*/,
                         const Rules& /*rules*/) {
    return {};
}
std::vector<Key> keys_of_event(std::string_view /*text*/, const Sighting& /*sighting*/,
                               const Rules& /*rules*/) {
    return {};
}

}  // namespace ci::calls
