#include "erlang/port_terms.h"

#include <ei.h>

#include <array>

#include "wire/utf8.h"

namespace ci::erlang {
namespace {

constexpr std::size_t max_words = 1'000;

/// libei's decoders over bytes that check_term() has checked. Only terms that begin before `sound`
/// are decoded: up to there every term without elements is whole.
class Terms {
  public:
    Terms(wire::Bytes bytes, std::size_t sound)
        : data_(reinterpret_cast<const char*>(bytes.data())), sound_(sound) {}

    [[nodiscard]] std::size_t at() const { return static_cast<std::size_t>(at_); }

    /// The kind of the next term, ERL_SMALL_TUPLE_EXT and so on (ERL_ATOM_EXT for any atom); `size`
    /// is its size as libei defines it. 0: no sound term is left.
    int kind(int& size) const {
        int type = 0;
        if (at() >= sound_ || ei_get_type(data_, &at_, &type, &size) != 0) return 0;
        return type;
    }

    bool version() {
        int number = 0;
        return at() < sound_ && ei_decode_version(data_, &at_, &number) == 0;
    }
    bool tuple(int& arity) {
        return at() < sound_ && ei_decode_tuple_header(data_, &at_, &arity) == 0;
    }
    bool list(int& length) {
        return at() < sound_ && ei_decode_list_header(data_, &at_, &length) == 0;
    }
    bool atom(std::string& name) {
        std::array<char, MAXATOMLEN_UTF8> text{};
        if (at() >= sound_ || ei_decode_atom_as(data_, &at_, text.data(), MAXATOMLEN_UTF8,
                                                ERLANG_UTF8, nullptr, nullptr) != 0) {
            return false;
        }
        name = text.data();
        return true;
    }
    bool number(unsigned long long& value) {
        return at() < sound_ && ei_decode_ulonglong(data_, &at_, &value) == 0;
    }
    bool number(long long& value) {
        return at() < sound_ && ei_decode_longlong(data_, &at_, &value) == 0;
    }
    bool binary(int size, std::string& text) {
        text.resize(static_cast<std::size_t>(size));
        long length = 0;
        return at() < sound_ && ei_decode_binary(data_, &at_, text.data(), &length) == 0;
    }
    /// Takes a STRING_EXT with its bytes unchanged.
    bool string(int size, std::string& bytes) {
        bytes.resize(static_cast<std::size_t>(size) + 1);  // libei appends a NUL
        if (at() >= sound_ || ei_decode_string(data_, &at_, bytes.data()) != 0) return false;
        bytes.pop_back();
        return true;
    }

  private:
    const char* data_;
    std::size_t sound_;
    int at_ = 0;
};

bool append_character(long long character, std::string& out) {
    return character >= 0 && wire::append_utf8(static_cast<std::uint64_t>(character), out);
}

bool decode_characters(Terms& terms, int length, std::string& word) {
    if (!terms.list(length)) return false;
    for (int i = 0; i < length; ++i) {
        long long character = 0;
        if (!terms.number(character) || !append_character(character, word)) return false;
    }
    int none = 0;
    return terms.kind(none) == ERL_NIL_EXT && terms.list(none);
}

bool decode_word(Terms& terms, std::string& word) {
    int size = 0;
    switch (terms.kind(size)) {
        case ERL_BINARY_EXT:
            return terms.binary(size, word);
        case ERL_ATOM_EXT:
            return terms.atom(word);
        case ERL_NIL_EXT:
            return terms.list(size);  // the empty string
        case ERL_LIST_EXT:
            return decode_characters(terms, size, word);
        case ERL_STRING_EXT: {
            std::string characters;
            if (!terms.string(size, characters)) return false;
            for (const char c : characters) append_character(static_cast<unsigned char>(c), word);
            return true;
        }
        case ERL_SMALL_INTEGER_EXT:
        case ERL_INTEGER_EXT:
        case ERL_SMALL_BIG_EXT: {
            long long number = 0;
            if (!terms.number(number)) return false;
            word = std::to_string(number);
            return true;
        }
        default:
            return false;
    }
}

std::optional<Rejection> decode_words(Terms& terms, std::vector<std::string>& words) {
    int length = 0;
    const std::size_t begin = terms.at();
    const int kind = terms.kind(length);
    if (kind == ERL_STRING_EXT) {  // the format's usual form of a list of small numbers
        std::string numbers;
        if (!terms.string(length, numbers)) return Rejection{Reason::bad_argument, begin};
        for (const char c : numbers) words.push_back(std::to_string(static_cast<unsigned char>(c)));
        return std::nullopt;
    }
    if (!terms.list(length)) return Rejection{Reason::not_a_request, begin};
    if (length > static_cast<int>(max_words)) return Rejection{Reason::too_many_terms, begin};
    for (int i = 0; i < length; ++i) {
        const std::size_t at = terms.at();
        if (!decode_word(terms, words.emplace_back())) return Rejection{Reason::bad_argument, at};
    }
    int none = 0;
    if (kind == ERL_LIST_EXT && terms.kind(none) != ERL_NIL_EXT) {
        return Rejection{Reason::not_a_request, begin};
    }
    return std::nullopt;
}

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
