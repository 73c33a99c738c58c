// Reads terms that check_term() has checked, by libei's decoders.
#pragma once

#include <ei.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "erlang/term_check.h"
#include "wire/reader.h"

namespace ci::erlang {

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

/// Takes a binary (as it is), a string (a list of characters, which become UTF-8), an atom, or an
/// integer (its decimal text). False: another term.
bool decode_word(Terms& terms, std::string& word);

/// Takes a list of words. The format encodes a list of small integers like a string: its octets
/// are numbers here.
std::optional<Rejection> decode_words(Terms& terms, std::vector<std::string>& words);

}  // namespace ci::erlang
