#include "sip/mask.h"

#include <string>
#include <utility>

#include "sip/credentials_name.h"
#include "sip/lines.h"
#include "sip/mask_parts.h"
#include "sip/start_line.h"
#include "sip/text.h"

namespace ci::sip {
namespace {

/// The texts in front of a key in SDP.
constexpr std::string_view key_names[] = {"inline:", "crypto:", "key-mgmt:", "ice-pwd:", "k="};

bool names_key(std::string_view text) noexcept {
    for (const auto name : key_names) {
        if (equal_without_case(text.substr(0, name.size()), name)) return true;
    }
    return false;
}

bool begins_like_message(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return true;
    Lines lines(text.substr(begin));
    return read_start_line(lines.next()).has_value();
}

/// Covers until nothing is left to be covered, so that masking again changes nothing. `cover_once`
/// returns true if it knows that nothing is left.
template <class CoverOnce>
void repeat(Cover& cover, CoverOnce cover_once) {
    constexpr unsigned max_rounds = 8;
    for (unsigned round = 0;; ++round) {
        const std::size_t before = cover.covered();
        if (cover_once() || cover.covered() == before) return;
        // Only a crafted text reads differently after each round: cover it completely.
        if (round == max_rounds) return cover.cover_text(0, cover.text().size());
    }
}

bool mask_as(Form form, std::string_view text, const Masking& what, std::string& out) {
    Cover cover(text, out);
    const bool has_credentials =
        what.credentials && (form == Form::headless || next_anchor(text) != std::string_view::npos);
    if (!has_credentials && !what.bodies) return false;
    repeat(cover, [&] {
        // Credentials first: the way a body is read must not depend on text that gets covered.
        const bool is_settled = !has_credentials || cover_credentials(cover, form);
        if (what.bodies) cover_bodies(cover);
        return is_settled && !what.bodies;
    });
    return cover.has_changed();
}

}  // namespace

bool mask(std::string_view message, const Masking& what, std::string& out) {
    if (!begins_like_message(message)) return mask_as(Form::headless, message, what, out);
    if (!mask_as(Form::message, message, what, out)) return false;
    if (begins_like_message(out)) return true;
    // The start line held credentials and no longer is a start line: masking again would read the
    // line as the rest of a header.
    const std::string covered = std::move(out);
    if (!mask_as(Form::headless, covered, what, out)) out = covered;
    return true;
}

bool mask_event(std::string_view text, const Masking& what, std::string& out) {
    return mask_as(Form::event, text, what, out);
}

bool mask_sdp(std::string_view sdp, const Masking& what, std::string& out) {
    Cover cover(sdp, out);
    repeat(cover, [&] {
        if (what.credentials) cover_credentials(cover, Form::event);
        if (what.bodies) cover_sdp(cover, 0, sdp.size());
        return false;
    });
    return cover.has_changed();
}

bool mask_summary(std::string_view line, const Masking& what, std::string& out) {
    Cover cover(line, out);
    if (what.credentials) cover_summary(cover);
    for (std::size_t at = 0; what.bodies && at < line.size(); ++at) {
        if (at > 0 && is_token(line[at - 1])) continue;
        if (!names_key(line.substr(at))) continue;
        cover.cover_text(at, line.size());
        break;
    }
    return cover.has_changed();
}

}  // namespace ci::sip
