#include "fronts/control_places.h"

namespace ci::fronts {

bool Places::make_room(int descriptor) {
    const bool is_there = guests_.size() < limits_.guests && descriptor < limits_.descriptors;
    return is_there || end_one();
}

bool Places::end_one() {
    for (const auto doing : {Guest::Doing::asking, Guest::Doing::reading}) {
        if (Guest* const guest = longest(doing); guest != nullptr) {
            end(*guest);
            return true;
        }
    }
    return false;
}

void Places::make_room_for(std::size_t bytes) {
    std::size_t all = bytes;
    for (const Guest* guest : guests_) all += guest->bytes();
    while (all > limits_.bytes) {
        Guest* const slowest = longest(Guest::Doing::reading);
        if (slowest == nullptr) return;
        all -= slowest->bytes();
        end(*slowest);
    }
}

Guest* Places::longest(Guest::Doing doing) const {
    Guest* found = nullptr;
    for (Guest* guest : guests_) {
        const bool is_one = guest->doing() == doing;
        if (is_one && (found == nullptr || guest->since() < found->since())) found = guest;
    }
    return found;
}

void Places::end(Guest& guest) {
    leave(guest);  // frees the place at once; the session may be destroyed later
    guest.end();
}

}  // namespace ci::fronts
