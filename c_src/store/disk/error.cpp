#include "store/disk/error.h"

#include <system_error>

namespace ci::store {

std::string Error::why() const {
    switch (code) {
        case 0:
            return {};
        case not_regular:
            return "not a regular file";
        case in_use:
            return "another inspector stores there";
        case pinned:
            return "the call is pinned";
        default:
            return std::system_category().message(code);
    }
}

std::string Error::text() const {
    return code == 0 || what.empty() ? why() : what + ": " + why();
}

}  // namespace ci::store
