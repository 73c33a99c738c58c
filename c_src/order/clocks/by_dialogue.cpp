#include "order/clocks/by_dialogue.h"

namespace ci::order {

std::vector<DialoguePart> split_by_dialogue(const Transmissions& whole, std::size_t dialogues) {
    std::vector<DialoguePart> parts(dialogues);
    for (const Message& message : whole.messages) {
        auto& [transmissions, nodes] = parts[message.what->dialogue];
        Message own = message;
        own.first = static_cast<std::uint32_t>(transmissions.all.size());
        const auto number = static_cast<std::uint32_t>(transmissions.messages.size());
        for (std::uint32_t k = message.first; k < message.first + message.count; ++k) {
            transmissions.all.push_back(whole.all[k]);
            transmissions.all.back().message = number;
            nodes.push_back(k);
        }
        transmissions.messages.push_back(own);
    }
    return parts;
}

}  // namespace ci::order
