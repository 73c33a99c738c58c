#include "commands/masking.h"

namespace ci::commands {

chunk::Draft Masker::apply(const chunk::Draft& draft, const sip::Masking& what) {
    chunk::Draft masked = draft;
    if (draft.event == "log") return masked;  // what an operator's script chose to say
    const bool is_sdp = draft.event == "sdp";
    const bool has_changed = is_sdp ? what.bodies && sip::mask_sdp(draft.message, message_)
                                    : sip::mask(draft.message, what, message_);
    if (has_changed) masked.message = message_;
    // A message's label is its start line; an event's may quote anything of its lines.
    if (has_changed && !draft.event.empty() && sip::mask_summary(draft.label, what, label_)) {
        masked.label = label_;
    }
    return masked;
}

}  // namespace ci::commands
