// low_quality: what phones and media servers tell of the media: X-RTP-Stat and P-RTP-Stat of a BYE
// or its response (AVM, Asterisk, Patton; semicolon-separated), and quality reports (RFC 6035).
#include <cmath>
#include <optional>

#include "calls/findings/found.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

/// "4.1" in hundredths; empty: not such a number, or one beyond what is told here.
std::optional<double> decimal(std::string_view text) {
    text = sip::trim(text);
    const auto dot = text.find('.');
    const auto whole = sip::read_decimal<std::uint32_t>(text.substr(0, dot));
    if (!whole) return std::nullopt;
    if (dot == std::string_view::npos) return *whole;
    const auto digits = text.substr(dot + 1).substr(0, 3);
    const auto part = sip::read_decimal<std::uint32_t>(digits);
    if (!part) return std::nullopt;
    double scale = 1;
    for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
    return *whole + *part / scale;
}

/// The value behind `NAME=` in texts like "MOSLQ=4.1 MOSCQ=4.0" or "PR=1200;PL=3,0".
std::string_view value_of(std::string_view text, std::string_view name) {
    std::size_t at = 0;
    while ((at = text.find(name, at)) != std::string_view::npos) {
        const bool begins =
            at == 0 || sip::is_blank(text[at - 1]) || text[at - 1] == ';' || text[at - 1] == ':';
        const std::size_t behind = at + name.size();
        if (begins && behind < text.size() && text[behind] == '=') {
            const auto rest = text.substr(behind + 1);
            return rest.substr(0, rest.find_first_of(" \t\r\n;,"));
        }
        at = behind;
    }
    return {};
}

struct Quality {
    std::optional<double> mos, loss;  ///< loss in percent
};

Quality of_rtp_stat(std::string_view value) {
    Quality quality;
    const auto received = decimal(value_of(value, "PR")), lost = decimal(value_of(value, "PL"));
    if (received && lost && *received + *lost > 0) {
        quality.loss = 100 * *lost / (*received + *lost);
    }
    quality.mos = decimal(value_of(value, "MQ"));
    return quality;
}

Quality of_report(std::string_view body) {
    // The report's own view; what the remote end measured comes behind.
    body = body.substr(0, body.find("RemoteMetrics:"));
    Quality quality;
    quality.mos = decimal(value_of(body, "MOSCQ"));
    if (!quality.mos) quality.mos = decimal(value_of(body, "MOSLQ"));
    quality.loss = decimal(value_of(body, "NLR"));
    return quality;
}

std::string tenths_text(double value) {
    const auto tenths = std::lround(value * 10);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace

void find_quality(Found& found) {
    const Course& course = found.course;
    std::vector<bool> told(course.hosts.size(), false);
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (one.src == none || told[one.src]) continue;
        auto stat = sip::find_header(one.sip, "X-RTP-Stat", 0);
        if (stat.empty()) stat = sip::find_header(one.sip, "P-RTP-Stat", 0);
        const bool is_report = one.sip.is_request && one.sip.body.starts_with("VQ");
        if (stat.empty() && !is_report) continue;
        const Quality quality = stat.empty() ? of_report(one.sip.body) : of_rtp_stat(stat);
        const bool has_low_mos =
            quality.mos && *quality.mos > 0 && *quality.mos < found.limits.low_mos;
        const bool has_loss = quality.loss && *quality.loss > found.limits.high_loss;
        if (!has_low_mos && !has_loss) continue;
        told[one.src] = true;
        std::string text = found.host(one.src) + " tells of bad sound:";
        if (has_low_mos) text += " MOS " + tenths_text(*quality.mos);
        if (has_low_mos && has_loss) text += ',';
        if (has_loss) text += ' ' + tenths_text(*quality.loss) + " % of the packets lost";
        found.add(Code::low_quality, Severity::warning, text + '.', {m}, one.src);
    }
}

}  // namespace ci::calls
