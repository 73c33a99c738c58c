#include "logs/sofia_text.h"

namespace ci::logs {

void SofiaText::begin(std::uint64_t bytes) {
    bytes_ = static_cast<std::int64_t>(bytes);
    text_.clear();
    ends_.clear();
    framed_.clear();
    header_ = 0;
    is_in_part_header_ = false;
}

void SofiaText::add(std::string_view line) {
    if (header_ > 0) {
        is_in_part_header_ = is_in_part_header_ || line.starts_with("--");
        if (is_in_part_header_ || line == "  <status>" || line == "  <rpid:activities>") {
            framed_.push_back(ends_.size());
        }
        is_in_part_header_ = is_in_part_header_ && !line.empty();
    }
    text_ += line;
    ends_.push_back(text_.size());
    text_ += '\n';
    if (line.empty() && header_ == 0) header_ = ends_.size();
}

void SofiaText::drop_last() {
    ends_.pop_back();
    text_.resize(ends_.empty() ? 0 : ends_.back() + 1);
    if (header_ > ends_.size()) header_ = 0;
    if (!framed_.empty() && framed_.back() == ends_.size()) framed_.pop_back();
}

std::string_view SofiaText::line(std::size_t index) const noexcept {
    const auto begin = index == 0 ? 0 : ends_[index - 1] + 1;
    return std::string_view(text_).substr(begin, ends_[index] - begin);
}

std::int64_t SofiaText::ends_left(std::size_t lines) const noexcept {
    if (lines == 0) return bytes_;
    const auto characters = ends_[lines - 1] - (lines - 1);
    return bytes_ - static_cast<std::int64_t>(characters);
}

std::optional<SofiaText::Fit> SofiaText::exact() const {
    return exact({true, false});
}

std::optional<SofiaText::Fit> SofiaText::exact(std::initializer_list<bool> last_ends) const {
    const auto left = ends_left(lines());
    const auto all = count();
    const auto header = static_cast<std::int64_t>(header_);
    const auto framed = static_cast<std::int64_t>(framed_.size());
    const auto fits = [&](std::int64_t crlfs, bool ends) {
        return left == crlfs + (ends ? all : all - 1);
    };
    for (const bool ends : last_ends) {
        const auto crlfs = ends ? all : all - 1;
        if (fits(crlfs, ends)) return Fit{lines(), static_cast<std::size_t>(crlfs), false, ends};
    }
    for (const bool has_framed : {true, false}) {
        if (header == 0 || header == all) break;
        for (const bool ends : last_ends) {
            if (fits(header + (has_framed ? framed : 0), ends)) {
                return Fit{lines(), header_, has_framed, ends};
            }
        }
    }
    for (const bool ends : last_ends) {
        if (fits(0, ends)) return Fit{lines(), 0, false, ends};
    }
    return std::nullopt;
}

SofiaText::Fit SofiaText::best(std::size_t lines) const {
    // Mixed line ends: senders write CRLFs in the header, and then perhaps LFs.
    for (std::size_t n = lines; n > 0; --n) {
        const auto left = ends_left(n);
        const auto all = static_cast<std::int64_t>(n);
        if (left > 2 * all) break;
        if (left < all) continue;
        // The empty line that sofia-sip adds since February 2022 is not the body's.
        const auto shorter = n > 1 ? ends_left(n - 1) : -1;
        const bool is_added = line(n - 1).empty() && header_ > 0 && header_ < n &&
                              shorter >= all - 1 && shorter <= 2 * (all - 1);
        if (is_added) continue;
        return {n, static_cast<std::size_t>(left - all)};
    }
    if (lines > 0 && line(lines - 1).empty()) --lines;
    return {lines, lines == 0 ? 0 : lines - 1, false, false, true};
}

void SofiaText::write(const Fit& fit, std::string& out) const {
    out.clear();
    std::size_t begin = 0;
    auto framed = framed_.begin();
    for (std::size_t i = 0; i < fit.lines; ++i) {
        out.append(text_, begin, ends_[i] - begin);
        begin = ends_[i] + 1;
        if (i + 1 == fit.lines && !fit.last_ends) break;
        const bool is_framed = fit.has_framed && framed != framed_.end() && *framed == i;
        if (is_framed) ++framed;
        out += i < fit.crlfs || is_framed ? "\r\n" : "\n";
    }
}

}  // namespace ci::logs
