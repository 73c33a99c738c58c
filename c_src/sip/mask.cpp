#include "sip/mask.h"

#include "sip/mask_parts.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

/// What an SDP's line has before a key.
constexpr std::string_view key_names[] = {"inline:", "crypto:", "key-mgmt:", "ice-pwd:", "k="};

bool names_key(std::string_view text) noexcept {
    for (const auto name : key_names) {
        if (equal_without_case(text.substr(0, name.size()), name)) return true;
    }
    return false;
}

}  // namespace

bool mask(std::string_view message, const Masking& what, std::string& out) {
    Cover cover(message, out);
    // Credentials first: how a body is read must not depend on what they hide, or masking again
    // would read it in another way.
    if (what.credentials) cover_credentials(cover);
    if (what.bodies) cover_bodies(cover);
    return cover.has_changed();
}

bool mask_sdp(std::string_view sdp, std::string& out) {
    Cover cover(sdp, out);
    cover_sdp(cover, 0, sdp.size());
    return cover.has_changed();
}

bool mask_summary(std::string_view line, const Masking& what, std::string& out) {
    Cover cover(line, out);
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (at > 0 && is_token(line[at - 1])) continue;
        const auto rest = line.substr(at);
        if (const auto name = credentials_name(rest); what.credentials && name != 0) {
            cover.cover_text(at + name, line.size());
            break;
        }
        if (what.bodies && names_key(rest)) {
            cover.cover_text(at, line.size());
            break;
        }
    }
    return cover.has_changed();
}

}  // namespace ci::sip
