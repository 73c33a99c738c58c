#include "erlang/port_terms.h"

#include <ei.h>

#include "erlang/terms.h"

namespace ci::erlang {
namespace {

/// {Key, Body}, {bound, Queue, Node}, unbound, leaving or not_understood.
std::optional<Amqp> decode_amqp(Terms& terms) {
    int arity = 0;
    std::string name;
    switch (terms.kind(arity)) {
        case ERL_ATOM_EXT:
            if (!terms.atom(name)) return std::nullopt;
            if (name == "unbound") return AmqpUnbound{};
            if (name == "leaving") return AmqpLeaving{};
            if (name == "not_understood") return AmqpNotUnderstood{};
            return std::nullopt;
        case ERL_SMALL_TUPLE_EXT:
        case ERL_LARGE_TUPLE_EXT:
            break;
        default:
            return std::nullopt;
    }
    if (!terms.tuple(arity)) return std::nullopt;
    if (arity == 2) {
        AmqpMessage message;
        if (!decode_word(terms, message.key) || !decode_word(terms, message.body)) return {};
        return message;
    }
    AmqpBound bound;
    if (arity != 3 || !terms.atom(name) || name != "bound" || !decode_word(terms, bound.queue) ||
        !decode_word(terms, bound.node)) {
        return std::nullopt;
    }
    return bound;
}

/// The head of a message, up to its number: {req, Id, ... or {credit, N.
struct Head {
    bool is_credit = false;
    std::uint64_t number = 0;
};

std::optional<Head> decode_head(Terms& terms) {
    int arity = 0;
    std::string name;
    unsigned long long number = 0;
    if (!terms.version() || !terms.tuple(arity)) return std::nullopt;
    const bool is_credit = arity == 2;
    if (!is_credit && arity != 4) return std::nullopt;
    if (!terms.atom(name) || name != (is_credit ? "credit" : "req")) return std::nullopt;
    if (!terms.number(number)) return std::nullopt;
    return Head{is_credit, number};
}

wire::expected<Incoming, Malformed> decode_operation(Terms& terms, Id id) {
    const std::size_t op_at = terms.at();
    std::string op;
    if (!terms.atom(op)) return Malformed{{Reason::not_a_request, op_at}, id};
    if (op == "amqp") {
        const std::size_t at = terms.at();
        auto amqp = decode_amqp(terms);
        if (!amqp) return Malformed{{Reason::bad_argument, at}, id};
        return Incoming{AmqpRequest{id, *std::move(amqp)}};
    }
    if (op != "command") return Malformed{{Reason::unknown_op, op_at}, id};
    Request request{id, {}};
    if (const auto why = decode_words(terms, request.words)) return Malformed{*why, id};
    return Incoming{std::move(request)};
}

/// Appends one frame with a tuple whose first element is the atom `tag`. `encode` writes the other
/// elements. It is called twice, first with nullptr as buffer to compute the size.
template <class Encode>
void append_tuple(std::string& out, int arity, const char* tag, Encode encode) {
    const auto write = [&](char* buffer, int* at) {
        ei_encode_version(buffer, at);
        ei_encode_tuple_header(buffer, at, arity);
        ei_encode_atom(buffer, at, tag);
        encode(buffer, at);
    };
    int size = 0;
    write(nullptr, &size);
    const auto length = static_cast<std::uint32_t>(size);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        out.push_back(static_cast<char>(length >> shift));
    }
    const std::size_t begin = out.size();
    out.resize(begin + length);
    int at = 0;
    write(out.data() + begin, &at);
}

void encode_binary(char* buffer, int* at, std::string_view text) {
    ei_encode_binary(buffer, at, text.data(), static_cast<long>(text.size()));
}

/// {resp, Id, {Kind, Text}}
void append_answer(Id id, const char* kind, std::string_view text, std::string& out) {
    append_tuple(out, 3, "resp", [&](char* buffer, int* at) {
        ei_encode_ulonglong(buffer, at, id);
        ei_encode_tuple_header(buffer, at, 2);
        ei_encode_atom(buffer, at, kind);
        encode_binary(buffer, at, text);
    });
}

struct AppendAmqp {
    char* buffer;
    int* at;
    void operator()(const AmqpMessage& message) const {
        ei_encode_tuple_header(buffer, at, 2);
        encode_binary(buffer, at, message.key);
        encode_binary(buffer, at, message.body);
    }
    void operator()(const AmqpBound& bound) const {
        ei_encode_tuple_header(buffer, at, 3);
        ei_encode_atom(buffer, at, "bound");
        encode_binary(buffer, at, bound.queue);
        encode_binary(buffer, at, bound.node);
    }
    void operator()(const AmqpUnbound& /*none*/) const { ei_encode_atom(buffer, at, "unbound"); }
    void operator()(const AmqpLeaving& /*none*/) const { ei_encode_atom(buffer, at, "leaving"); }
    void operator()(const AmqpNotUnderstood& /*none*/) const {
        ei_encode_atom(buffer, at, "not_understood");
    }
};

const char* name_of(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

}  // namespace

wire::expected<Incoming, Malformed> decode_incoming(wire::Bytes frame) {
    const auto shape = check_term(frame);
    Terms terms(frame, shape ? frame.size() : shape.error().at);
    const auto head = decode_head(terms);
    if (!shape) {
        std::optional<Id> id;
        if (head && !head->is_credit) id = head->number;
        return Malformed{shape.error(), id};
    }
    if (!head) return Malformed{{Reason::not_a_request, terms.at()}, std::nullopt};
    if (head->is_credit) return Incoming{Credit{head->number}};
    return decode_operation(terms, head->number);
}

std::string describe(const Malformed& malformed) {
    return std::string("malformed request: ") + to_string(malformed.why.reason) + " (byte " +
           std::to_string(malformed.why.at) + ")\n";
}

void append_hello(std::uint64_t os_pid, std::string& out) {
    append_tuple(out, 2, "hello", [&](char* buffer, int* at) {
        ei_encode_tuple_header(buffer, at, 2);
        ei_encode_long(buffer, at, port_protocol);
        ei_encode_ulonglong(buffer, at, os_pid);
    });
}

void append_ok(Id id, std::string_view text, std::string& out) {
    if (text.size() > max_text) {
        append_error(id, Failure::failed,
                     "the answer is too large: " + std::to_string(text.size()) + " bytes\n", out);
        return;
    }
    append_answer(id, "ok", text, out);
}

void append_more(Id id, std::string_view piece, std::string& out) {
    append_answer(id, "more", piece.substr(0, max_text), out);
}

void append_error(Id id, Failure failure, std::string_view text, std::string& out) {
    append_tuple(out, 3, "resp", [&](char* buffer, int* at) {
        ei_encode_ulonglong(buffer, at, id);
        ei_encode_tuple_header(buffer, at, 2);
        ei_encode_atom(buffer, at, "error");
        ei_encode_tuple_header(buffer, at, 2);
        ei_encode_atom(buffer, at, failure == Failure::usage ? "usage" : "failed");
        encode_binary(buffer, at, text.substr(0, max_text));
    });
}

void append_log(Level level, std::string_view text, std::string& out) {
    append_tuple(out, 3, "log", [&](char* buffer, int* at) {
        ei_encode_atom(buffer, at, name_of(level));
        encode_binary(buffer, at, text.substr(0, max_text));
    });
}

void append_publish(std::uint64_t seq, std::string_view exchange, std::string_view key,
                    std::string_view body, std::string& out) {
    append_tuple(out, 4, "event", [&](char* buffer, int* at) {
        ei_encode_ulonglong(buffer, at, seq);
        ei_encode_atom(buffer, at, "publish");
        ei_encode_tuple_header(buffer, at, 3);
        encode_binary(buffer, at, exchange);
        encode_binary(buffer, at, key);
        encode_binary(buffer, at, body.substr(0, max_text));
    });
}

void append_request(const Request& request, std::string& out) {
    append_tuple(out, 4, "req", [&](char* buffer, int* at) {
        ei_encode_ulonglong(buffer, at, request.id);
        ei_encode_atom(buffer, at, "command");
        if (!request.words.empty()) {
            ei_encode_list_header(buffer, at, static_cast<int>(request.words.size()));
        }
        for (const auto& word : request.words) encode_binary(buffer, at, word);
        ei_encode_empty_list(buffer, at);
    });
}

void append_request(const AmqpRequest& request, std::string& out) {
    append_tuple(out, 4, "req", [&](char* buffer, int* at) {
        ei_encode_ulonglong(buffer, at, request.id);
        ei_encode_atom(buffer, at, "amqp");
        std::visit(AppendAmqp{buffer, at}, request.amqp);
    });
}

void append_credit(const Credit& credit, std::string& out) {
    append_tuple(out, 2, "credit",
                 [&](char* buffer, int* at) { ei_encode_ulonglong(buffer, at, credit.events); });
}

}  // namespace ci::erlang
