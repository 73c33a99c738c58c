#include "wire/micros.h"

#include <gtest/gtest.h>

#include <limits>

namespace ci::wire {
namespace {

std::string gregorian(Micros unix_micros) {
    std::string text;
    append_gregorian(unix_micros, text);
    return text;
}

struct Written {
    const char* name;
    Micros micros;
    const char* text;
};
void PrintTo(const Written& row, std::ostream* out) {
    *out << row.text;
}

const Written written[] = {
    {"TheEpoch", 0, "62167219200.000000"},
    {"ARecordedTime", 1'795'225'829'516'323, "63962445029.516323"},
    {"AMicrosecond", 1, "62167219200.000001"},
    {"AMicrosecondBeforeTheEpoch", -1, "62167219199.999999"},
    {"YearZero", -62'167'219'200'000'000, "0.000000"},
    {"AQuarterBeforeYearZero", -62'167'219'200'250'000, "-0.250000"},
    {"ThreeSecondsBeforeYearZero", -62'167'219'203'000'000, "-3.000000"},
    {"BetweenThem", -62'167'219'202'750'000, "-2.750000"},
    {"TheLastOfAll", std::numeric_limits<Micros>::max(), "9285539256054.775807"},
};

class Gregorian : public testing::TestWithParam<Written> {};
TEST_P(Gregorian, IsWrittenWithSixDecimals) {
    EXPECT_EQ(gregorian(GetParam().micros), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Times, Gregorian, testing::ValuesIn(written),
                         [](const auto& row) { return row.param.name; });

struct Read {
    const char* name;
    const char* text;
    std::optional<Micros> micros;
};
void PrintTo(const Read& row, std::ostream* out) {
    *out << row.text;
}

const Read read[] = {
    {"SixDecimals", "63962450204.066658", 1'795'231'004'066'658},
    {"NoDecimals", "63962450204", 1'795'231'004'000'000},
    {"TwoDecimals", "63962450204.06", 1'795'231'004'060'000},
    {"NineDecimalsAreCut", "63962450204.066658999", 1'795'231'004'066'658},
    {"YearZero", "0", -62'167'219'200'000'000},
    {"Nothing", "", std::nullopt},
    {"APoint", ".", std::nullopt},
    {"NoWholePart", ".5", std::nullopt},
    {"NoFraction", "5.", std::nullopt},
    {"TwoPoints", "5.5.5", std::nullopt},
    {"Letters", "6396245020x", std::nullopt},
    {"Blank", " 63962450204", std::nullopt},
    {"Negative", "-1", std::nullopt},
    {"Exponent", "6.4e10", std::nullopt},
    {"BeyondMicros", "9300000000000", std::nullopt},
    {"BeyondNumbers", "99999999999999999999999999", std::nullopt},
};

class ReadGregorian : public testing::TestWithParam<Read> {};
TEST_P(ReadGregorian, IsExactOrNothing) {
    EXPECT_EQ(parse_gregorian(GetParam().text), GetParam().micros);
}
INSTANTIATE_TEST_SUITE_P(Texts, ReadGregorian, testing::ValuesIn(read),
                         [](const auto& row) { return row.param.name; });

TEST(GregorianTimes, AreReadAsTheyWereWritten) {
    for (Micros t = 1'795'225'829'000'000; t < 1'795'225'832'000'000; t += 7'919) {
        EXPECT_EQ(parse_gregorian(gregorian(t)), t);
    }
}

}  // namespace
}  // namespace ci::wire
