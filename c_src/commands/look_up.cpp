#include "commands/look_up.h"

#include <utility>

namespace ci::commands {

amqp::Found look_up(const store::Store& store, const amqp::Question& question) {
    amqp::Found found;
    for (const std::string& call_id : question.call_ids) {
        store::StoredCall dialogue = store.read(call_id);
        if (dialogue.error) found.error = dialogue.error.text();
        if (dialogue.chunks.empty()) continue;
        if (question.of_one_call) {
            found.chunks = std::move(dialogue.chunks);
        } else {
            found.call_ids.push_back(call_id);
        }
    }
    return found;
}

}  // namespace ci::commands
