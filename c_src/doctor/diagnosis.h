// What is wrong with the senders, the parsers and the machine, with the lines that mend it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clocks/tied_clocks.h"
#include "doctor/codes.h"
#include "doctor/cures.h"
#include "doctor/host.h"
#include "sources/parsers.h"
#include "wire/micros.h"

namespace ci::doctor {

/// From when on something is told.
struct Limits {
    wire::Micros silent = 300'000'000;  ///< without a packet
    wire::Micros clock_off = 1'000'000;
};

struct Facts {
    std::string no_inspector;  ///< why none answers; empty: this is one
    std::vector<sources::Parsers::Snapshot> parsers;
    std::span<const clocks::KnownClock> known;  ///< sorted by observer
    wire::Micros now = 0;
    std::string root;                ///< the store's directory
    std::string store_trouble;       ///< why it cannot be written; empty: it can
    std::uint64_t store_memory = 0;  ///< bytes: the setting `memory`
    Host host;
    Limits limits;
};

struct Diagnosis {
    Code code;
    std::string parser;  ///< empty: of the machine
    std::string sender;  ///< empty: of the parser
    std::string what;    ///< a sentence
    std::vector<Cure> cures;
};

/// In the order of Code, and within one in that of the parsers and their senders.
[[nodiscard]] std::vector<Diagnosis> diagnoses_of(const Facts& facts);

/// A sender as the operator knows it: "10.0.0.1#101/edge".
[[nodiscard]] std::string name_of(const sources::Senders::View& sender, std::string_view parser);

}  // namespace ci::doctor
