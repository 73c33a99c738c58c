#include "ladder/own_addresses.h"

#include <algorithm>
#include <vector>

#include "sip/message.h"
#include "wire/endpoint.h"

namespace ci::ladder {
namespace {

std::string address_of(std::string_view endpoint) {
    const auto parsed = wire::parse_endpoint(endpoint);
    const bool is_known = parsed && parsed->address != wire::Address{parsed->address.family, {}};
    return is_known ? wire::to_string(parsed->address) : std::string();
}

struct TakenIn {
    std::size_t event;
    std::string from, at;
};

bool one_saw_both(std::span<const chunk::Chunk> chunks, const order::Event& first,
                  const order::Event& second) {
    return std::any_of(first.seen.begin(), first.seen.end(), [&](std::size_t one) {
        return std::any_of(second.seen.begin(), second.seen.end(), [&](std::size_t other) {
            return chunks[one].observer == chunks[other].observer;
        });
    });
}

}  // namespace

OwnAddresses::OwnAddresses(std::span<const chunk::Chunk> chunks, const order::Flow& flow) {
    std::unordered_map<std::string, TakenIn, wire::TextHash> taken_in;  // by CSeq and Vias
    for (std::size_t e = 0; e < flow.events.size(); ++e) {
        const order::Event& event = flow.events[e];
        const chunk::Chunk& chunk = chunks[event.chunk];
        if (!chunk.event.empty() || event.retransmission > 0) continue;
        const auto message = sip::parse(chunk.message);
        if (!message || !message->is_request) continue;
        const auto vias = sip::vias(*message);
        const std::string from = address_of(chunk.src), to = address_of(chunk.dst);
        if (vias.empty() || from.empty() || to.empty() || from == to) continue;
        std::string before(message->cseq_value);  // the stack without its topmost Via
        for (std::size_t i = 1; i < vias.size(); ++i) (before += '\n') += vias[i].branch;
        if (vias.size() > 1) {
            const auto found = taken_in.find(before);
            if (found != taken_in.end() && found->second.at != from && found->second.from != from &&
                to != found->second.at &&
                one_saw_both(chunks, flow.events[found->second.event], event)) {
                join(found->second.at, from);
            }
        }
        std::string stack(message->cseq_value);
        for (const sip::Via& via : vias) (stack += '\n') += via.branch;
        taken_in.emplace(std::move(stack), TakenIn{e, from, to});
    }
}

std::string_view OwnAddresses::host_of(std::string_view address) const {
    for (auto found = same_as_.find(std::string(address)); found != same_as_.end();
         found = same_as_.find(found->second)) {
        address = found->second;
    }
    return address;
}

void OwnAddresses::join(const std::string& one, const std::string& other) {
    const std::string first(host_of(one)), second(host_of(other));
    if (first != second) same_as_.emplace(second, first);
}

}  // namespace ci::ladder
