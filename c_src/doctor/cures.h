// The lines that mend what was found, for each program that may have to be told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/codes.h"
#include "hep/maker.h"

namespace ci::doctor {

struct Cure {
    std::string_view program;  ///< "kamailio", "kazoo", "sysctl" ...
    std::string_view action;   ///< "set", "remove", "run"
    std::string_view where;    ///< a file, or the host on which a command is run
    std::string line;
};

/// What the lines name.
struct Names {
    std::string inspector;   ///< "10.0.0.1:9060", where the sender shall send to
    std::string id;          ///< a capture id: the sender's, or one that no sender has
    std::string parser;      ///< the parser's id
    std::string other_port;  ///< where another parser may listen
    std::string root;        ///< the store's directory
    std::string space;       ///< what calls may take of its disk: "40G"
    std::string rule;        ///< nft's words that let HEP in
    std::string memory;      ///< what the process may need: "2G"
    std::string listen;      ///< the parser's address, as start_hep_parser takes it
    bool is_tls = false;     ///< the parser listens by TLS only
};

/// `maker`: of the sender; unknown: lines for all programs that it may be.
[[nodiscard]] std::vector<Cure> cures_of(Code code, hep::Maker maker, const Names& names);

}  // namespace ci::doctor
