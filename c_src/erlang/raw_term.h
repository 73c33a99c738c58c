// Terms as the bytes that a peer sent, without a version byte.
//
// A process, reference or tag of a peer is given back as it came: its encoding is the business of
// the peer's release. All functions are for elements of a term that check_term() or first_term()
// has checked, or for no bytes at all; they give an empty optional for a term of another kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ci::erlang {

/// Points into the packet; a view.
using RawTerm = std::string_view;

/// Empty for more than 1,000 elements, too: nothing that is understood has so many, and a message
/// of a million would keep the event loop busy.
[[nodiscard]] std::optional<std::vector<RawTerm>> tuple_of(RawTerm term);
/// Likewise the elements of a proper list. A list that is encoded as a string has none here.
[[nodiscard]] std::optional<std::vector<RawTerm>> list_of(RawTerm term);
/// Of a tuple that the check refused: the elements before the one for which it was refused, and the
/// bytes from that one on. These functions may be asked about each of the elements.
struct SoundElements {
    std::vector<RawTerm> elements;
    RawTerm rest;
};
[[nodiscard]] SoundElements sound_elements_of(RawTerm refused);
[[nodiscard]] std::optional<std::string> atom_of(RawTerm term);
[[nodiscard]] bool is_atom(RawTerm term, std::string_view name);
[[nodiscard]] std::optional<std::uint64_t> number_of(RawTerm term);
/// The words of a list of arguments; erlang/terms.h says which terms are words.
[[nodiscard]] std::optional<std::vector<std::string>> words_of(RawTerm list);

struct Process {
    std::string node;
    std::uint32_t number = 0;
};
[[nodiscard]] std::optional<Process> process_of(RawTerm term);

}  // namespace ci::erlang
