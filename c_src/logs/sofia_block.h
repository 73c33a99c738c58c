// One message in FreeSWITCH's log: a stamp, a line of dashes, and as many octets as the stamp
// tells.
//
// Until May 2019 sofia-sip wrote each line by a call of its own, indented by three blanks, and
// dashes at the end: lines of other threads stand in between. Since then a message is written at
// once, so that whatever looks like another line within its octets is the message's own. Only if
// the octets do not fit, such a line ended a message that was cut short.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/sofia_stamp.h"
#include "logs/sofia_text.h"

namespace ci::logs {

/// A line that must be read again, or the rest of a line whose beginning ended a message.
struct UnreadLine {
    std::string text;
    std::uint64_t position = 0;
    bool is_rest = false;
};

class SofiaBlock {
  public:
    static constexpr std::uint64_t most_bytes = 1U << 20U;
    static constexpr std::string_view indent = "   ";

    enum class Style : std::uint8_t {
        indented,  ///< until May 2019
        flush,     ///< since May 2019
        alone      ///< likewise, and the record of syslog that holds it holds nothing else
    };

    /// A stamp of `stamp_size` octets and the dashes were read.
    void begin(Style style, std::uint64_t bytes, std::size_t stamp_size);
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] Style style() const noexcept { return style_; }

    struct Line {
        std::string_view text;
        std::uint64_t position = 0;
        bool is_rest = false;
        bool is_start = false;       ///< a stamp, or a line of FreeSWITCH or syslog
        bool may_look_ahead = true;  ///< false: too many lines were read twice
    };
    /// A line of a message that is flush, or an indented line of one that is. False: the message
    /// ended before this line.
    [[nodiscard]] bool take(const Line& line);
    /// The message's last line has no end yet. True: `text` completes the message.
    [[nodiscard]] bool completes(std::string_view text, std::uint64_t position);
    /// Nothing more comes; of the last line, whose end is missing, there is `text`.
    void give_up(std::string_view text, std::uint64_t position);
    /// A line that came to a halt may be the message's.
    [[nodiscard]] bool may_hold(std::string_view text) const noexcept {
        const bool is_indented = text.starts_with(indent) && text.size() > indent.size();
        return !fit_ && (style_ != Style::indented || is_indented);
    }

    /// What was read too far, in order.
    [[nodiscard]] std::vector<UnreadLine> take_unread();

    // When it is no longer open:
    [[nodiscard]] const SofiaText& text() const noexcept { return text_; }
    [[nodiscard]] const SofiaText::Fit& result() const noexcept { return result_; }
    /// Lines of the log that were the message's.
    [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }

  private:
    struct Place {
        std::uint64_t position = 0;
        bool is_rest = false;
    };
    /// Where another line seems to begin: in which line, after how many characters.
    struct Break {
        std::size_t line = 0;
        std::size_t at = 0;
    };

    bool take_indented(const Line& line);
    bool take_flush(const Line& line);
    bool ends_at(const Line& line, std::size_t begin, std::size_t date);
    bool reaches_limit(const Line& line, bool& taken);
    void hold(std::string_view text, const Line& line);
    void end(const SofiaText::Fit& fit);
    void end_before_break();
    void cut_foreign();
    void insert_empty_line();
    void leave(std::string_view text, std::uint64_t position);

    SofiaText text_;
    std::vector<Place> places_;
    std::vector<UnreadLine> unread_;
    std::vector<Break> foreign_;               ///< lines of FreeSWITCH within indented ones
    std::optional<SofiaText::Fit> fit_;        ///< of all lines so far
    std::optional<SofiaText::Fit> early_fit_;  ///< the first, if another line followed it
    std::optional<Break> break_;
    SofiaText::Fit result_;
    Style style_ = Style::flush;
    std::size_t stamp_size_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t lines_ = 0;
    bool is_open_ = false;
    bool is_encoded_ = false;
    bool cuts_ = false;  ///< lines of FreeSWITCH are no data
};

}  // namespace ci::logs
