// Cuts the octets of a log into lines, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ci::logs {

class Lines {
  public:
    /// Octets of a line that are kept; the rest of a longer line is read over.
    static constexpr std::size_t longest = 1U << 20U;

    /// `position`: where in the log the first octet lies.
    explicit Lines(std::uint64_t position) : begin_(position) {}

    /// Calls `line(std::string_view text, std::uint64_t position, bool is_cut)` for each complete
    /// line, its LF or CRLF taken off. The text is valid during the call.
    template <class OnLine>
    void take(std::string_view bytes, OnLine line) {
        while (!bytes.empty()) {
            const auto end = bytes.find('\n');
            if (end == std::string_view::npos) return keep(bytes);
            const auto piece = bytes.substr(0, end);
            bytes.remove_prefix(end + 1);
            if (held_ == 0) {
                line(trimmed(piece.substr(0, longest)), begin_, piece.size() > longest);
                begin_ += end + 1;
                continue;
            }
            keep(piece);
            emit(line);
            ++begin_;
        }
    }
    /// Takes what is left as a line.
    template <class OnLine>
    void finish(OnLine line) {
        if (held_ != 0) emit(line);
    }
    /// Where the first octet lies that belongs to no complete line yet.
    [[nodiscard]] std::uint64_t position() const noexcept { return begin_; }
    /// The incomplete line.
    [[nodiscard]] std::string_view partial() const noexcept { return partial_; }
    /// The incomplete line so far was read; what follows of it is a line.
    void drop_partial() {
        begin_ += held_;
        held_ = 0;
        partial_.clear();
    }

  private:
    static std::string_view trimmed(std::string_view line) noexcept {
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }
    void keep(std::string_view piece) {
        held_ += piece.size();
        partial_ += piece.substr(0, longest - partial_.size());
    }
    template <class OnLine>
    void emit(OnLine& line) {
        line(trimmed(partial_), begin_, held_ > partial_.size());
        begin_ += held_;
        held_ = 0;
        partial_.clear();
    }

    std::uint64_t begin_;
    std::uint64_t held_ = 0;  ///< octets of the incomplete line, those that were cut off among them
    std::string partial_;
};

}  // namespace ci::logs
