#include "inspector/masking.h"

#include <functional>

namespace ci::inspector {
namespace {

constexpr std::string_view unreadable = "unreadable", bad = "bad";

bool mask_message(const chunk::Draft& draft, const sip::Masking& what, std::string& out) {
    // A log line is the text of an operator's script, not a message or its body.
    if (draft.event == "log" || draft.is_described) {
        return sip::mask_event(draft.message, {what.credentials, false}, out);
    }
    if (draft.event.empty() || draft.event == bad) return sip::mask(draft.message, what, out);
    if (draft.event == "sdp") return sip::mask_sdp(draft.message, what, out);
    return sip::mask_event(draft.message, what, out);
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find_first_of("\r\n"));
}

/// Moves `view` to the same place in `masked` if it is a part of `message`.
void follow(std::string_view& view, std::string_view message, std::string_view masked) {
    const std::less_equal<> not_after;
    if (!not_after(message.data(), view.data())) return;
    if (!not_after(view.data() + view.size(), message.data() + message.size())) return;
    view = masked.substr(static_cast<std::size_t>(view.data() - message.data()), view.size());
}

}  // namespace

chunk::Draft Masker::apply(const chunk::Draft& draft, const sip::Masking& what) {
    chunk::Draft masked = draft;
    if (draft.event == unreadable) {
        // An unreadable payload cannot be masked, and others may be able to inflate parts of it.
        if (what.credentials || what.bodies) masked.message = draft.label;
        return masked;
    }
    // Most records of a proxy's log are two chunks with one text.
    const bool is_again = draft.is_described && draft.message == described_;
    if (!is_again) {
        is_masked_ = mask_message(draft, what, message_);
        described_ = draft.is_described ? draft.message : std::string_view();
    }
    if (!is_masked_) return masked;
    masked.message = message_;
    if (draft.event.empty() && !draft.is_described) {
        follow(masked.label, draft.message, message_);
        follow(masked.c_seq, draft.message, message_);
        return masked;
    }
    // The label of an event, or of a log's record, may quote any part of its lines.
    if (sip::mask_summary(draft.label, what, label_)) {
        masked.label = label_;
    } else if (draft.event == bad && first_line(draft.message) != first_line(message_)) {
        masked.label = "not SIP: (masked)";
    }
    return masked;
}

}  // namespace ci::inspector
