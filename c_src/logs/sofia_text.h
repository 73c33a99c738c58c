// The text of one message as sofia-sip writes it into a log: all line ends became LFs, and only the
// number of octets tells where the message ends and what its line ends were.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ci::logs {

class SofiaText {
  public:
    /// The message as the first `lines` lines. The first `crlfs` of their ends are CRLFs, the
    /// others LFs; the last line may have no end.
    struct Fit {
        std::size_t lines = 0;
        std::size_t crlfs = 0;
        bool has_framed = false;  ///< framed lines end in CRLFs, too
        bool last_ends = true;
        bool is_truncated = false;
    };

    /// A message of `bytes` octets begins.
    void begin(std::uint64_t bytes);
    void add(std::string_view line);
    /// Takes the last line back.
    void drop_last();

    [[nodiscard]] std::size_t lines() const noexcept { return ends_.size(); }
    [[nodiscard]] std::string_view line(std::size_t index) const noexcept;
    /// Octets as in the log.
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

    /// The lines so far have exactly the message's octets if all their ends are CRLFs, or those of
    /// the header, or those of the header and of framed lines, or none. Framed are the boundaries
    /// and headers of a body's parts (RFC 2046 5.1.1), and two lines in FreeSWITCH's own presence
    /// documents, the other ends of which are LFs.
    [[nodiscard]] std::optional<Fit> exact() const;
    /// Likewise, and the last line has an end.
    [[nodiscard]] std::optional<Fit> exact_with_end() const { return exact({true}); }
    /// Octets are missing even if all ends are CRLFs.
    [[nodiscard]] bool is_short() const noexcept { return ends_left(lines()) > 2 * count(); }
    /// The octets that the last line must have to be the message's end without a line end, if all
    /// ends before are CRLFs.
    [[nodiscard]] std::int64_t last_size() const noexcept {
        return ends_left(lines()) - 2 * count();
    }
    /// No further line can belong to the message.
    [[nodiscard]] bool is_past() const noexcept { return ends_left(lines()) < count() - 1; }
    /// The best there is among the first `lines` lines.
    [[nodiscard]] Fit best(std::size_t lines) const;

    /// The octets as they were on the wire.
    void write(const Fit& fit, std::string& out) const;

  private:
    [[nodiscard]] std::optional<Fit> exact(std::initializer_list<bool> last_ends) const;
    [[nodiscard]] std::int64_t count() const noexcept {
        return static_cast<std::int64_t>(ends_.size());
    }
    /// The message's octets without the characters of the first lines.
    [[nodiscard]] std::int64_t ends_left(std::size_t lines) const noexcept;

    std::int64_t bytes_ = 0;
    std::string text_;                 ///< each line with a LF
    std::vector<std::size_t> ends_;    ///< where each line's LF is
    std::vector<std::size_t> framed_;  ///< lines of the body
    std::size_t header_ = 0;           ///< lines up to the first empty one; 0: there is none yet
    bool is_in_part_header_ = false;
};

}  // namespace ci::logs
