#include <algorithm>
#include <cstdint>
#include <set>

#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/pictures.h"
#include "ladder/prepared.h"

namespace ci::ladder {
namespace {

/// All lengths in pixels; the font is monospaced, and its letters are about that wide.
constexpr int letter = 7, row_height = 26, text_height = 16, margin = 12;
constexpr int least_gap = 150, most_gap = 320, head_height = 48, tip = 8;
constexpr int told_width = 250;  ///< place, marks, time, time since the first row, leg
constexpr std::size_t longest_beside = 60;
constexpr std::size_t longest_within = 30;  ///< letters of a label that widen the columns
/// Around letters that a line may pass.
constexpr std::string_view halo =
    " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\" stroke-linejoin=\"round\"";

/// Dark enough on white, and told apart by who sees red and green alike.
constexpr std::string_view leg_colours[] = {"#0b5cad", "#a63d00", "#00694e",
                                            "#8a2f78", "#6d5300", "#00647d"};
constexpr std::string_view grey = "#5f6770", black = "#1a1d21", red = "#b3261e", amber = "#8a5a00";

std::string_view colour_of(Ink ink) noexcept {
    switch (ink) {
        case Ink::plain:
            return black;
        case Ink::dim:
            return grey;
        case Ink::error:
            return red;
        case Ink::warning:
            return amber;
        default:
            return leg_colours[(static_cast<std::size_t>(ink) -
                                static_cast<std::size_t>(Ink::leg)) %
                               std::size(leg_colours)];
    }
}

/// For the content of an element and the value of an attribute (XML 1.0, 2.4). What XML cannot
/// hold, printable() has made visible.
std::string xml_of(std::u32string_view cells) {
    std::string out;
    for (const char c : utf8_of(cells)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string number_of(int value) {
    return std::to_string(value);
}

class Drawing {
  public:
    explicit Drawing(const Scene& scene) : scene_(scene) {
        std::size_t longest = 0;
        for (const auto& column : scene.columns.all()) {
            longest = std::max(longest, column.name.size());
        }
        for (const Row& row : scene.rows) {
            const auto& chunk = scene.chunks[scene.flow.events[row.event].chunk];
            const std::size_t size = label(chunk).size() + std::size(" (SDP)");
            if (size <= longest_within) longest = std::max(longest, size);
        }
        gap_ = std::clamp(static_cast<int>(longest + 2) * letter, least_gap, most_gap);
        const auto columns = static_cast<int>(scene.columns.all().size());
        first_ = margin + told_width + gap_ / 2;
        last_ = first_ + std::max(columns - 1, 0) * gap_;
        y_ = margin + head_height;
    }

    std::string draw() {
        Described described;
        for (const Row& row : scene_.rows) draw_row_of(row, text_of_row(scene_, row, described));
        const int bottom = y_;
        legend();
        const int width = std::max({last_ + gap_ / 2 + margin, rightmost_ + margin, 640});
        const std::string size = number_of(width) + "\" height=\"" + number_of(y_ + margin);
        std::string out =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"" +
            size + "\" viewBox=\"0 0 " + number_of(width) + " " + number_of(y_ + margin) +
            "\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" "
            "font-size=\"12\" fill=\"" +
            std::string(black) + "\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
        const order::Event& first = scene_.flow.events[scene_.rows.front().event];
        text_into(out, margin, margin + text_height, printable(date(first.at) + " UTC"), grey);
        heads(out, bottom);
        return out + body_ + "</svg>\n";
    }

  private:
    [[nodiscard]] int x_of(std::size_t column) const {
        return first_ + static_cast<int>(column) * gap_;
    }

    void text_into(std::string& out, int x, int y, std::u32string_view text,
                   std::string_view colour, std::string_view more = "") {
        if (text.empty()) return;
        out += "<text x=\"" + number_of(x) + "\" y=\"" + number_of(y) + "\" fill=\"";
        out.append(colour).append("\"").append(halo).append(more).append(">");
        out += xml_of(text) + "</text>\n";
        if (more.empty()) {
            rightmost_ = std::max(rightmost_, x + static_cast<int>(text.size()) * letter);
        }
    }
    void text(int x, std::u32string_view words, std::string_view colour,
              std::string_view more = "") {
        text_into(body_, x, y_ + text_height, words, colour, more);
    }

    void heads(std::string& out, int bottom) {
        const auto& columns = scene_.columns.all();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string x = number_of(x_of(i));
            out.append("<line x1=\"").append(x).append("\" y1=\"");
            out.append(number_of(margin + head_height - 10)).append("\" x2=\"").append(x);
            out.append("\" y2=\"").append(number_of(bottom));
            out += "\" stroke=\"#c3c9d0\" stroke-width=\"1\"/>\n";
            // Names that are too long for their column stand alternately on two lines.
            const bool is_low =
                i % 2 == 1 && static_cast<int>(columns[i].name.size() + 1) * letter > gap_;
            text_into(out, x_of(i), margin + (is_low ? 32 : text_height), columns[i].name, black,
                      " text-anchor=\"middle\" font-weight=\"bold\"");
        }
    }

    void draw_row_of(const Row& row, const RowText& told) {
        const std::string_view colour = colour_of(told.ink);
        body_ += row.gap != nullptr ? "<g>\n" : "<g id=\"m" + std::to_string(row.event) + "\">\n";
        if (row.gap == nullptr) left(row, told);
        if (!told.is_message) {
            happening(told, colour);
        } else if (told.from && told.to) {
            arrow(*told.from, *told.to, told, colour, row.sent > 1);
        } else {
            text(first_, U"? " + told.label + U"  " + told.note, colour);
        }
        body_ += "</g>\n";
        y_ += row_height;
        if (told.description.empty()) return;
        const std::size_t column = told.from && told.to ? std::min(*told.from, *told.to) : 0;
        y_ -= 2;
        for (const auto& line : wrapped(told.description, 110)) {
            text(x_of(column) + 8, line, grey);
            y_ += text_height;
        }
        y_ += 4;
    }

    void left(const Row& row, const RowText& told) {
        const order::Event& event = scene_.flow.events[row.event];
        const order::Event& first = scene_.flow.events[scene_.rows.front().event];
        text(margin + 34, printable(std::to_string(row.event)), grey, " text-anchor=\"end\"");
        std::u32string marks;
        for (const std::size_t remark : row.remarks) {
            marks += (marks.empty() ? U"!" : U",") + printable(std::to_string(remark + 1));
        }
        if (!row.remarks.empty()) {
            const auto worst = *std::min_element(row.remarks.begin(), row.remarks.end());
            text(margin + 40, cut(marks, 5), colour_of(ink_of(scene_.view.remarks[worst])));
        }
        text(margin + 80, printable((event.guessed ? "~" : "") + time_of_day(event.at)), grey);
        text(margin + 232, printable(since_start(event.at - first.at)), grey,
             " text-anchor=\"end\"");
        text(margin + 240, cut(told.leg, 3), colour_of(told.ink), " font-weight=\"bold\"");
    }

    void happening(const RowText& told, std::string_view colour) {
        const auto column = told.from ? told.from : told.to;
        const int x = column ? x_of(*column) : first_;
        body_ += "<circle cx=\"" + number_of(x) + "\" cy=\"" + number_of(y_ + text_height - 4) +
                 "\" r=\"4\" fill=\"" + std::string(colour) + "\"/>\n";
        text(x + 10, cut(told.label, longest_beside), colour);
    }

    void arrow(std::size_t from, std::size_t to, const RowText& told, std::string_view colour,
               bool was_repeated) {
        const int begin = x_of(from);
        int end = x_of(to);
        const int y = y_ + text_height + 5;
        const bool is_self = from == to;
        if (is_self) end = begin + 40;
        const int way = end > begin ? 1 : -1;
        const bool is_broken = told.kind == Arrow::Kind::broken;
        if (is_broken) end = begin + (end - begin) * 6 / 10;
        const std::string_view dashes = told.kind == Arrow::Kind::unseen ? "2 4"
                                        : was_repeated                   ? "7 4"
                                                                         : "";
        std::string stroke = "\" stroke=\"" + std::string(colour) + "\" stroke-width=\"1.6\"";
        std::string dashed = stroke;
        if (!dashes.empty()) dashed += " stroke-dasharray=\"" + std::string(dashes) + "\"";
        const int tip_at = is_broken ? end : end - way * tip;
        body_ += "<line x1=\"" + number_of(begin) + "\" y1=\"" + number_of(y) + "\" x2=\"" +
                 number_of(tip_at) + "\" y2=\"" + number_of(y) + dashed + "/>\n";
        if (is_broken) {
            body_ += "<path d=\"M" + number_of(end - 5) + " " + number_of(y - 5) +
                     "l10 10m0 -10l-10 10" + stroke + " fill=\"none\"/>\n";
        } else {
            body_ += "<path d=\"M" + number_of(end) + " " + number_of(y) + "l" +
                     number_of(-way * tip) + " -4v8z\" fill=\"" + std::string(colour) + "\"/>\n";
        }
        const int room = is_self ? 0 : std::abs(x_of(to) - begin) - 2 * tip;
        const bool fits = static_cast<int>(told.label.size()) * letter <= room;
        if (fits) {
            const int middle = (begin + x_of(to)) / 2;
            const auto label = cut(told.label, static_cast<std::size_t>(room / letter));
            text_into(body_, middle, y - 5, label, colour, " text-anchor=\"middle\"");
        }
        std::u32string beside = fits ? U"" : cut(told.label, longest_beside);
        if (!told.note.empty()) beside += (beside.empty() ? U"" : U"  ") + told.note;
        text_into(body_, std::max({begin, x_of(to), is_self ? begin + 40 : 0}) + 8, y + 4, beside,
                  fits ? grey : colour);
    }

    void paragraph(const std::u32string& mark, const std::u32string& words,
                   std::string_view colour) {
        bool is_first = true;
        for (const auto& line : wrapped(words, 110)) {
            if (is_first) text(margin, mark, colour);
            is_first = false;
            text(margin + 48, line, colour);
            y_ += text_height;
        }
    }

    void legend() {
        y_ += row_height;
        const auto& remarks = scene_.view.remarks;
        for (std::size_t i = 0; i < remarks.size(); ++i) {
            paragraph(U'!' + printable(std::to_string(i + 1)),
                      printable(remarks[i].severity + ": " + remarks[i].text),
                      colour_of(ink_of(remarks[i])));
            if (!remarks[i].check.empty()) {
                paragraph(U"", printable("check: " + remarks[i].check), grey);
            }
        }
        std::set<std::pair<std::string, std::string>> legs;
        for (std::size_t i = 0; i < scene_.view.legs.size(); ++i) {
            legs.emplace(scene_.view.legs[i], scene_.chunks[i].call_id);
        }
        for (const auto& [leg, call_id] : legs) {
            const auto place = static_cast<std::size_t>(leg.empty() ? 0 : leg.front() - 'A');
            paragraph(printable(leg), printable(call_id), colour_of(ink_of_leg(place)));
        }
        for (std::size_t i = 0; i < scene_.flow.clocks.size(); ++i) {
            const order::Clock& clock = scene_.flow.clocks[i];
            paragraph(letter_of_observer(i), printable(clock.observer + ": " + describe(clock)),
                      grey);
        }
    }

    const Scene& scene_;
    std::string body_;
    int gap_ = least_gap, first_ = 0, last_ = 0, y_ = 0, rightmost_ = 0;
};

}  // namespace

std::string svg(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view) {
    const Prepared prepared(chunks, flow, view);
    if (prepared.empty()) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>\n";
    }
    const Scene scene = prepared.scene();
    return Drawing(scene).draw();
}

}  // namespace ci::ladder
