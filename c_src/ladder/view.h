// What a drawing shows beside the flow itself, and how it looks.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ci::ladder {

/// What is wrong, to be marked at the messages that show it ("!1") and told below the picture.
struct Remark {
    std::string severity;               ///< "error", "warning", "info"
    std::string text, check;            ///< sentences; texts of strangers may be in them
    std::vector<std::size_t> messages;  ///< indexes into Flow::events
};

inline constexpr std::size_t usual_width = 120, least_width = 60, most_width = 1'000;

struct View {
    std::size_t width = usual_width;  ///< cells of a line
    bool colour = false;              ///< SGR sequences (ECMA-48 8.3.117), and no other controls
    bool ascii = false;               ///< nothing but ASCII; what it lacks is "?"
    bool open = false;  ///< each retransmission is a row, else they are counted at the first
    bool sdp = true;    ///< session descriptions are told in a line under their message
    /// By chunk: its leg's letter, shown before the arrow; empty: there is one leg.
    std::vector<std::string> legs = {};
    /// The name of the host that an endpoint belongs to, which is its column; an empty name, or no
    /// function: its address tells.
    std::function<std::string(std::string_view endpoint)> host = {};
    std::vector<Remark> remarks = {};
    std::vector<std::string> only_legs = {};  ///< letters; empty: all
    /// Names or addresses. Of one host all its messages are shown, of several those between them.
    std::vector<std::string> only_hosts = {};
};

}  // namespace ci::ladder
