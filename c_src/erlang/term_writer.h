// Writes a term by libei's encoders.
#pragma once

#include <ei.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "erlang/raw_term.h"

namespace ci::erlang {

/// This program as a node, as one peer knows it.
struct Self {
    std::string node;            ///< "call_inspector@host"
    std::uint32_t creation = 0;  ///< tells this start of the node from others
};

class TermWriter {
  public:
    /// Begins with the version byte.
    TermWriter();
    ~TermWriter();
    TermWriter(const TermWriter&) = delete;
    TermWriter& operator=(const TermWriter&) = delete;

    // Each returns *this; tuple() and list() are followed by so many elements.
    TermWriter& tuple(int arity);
    /// A list of `length` elements, which nil() ends.
    TermWriter& list(int length);
    TermWriter& nil();
    TermWriter& atom(std::string_view name);
    TermWriter& number(std::uint64_t value);
    TermWriter& binary(std::string_view octets);
    TermWriter& raw(RawTerm term);
    /// A process of ours. `number` is below 2^15, as old peers demand.
    TermWriter& process(const Self& self, std::uint32_t number);
    TermWriter& reference(const Self& self, std::uint32_t number);

    [[nodiscard]] std::string_view bytes() const;

  private:
    ei_x_buff buffer_{};
};

}  // namespace ci::erlang
