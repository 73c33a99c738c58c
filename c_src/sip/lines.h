// Cuts the head of a message into lines, a folded header counting as one.
//
// RFC 3261 7.3.1 ends lines with CRLF. Traces also hold LF (logs, hand-made tests) and lone CRs. A
// line ends at the next LF or, if no LF follows, at the next CR. The text before does not matter:
// lines taken off one by one are those of the whole head.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace ci::sip {

class Lines {
  public:
    /// The caller keeps `text` alive.
    explicit Lines(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
    /// Where the next line begins.
    [[nodiscard]] std::size_t at() const noexcept { return at_; }

    /// The next line without its line end; a folded line keeps its inner ones. Precondition: not
    /// at_end().
    [[nodiscard]] std::string_view next() noexcept {
        const std::size_t begin = at_;
        std::string_view line = physical_line(begin);
        if (line.empty()) return line;  // ends the head: what follows is a body, not a fold
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
            line = physical_line(begin);
        }
        return line;
    }

  private:
    /// Moves past the next line end. Returns the text since `begin` without trailing line ends.
    std::string_view physical_line(std::size_t begin) noexcept {
        auto end = text_.find(end_of_line_, at_);
        if (end == std::string_view::npos && end_of_line_ == '\n') {
            end_of_line_ = '\r';  // for good: searching for LF each time would not be linear
            end = text_.find(end_of_line_, at_);
        }
        std::size_t stop = std::min(end, text_.size());
        at_ = std::min(stop + 1, text_.size());
        while (stop > begin && text_[stop - 1] == '\r') --stop;
        return text_.substr(begin, stop - begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    char end_of_line_ = '\n';
};

}  // namespace ci::sip
