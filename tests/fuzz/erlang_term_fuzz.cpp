// Bytes from a pipe. What check_term accepts, libei reads to the same end and within bounds
// (AddressSanitizer watches), and writes again as a term that stays as it is; a request that is
// understood survives being written; frames do not depend on how the stream was cut.
#include <ei.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "erlang/frames.h"
#include "erlang/port_terms.h"
#include "erlang/term_check.h"

namespace {

using namespace ci;

void require(bool truth) {
    if (!truth) std::abort();
}

/// Reads one term of any kind with libei's decoders and writes it with its encoders.
void copy_term(const char* in, int* at, ei_x_buff* out) {
    int type = 0, size = 0;
    require(ei_get_type(in, at, &type, &size) == 0);
    switch (type) {
        case ERL_SMALL_INTEGER_EXT:
        case ERL_INTEGER_EXT: {
            long number = 0;
            require(ei_decode_long(in, at, &number) == 0 && ei_x_encode_long(out, number) == 0);
            return;
        }
        case ERL_SMALL_BIG_EXT:
        case ERL_LARGE_BIG_EXT: {
            erlang_big* big = ei_alloc_big(static_cast<unsigned>(size));
            require(big != nullptr && ei_decode_big(in, at, big) == 0 &&
                    ei_x_encode_big(out, big) == 0);
            ei_free_big(big);
            return;
        }
        case ERL_FLOAT_EXT: {
            double number = 0;
            require(ei_decode_double(in, at, &number) == 0 && ei_x_encode_double(out, number) == 0);
            return;
        }
        case ERL_ATOM_EXT: {
            std::array<char, MAXATOMLEN_UTF8> name{};
            const int before = out->index;
            require(ei_decode_atom_as(in, at, name.data(), MAXATOMLEN_UTF8, ERLANG_UTF8, nullptr,
                                      nullptr) == 0);
            require(ei_x_encode_atom_as(out, name.data(), ERLANG_UTF8, ERLANG_UTF8) == 0);
            require(out->index > before);
            return;
        }
        case ERL_PID_EXT: {
            erlang_pid pid{};
            require(ei_decode_pid(in, at, &pid) == 0 && ei_x_encode_pid(out, &pid) == 0);
            return;
        }
        case ERL_PORT_EXT: {
            erlang_port port{};
            require(ei_decode_port(in, at, &port) == 0 && ei_x_encode_port(out, &port) == 0);
            return;
        }
        case ERL_NEW_REFERENCE_EXT: {
            erlang_ref reference{};
            require(ei_decode_ref(in, at, &reference) == 0 &&
                    ei_x_encode_ref(out, &reference) == 0);
            return;
        }
        case ERL_STRING_EXT: {
            std::string text(static_cast<std::size_t>(size) + 1, '\0');
            require(ei_decode_string(in, at, text.data()) == 0 &&
                    ei_x_encode_string_len(out, text.data(), size) == 0);
            return;
        }
        case ERL_BINARY_EXT: {
            std::string bytes(static_cast<std::size_t>(size), '\0');
            long length = 0;
            require(ei_decode_binary(in, at, bytes.data(), &length) == 0 && length == size &&
                    ei_x_encode_binary(out, bytes.data(), size) == 0);
            return;
        }
        case ERL_BIT_BINARY_EXT: {
            const char* bits = nullptr;
            unsigned int offset = 0;
            std::size_t count = 0;
            require(ei_decode_bitstring(in, at, &bits, &offset, &count) == 0 &&
                    ei_x_encode_bitstring(out, bits, offset, count) == 0);
            return;
        }
        case ERL_NIL_EXT:
            require(ei_decode_list_header(in, at, &size) == 0 && ei_x_encode_empty_list(out) == 0);
            return;
        case ERL_LIST_EXT:
            require(ei_decode_list_header(in, at, &size) == 0);
            if (size > 0) require(ei_x_encode_list_header(out, size) == 0);
            for (int i = 0; i <= size; ++i) copy_term(in, at, out);  // and its tail
            return;
        case ERL_SMALL_TUPLE_EXT:
        case ERL_LARGE_TUPLE_EXT:
            require(ei_decode_tuple_header(in, at, &size) == 0 &&
                    ei_x_encode_tuple_header(out, size) == 0);
            for (int i = 0; i < size; ++i) copy_term(in, at, out);
            return;
        case ERL_MAP_EXT:
            require(ei_decode_map_header(in, at, &size) == 0 &&
                    ei_x_encode_map_header(out, size) == 0);
            for (int i = 0; i < 2 * size; ++i) copy_term(in, at, out);
            return;
        default:
            std::abort();
    }
}

std::string copy(wire::Bytes term) {
    const auto* in = reinterpret_cast<const char*>(term.data());
    int at = 1;  // after the version
    ei_x_buff out{};
    require(ei_x_new_with_version(&out) == 0);
    copy_term(in, &at, &out);
    require(static_cast<std::size_t>(at) == term.size());
    std::string bytes(out.buff, static_cast<std::size_t>(out.index));
    ei_x_free(&out);
    return bytes;
}

void check_terms(wire::Bytes bytes) {
    const auto shape = erlang::check_term(bytes);
    if (!shape) {
        require(shape.error().at <= bytes.size());
        return;
    }
    int at = 1;
    require(ei_skip_term(reinterpret_cast<const char*>(bytes.data()), &at) == 0);
    require(static_cast<std::size_t>(at) == bytes.size());
    const auto once = copy(bytes);
    const auto again = erlang::check_term(wire::as_bytes(once));
    require(again.has_value());
    require(copy(wire::as_bytes(once)) == once);
}

struct Append {
    std::string& stream;
    void operator()(const erlang::Request& request) const {
        erlang::append_request(request, stream);
    }
    void operator()(const erlang::AmqpRequest& request) const {
        erlang::append_request(request, stream);
    }
    void operator()(const erlang::Credit& credit) const { erlang::append_credit(credit, stream); }
};

void check_requests(wire::Bytes bytes) {
    const auto incoming = erlang::decode_incoming(bytes);
    if (!incoming) {
        require(incoming.error().why.at <= bytes.size());
        require(!erlang::describe(incoming.error()).empty());
        return;
    }
    std::string stream;
    std::visit(Append{stream}, *incoming);
    erlang::FrameCutter cutter;
    cutter.append(wire::as_bytes(stream));
    const auto frame = cutter.next();
    require(frame.has_value());
    const auto again = erlang::decode_incoming(*frame);
    require(again && *again == *incoming);
}

std::vector<std::string> frames(wire::Bytes stream, std::size_t piece) {
    std::vector<std::string> cut;
    erlang::FrameCutter cutter(256);
    while (!stream.empty()) {
        const auto size = std::min(piece, stream.size());
        cutter.append(stream.first(size));
        stream = stream.subspan(size);
        while (const auto frame = cutter.next()) cut.emplace_back(wire::as_text(*frame));
    }
    cut.push_back(cutter.oversized() ? "oversized" : "sound");
    return cut;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    check_terms(bytes);
    check_requests(bytes);
    const auto whole = frames(bytes, size + 1);
    for (const std::size_t piece : {1U, 3U, 7U}) require(frames(bytes, piece) == whole);
    return 0;
}
