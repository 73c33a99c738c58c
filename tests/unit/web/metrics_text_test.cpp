// Metrics as text: both formats, and what may stand in a label.
#include "web/http/metrics_text.h"

#include <gtest/gtest.h>

namespace ci::web {
namespace {

std::string histogram_text(bool is_open_metrics, const std::string& call_id) {
    Histogram histogram({0.5, 1});
    histogram.add(0.5, call_id, 1'795'225'910.5);
    histogram.add(0.75, "", 1);
    histogram.add(7, "", 1);
    MetricsText text(is_open_metrics);
    text.histogram("setup_seconds", "To the answer.");
    text.samples(histogram);
    return std::move(text).take();
}

TEST(Metrics, AreNamedAsEachFormatWants) {
    for (const bool is_open_metrics : {false, true}) {
        MetricsText text(is_open_metrics);
        text.counter("received", "What came in.");
        text.sample(3);
        text.gauge("lag_seconds", "How late.");
        text.sample(0.25, {{"parser", "a"}, {"reason", "b"}});
        const std::string type = is_open_metrics ? "received" : "received_total";
        EXPECT_EQ(std::move(text).take(),
                  "# HELP " + type + " What came in.\n# TYPE " + type +
                      " counter\nreceived_total 3\n# HELP lag_seconds How late.\n"
                      "# TYPE lag_seconds gauge\nlag_seconds{parser=\"a\",reason=\"b\"} 0.25\n" +
                      (is_open_metrics ? "# EOF\n" : ""));
    }
}

TEST(Metrics, HoldAnyLabel) {
    MetricsText text(false);
    text.gauge("a", "b");
    text.sample(1, {{"x", "\"},c=\"\\\n\x1b\xff"}});
    EXPECT_TRUE(std::move(text).take().ends_with("a{x=\"\\\"},c=\\\"\\\\\\n?\xc3\xbf\"} 1\n"));
}

TEST(Histograms, CountUpToEachBound) {
    EXPECT_TRUE(
        histogram_text(false, "call@x")
            .ends_with("setup_seconds_bucket{le=\"0.5\"} 1\nsetup_seconds_bucket{le=\"1\"} 2\n"
                       "setup_seconds_bucket{le=\"+Inf\"} 3\nsetup_seconds_sum "
                       "8.25\nsetup_seconds_count 3\n"));
}

TEST(Histograms, NameACallForWhoTakesIt) {
    const std::string named = "{le=\"0.5\"} 1 # {call_id=\"a\\\"b\"} 0.5 1795225910.5\n";
    EXPECT_NE(histogram_text(true, "a\"b").find(named), std::string::npos)
        << histogram_text(true, "a\"b");
    EXPECT_EQ(histogram_text(false, "a\"b").find("call_id"), std::string::npos);
    EXPECT_EQ(histogram_text(true, std::string(200, 'x')).find("call_id"), std::string::npos);
}

}  // namespace
}  // namespace ci::web
