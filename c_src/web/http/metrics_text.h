// Metrics as text: Prometheus's format 0.0.4, or OpenMetrics 1.0 for who asks for it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ci::web {

/// What was measured of one thing, in buckets up to and including each bound.
struct Histogram {
    struct Exemplar {
        std::string call_id;
        double value = 0;
        double time = 0;  ///< seconds since 1970; 0: there is none
    };
    std::vector<double> bounds;         ///< rising; the last bucket has none
    std::vector<std::uint64_t> counts;  ///< one more than bounds
    std::vector<Exemplar> exemplars;    ///< the newest of each bucket
    double sum = 0;

    explicit Histogram(std::vector<double> bounds_of_buckets);
    /// `call_id` may be empty.
    void add(double value, std::string_view call_id, double time);
};

class MetricsText {
  public:
    using Label = std::pair<std::string_view, std::string_view>;
    using Labels = std::initializer_list<Label>;

    /// `names_calls`: with exemplars, which have Call-IDs.
    explicit MetricsText(bool is_open_metrics, bool names_calls = true)
        : is_open_metrics_(is_open_metrics), has_exemplars_(is_open_metrics && names_calls) {}

    /// A family, whose samples follow. The name of a counter is without `_total`.
    void counter(std::string_view name, std::string_view help);
    void gauge(std::string_view name, std::string_view help);
    void histogram(std::string_view name, std::string_view help);

    /// Of the last family. Any octets may be in a label's value.
    void sample(double value, Labels labels = {});
    void samples(const Histogram& histogram);

    [[nodiscard]] std::string take() &&;

  private:
    void begin(std::string_view name, std::string_view type, std::string_view help,
               std::string_view suffix);
    void line(std::string_view suffix, Labels labels, double value);
    void bucket(const Histogram& histogram, std::size_t i, std::uint64_t count);

    const bool is_open_metrics_, has_exemplars_;
    std::string out_, name_, suffix_;
};

}  // namespace ci::web
