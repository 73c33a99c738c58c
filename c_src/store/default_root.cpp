#include <unistd.h>

#include <cstdlib>

#include "store/store.h"

namespace ci::store {

std::filesystem::path default_root() {
    if (::geteuid() == 0) return "/var/log/kazoo/call_inspector";
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
        return std::filesystem::path(state) / "call_inspector";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/tmp") / ".local/state/call_inspector";
}

}  // namespace ci::store
