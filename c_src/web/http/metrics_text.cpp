#include "web/http/metrics_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "chunk/chunk.h"

namespace ci::web {
namespace {

/// OpenMetrics: an exemplar's labels have at most 128 characters together.
constexpr std::size_t longest_exemplar = 120;

std::string decimal(double value) {
    std::array<char, 64> text{};
    const bool is_whole = std::floor(value) == value && std::abs(value) < 1e15;
    const auto [end, bad] = is_whole ? std::to_chars(text.data(), text.data() + text.size(),
                                                     static_cast<std::int64_t>(value))
                                     : std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

/// UTF-8 with what would end the value escaped.
std::string quoted_label(std::string_view octets) {
    std::string out;
    for (const char c : chunk::to_utf8(octets)) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '"')
            out += "\\\"";
        else if (c == '\n')
            out += "\\n";
        else
            out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
    return out;
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds_of_buckets)
    : bounds(std::move(bounds_of_buckets)),
      counts(bounds.size() + 1),
      exemplars(bounds.size() + 1) {}

void Histogram::add(double value, std::string_view call_id, double time) {
    const auto bucket = static_cast<std::size_t>(
        std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
    ++counts[bucket];
    sum += value;
    if (!call_id.empty()) exemplars[bucket] = {std::string(call_id), value, time};
}

void MetricsText::begin(std::string_view name, std::string_view type, std::string_view help,
                        std::string_view suffix) {
    name_ = name;
    suffix_ = suffix;
    const std::string shown = is_open_metrics_ ? name_ : name_ + suffix_;
    out_.append("# HELP ").append(shown).append(" ").append(help).append("\n# TYPE ");
    out_.append(shown).append(" ").append(type).append("\n");
}

void MetricsText::counter(std::string_view name, std::string_view help) {
    begin(name, "counter", help, "_total");
}
void MetricsText::gauge(std::string_view name, std::string_view help) {
    begin(name, "gauge", help, "");
}
void MetricsText::histogram(std::string_view name, std::string_view help) {
    begin(name, "histogram", help, "");
}

void MetricsText::line(std::string_view suffix, Labels labels, double value) {
    out_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [label, text] : labels) {
        out_ += before;
        out_.append(label).append("=\"").append(quoted_label(text)).append("\"");
        before = ',';
    }
    if (before == ',') out_ += '}';
    out_ += ' ' + decimal(value);
}

void MetricsText::sample(double value, Labels labels) {
    line(suffix_, labels, value);
    out_ += '\n';
}

void MetricsText::bucket(const Histogram& histogram, std::size_t i, std::uint64_t count) {
    const std::string bound =
        i < histogram.bounds.size() ? decimal(histogram.bounds[i]) : std::string("+Inf");
    line("_bucket", {{"le", bound}}, static_cast<double>(count));
    const Histogram::Exemplar& one = histogram.exemplars[i];
    const bool is_short = chunk::to_utf8(one.call_id).size() <= longest_exemplar;
    if (has_exemplars_ && one.time > 0 && is_short) {
        out_ += " # {call_id=\"" + quoted_label(one.call_id) + "\"} " + decimal(one.value) + " " +
                decimal(one.time);
    }
    out_ += '\n';
}

void MetricsText::samples(const Histogram& histogram) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        count += histogram.counts[i];
        bucket(histogram, i, count);
    }
    line("_sum", {}, histogram.sum);
    out_ += '\n';
    line("_count", {}, static_cast<double>(count));
    out_ += '\n';
}

std::string MetricsText::take() && {
    if (is_open_metrics_) out_ += "# EOF\n";
    return std::move(out_);
}

}  // namespace ci::web
