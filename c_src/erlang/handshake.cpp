#include "erlang/handshake.h"

#include <algorithm>

#include "wire/utf8.h"

namespace ci::erlang {
namespace {

constexpr std::size_t longest_name = 255;  // characters, as in any atom

template <class Int>
void append(std::string& out, Int value) {
    for (std::size_t i = sizeof(Int); i-- > 0;) {
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
}

std::string with_length(std::string_view payload) {
    std::string out;
    append(out, static_cast<std::uint16_t>(payload.size()));
    return out.append(payload);
}

bool is_tagged(wire::Bytes payload, char tag, std::size_t least) {
    return payload.size() >= least && payload[0] == static_cast<std::byte>(tag);
}

}  // namespace

bool is_node_name(std::string_view name) {
    const auto characters = wire::count_utf8(name);
    return characters && *characters > 0 && *characters <= longest_name &&
           std::none_of(name.begin(), name.end(),
                        [](char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; });
}

std::optional<ClientName> decode_name(wire::Bytes payload) {
    ClientName client;
    if (is_tagged(payload, 'N', 15)) {
        client.flags = wire::be_at<std::uint64_t>(payload, 1);
        const auto length = wire::be_at<std::uint16_t>(payload, 13);
        const wire::Bytes rest = payload.subspan(15);
        if (length > rest.size())
            return std::nullopt;  // what follows the name is for later releases
        client.name = wire::as_text(rest.first(length));
    } else if (is_tagged(payload, 'n', 7)) {
        client.is_version_5 = true;
        client.flags = wire::be_at<std::uint32_t>(payload, 3);
        client.name = wire::as_text(payload.subspan(7));
    }
    if (!is_node_name(client.name)) return std::nullopt;
    return client;
}

std::optional<std::uint64_t> decode_complement(wire::Bytes payload) {
    if (!is_tagged(payload, 'c', 9)) return std::nullopt;
    return static_cast<std::uint64_t>(wire::be_at<std::uint32_t>(payload, 1)) << 32U;
}

std::optional<ChallengeReply> decode_challenge_reply(wire::Bytes payload) {
    ChallengeReply reply;
    if (!is_tagged(payload, 'r', 5 + reply.digest.size())) return std::nullopt;
    reply.challenge = wire::be_at<std::uint32_t>(payload, 1);
    std::copy_n(payload.begin() + 5, reply.digest.size(), reply.digest.begin());
    return reply;
}

std::string encode_status(std::string_view status) {
    return with_length(std::string("s").append(status));
}

std::string encode_named(std::string_view name, std::uint32_t creation) {
    std::string payload = "snamed:";
    append(payload, static_cast<std::uint16_t>(name.size()));
    payload.append(name);
    append(payload, creation);
    return with_length(payload);
}

std::string encode_challenge(const ClientName& client, std::string_view our_name,
                             std::uint32_t challenge, std::uint32_t creation) {
    std::string payload;
    if (client.takes_version_6()) {
        payload = "N";
        // A client that wants a name takes one only from who has this flag, too.
        append(payload, our_flags | (client.flags & name_me));
        append(payload, challenge);
        append(payload, creation);
        append(payload, static_cast<std::uint16_t>(our_name.size()));
    } else {
        payload = "n";
        append(payload, std::uint16_t{5});
        append(payload, static_cast<std::uint32_t>(our_flags));
        append(payload, challenge);
    }
    return with_length(payload.append(our_name));
}

std::string encode_challenge_ack(const Digest& digest) {
    return with_length(std::string("a").append(wire::as_text(digest)));
}

}  // namespace ci::erlang
