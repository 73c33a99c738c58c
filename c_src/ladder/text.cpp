#include "ladder/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "wire/hash.h"

namespace ci::ladder {
namespace {

using chunk::Chunk;
using wire::Micros;

constexpr std::size_t terminal = 120;
constexpr std::size_t first_column = 28;  // after time and distance
constexpr std::size_t widest_gap = 36;
constexpr std::size_t narrowest_gap = 14;  // leaves nine cells for a label
constexpr std::size_t distance_end = 23;
constexpr std::size_t longest_in_list = 22;  // any IPv4 address with its port

/// One line, one code point a cell.
class Line {
  public:
    void put(std::size_t at, std::u32string_view text) {
        if (cells_.size() < at + text.size()) cells_.resize(at + text.size(), U' ');
        std::copy(text.begin(), text.end(), cells_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    void put_centred(std::size_t middle, std::u32string_view text) {
        put(middle - std::min(middle, text.size() / 2), text);
    }
    void put_before(std::size_t end, std::u32string_view text) {
        put(end - std::min(end, text.size()), text);
    }
    [[nodiscard]] std::size_t width() const { return cells_.size(); }
    [[nodiscard]] std::u32string_view text() const {
        return std::u32string_view(cells_).substr(0, cells_.find_last_not_of(U' ') + 1);
    }

  private:
    std::u32string cells_;
};

std::u32string number(std::size_t of) {
    return printable('(' + std::to_string(of + 1) + ')');
}

/// a to z, then numbers.
std::u32string footnote(std::size_t observer) {
    if (observer < 26) return {static_cast<char32_t>(U'a' + observer)};
    return printable('.' + std::to_string(observer + 1));
}

class Ladder {
  public:
    Ladder(std::span<const Chunk> chunks, const order::Flow& flow, const View& view)
        : chunks_(chunks), flow_(flow), view_(view) {
        for (const std::string& endpoint : order::entities(chunks, flow)) add_column(endpoint);
        for (std::size_t i = 0; i < flow.clocks.size(); ++i) {
            observer_.emplace(flow.clocks[i].observer, i);
        }
        has_guesses_ = std::any_of(flow.events.begin(), flow.events.end(),
                                   [](const order::Event& event) { return event.guessed; });
        if (has_guesses_) --width_;
        lay_out();
    }

    std::string draw() {
        if (flow_.events.empty()) return "no messages\n";
        head();
        Micros before = flow_.events.front().at;
        for (const order::Event& event : flow_.events) {
            row(event, before);
            before = event.at;
        }
        if (numbered_) participants();
        observers();
        contradictions();
        guesses();
        return std::move(out_);
    }

  private:
    void add_column(const std::string& endpoint) {
        const std::string host = view_.host ? view_.host(endpoint) : std::string();
        if (!host.empty()) {
            const auto [known, is_new] = hosts_.emplace(host, names_.size());
            column_.emplace(endpoint, known->second);
            if (!is_new) {
                members_[known->second] = true;
                return;
            }
        } else {
            column_.emplace(endpoint, names_.size());
        }
        names_.push_back(printable(host.empty() ? endpoint : host));
        members_.push_back(false);
        longest_ = std::max(longest_, names_.back().size());
    }

    /// Which endpoint of a host with several it was.
    [[nodiscard]] std::u32string member(std::string_view word, const std::string& endpoint) const {
        const auto found = column_.find(endpoint);
        if (found == column_.end() || !members_[found->second]) return {};
        return U"  " + printable(std::string(word) + ' ' + endpoint);
    }

    void lay_out() {
        const std::size_t gaps = std::max<std::size_t>(names_.size(), 2) - 1;
        constexpr std::size_t notes = 8;
        const std::size_t beside =
            first_column + std::min<std::size_t>(longest_ / 2 + 1, 12) + notes;
        gap_ = std::min((width_ - beside) / gaps, widest_gap);
        list_ = gap_ < narrowest_gap;
        staggered_ = longest_ + 2 > gap_;
        const bool too_long = longest_ + 2 > 2 * gap_ || longest_ / 2 >= first_column;
        numbered_ = list_ ? longest_ > longest_in_list : too_long;
    }

    [[nodiscard]] std::size_t x(std::size_t column) const { return first_column + column * gap_; }

    void head() {
        Line title;
        title.put(0, printable(date(flow_.events.front().at) + " UTC"));
        if (list_) {
            put_line(title);
            return;
        }
        Line lower;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const bool down = staggered_ && !numbered_ && i % 2 == 1;
            (down ? lower : title).put_centred(x(i), numbered_ ? number(i) : names_[i]);
            if (staggered_ && !numbered_ && !down) lower.put(x(i), U"│");
        }
        put_line(title);
        if (lower.width() > 0) put_line(lower);
    }

    void row(const order::Event& event, Micros before) {
        const Chunk& chunk = chunks_[event.chunk];
        Line line;
        line.put(0, printable(time_of_day(event.at)));
        if (&event != &flow_.events.front()) {
            line.put_before(distance_end, printable(distance(event.at - before)));
        }
        const std::u32string text = label(chunk);
        std::u32string note;
        if (event.retransmission > 0) {
            note = U"  retransmission " + printable(std::to_string(event.retransmission));
        }
        note += member("from", chunk.src) + member("to", chunk.dst);
        if (event.chunk < view_.legs.size()) {
            line.put(distance_end + 1, cut(printable(view_.legs[event.chunk]), 3));
        }
        const auto from = column_.find(chunk.src);
        const auto to = column_.find(chunk.dst);
        const bool both_known = from != column_.end() && to != column_.end();
        if (!chunk.event.empty()) {
            remark(line, from != column_.end() ? from : to, text);
        } else if (list_ || !both_known) {
            const auto end = [&](const auto& found) {
                std::u32string name = found == column_.end() ? U"?"
                                      : numbered_            ? number(found->second)
                                                             : names_[found->second];
                name.resize(std::max(name.size(), numbered_ ? std::size_t{4} : longest_), U' ');
                return name;
            };
            line.put(first_column, end(from) + U" ─▶ " + end(to) + U"  " + cut(text, 40) + note);
        } else {
            for (std::size_t i = 0; i < names_.size(); ++i) line.put(x(i), U"│");
            note = arrow(line, from->second, to->second, text, note);
            line.put(line.width(), note);
        }
        if (flow_.clocks.size() > 1) line.put(line.width(), U"   " + seen_by(event));
        put_line(line, event.guessed);
    }

    /// An event that is not a message stands beside the column of the entity where it happened.
    template <class Found>
    void remark(Line& line, const Found& column, const std::u32string& text) const {
        std::size_t at = first_column;
        if (!list_) {
            for (std::size_t i = 0; i < names_.size(); ++i) line.put(x(i), U"│");
            if (column != column_.end()) at = x(column->second) + 1;
        }
        line.put(at,
                 U"● " + cut(text, std::max<std::size_t>(width_ - std::min(at, width_), 42) - 2));
    }

    /// Returns the note if it does not fit over the arrow.
    [[nodiscard]] std::u32string arrow(Line& line, std::size_t from, std::size_t to,
                                       const std::u32string& text,
                                       const std::u32string& note) const {
        if (from == to) {
            line.put(x(from), U"│↺ " + cut(text, 40));
            return note;
        }
        const std::size_t left = x(std::min(from, to));
        const std::size_t right = x(std::max(from, to));
        line.put(left + 1, std::u32string(right - left - 1, U'─'));
        line.put(from < to ? right - 1 : left + 1, from < to ? U"▶" : U"◀");
        // A dash, the arrowhead, and a blank on either side of the label.
        const std::size_t room = right - left - 1 - 4;
        const bool fits = text.size() + note.size() <= room;
        const std::u32string over = U' ' + cut(fits ? text + note : text, room) + U' ';
        const std::size_t begin = left + 1 + (right - left - 1 - over.size()) / 2;
        line.put(std::clamp(begin, left + 2, right - 1 - over.size()), over);
        return fits ? std::u32string() : note;
    }

    [[nodiscard]] std::u32string seen_by(const order::Event& event) const {
        std::vector<std::size_t> observers;
        for (const std::size_t chunk : event.seen) {
            const auto found = observer_.find(chunks_[chunk].observer);
            if (found != observer_.end()) observers.push_back(found->second);
        }
        std::sort(observers.begin(), observers.end());
        observers.erase(std::unique(observers.begin(), observers.end()), observers.end());
        std::u32string notes;
        for (const std::size_t observer : observers) notes += footnote(observer);
        return cut(std::move(notes), 24);
    }

    void participants() {
        out_ += '\n';
        for (std::size_t i = 0; i < names_.size(); ++i) entry(number(i) + U' ' + names_[i]);
    }

    void observers() {
        out_ += '\n';
        for (std::size_t i = 0; i < flow_.clocks.size(); ++i) {
            const order::Clock& clock = flow_.clocks[i];
            if (flow_.clocks.size() == 1 && clock.has_clock) {
                entry(U"seen by " + printable(clock.observer));
                return;
            }
            std::u32string name = flow_.clocks.size() > 1 ? footnote(i) + U"  " : U"";
            name += printable(clock.observer + ": ");
            entry(name + printable(describe(clock)));
            const std::string delivery = clock.delivery ? describe(*clock.delivery) : "";
            if (!delivery.empty()) entry(name + printable(delivery));
        }
    }

    void contradictions() {
        if (flow_.contradictions.empty()) return;
        out_ += '\n';
        for (const std::string& text : flow_.contradictions) entry(U"!  " + printable(text));
    }

    void guesses() {
        if (!has_guesses_) return;
        out_ += '\n';
        entry(
            U"~  its observer shares no message with the others, so its place among theirs is "
            U"guessed by arrival");
    }

    /// A line of the picture. Guesses are marked in a margin, which exists only if there are any.
    void put_line(const Line& line, bool guessed = false) {
        if (has_guesses_) out_ += guessed ? '~' : ' ';
        append_utf8(line.text(), out_);
        out_ += '\n';
    }

    void entry(const std::u32string& text) {
        append_utf8(text, out_);
        out_ += '\n';
    }

    std::span<const Chunk> chunks_;
    const order::Flow& flow_;
    const View& view_;
    std::vector<std::u32string> names_;
    std::vector<bool> members_;  ///< by column: it stands for several endpoints
    std::unordered_map<std::string, std::size_t, wire::TextHash> hosts_;  ///< columns
    std::unordered_map<std::string, std::size_t, wire::TextHash> column_, observer_;
    std::size_t longest_ = 0;
    std::size_t gap_ = 0;
    std::size_t width_ = terminal;
    bool has_guesses_ = false;
    bool list_ = false;       // more entities than columns have room for
    bool staggered_ = false;  // names stand on two lines alternately
    bool numbered_ = false;   // names stand below the flow; columns have numbers
    std::string out_;
};

}  // namespace

std::string text(std::span<const Chunk> chunks, const order::Flow& flow, const View& view) {
    return Ladder(chunks, flow, view).draw();
}

}  // namespace ci::ladder
