#include "hep/json.h"

#include <gtest/gtest.h>

namespace ci::hep {
namespace {

struct Found {
    const char* name;
    std::string text, member;
    const char* value;  ///< nullptr: not found
    bool is_string = true, is_cut = false;
};
void PrintTo(const Found& row, std::ostream* out) {
    *out << row.name;
}

const Found found[] = {
    {"AString", R"({"a":"b"})", "a", "b"},
    {"WithBlanks", "{\n\t\"a\" :\t\"b\"\n}", "a", "b"},
    {"TheSecondMember", R"({"a":"b","c":"d"})", "c", "d"},
    {"TheFirstOfThatName", R"({"a":"b","a":"d"})", "a", "b"},
    {"WithAnEscapedQuote", R"({"a":"b\"c"})", "a", R"(b\"c)"},
    {"ANumber", R"({"a": 12 , "c":1})", "a", "12", false},
    {"AnObjectsText", R"({"a":{"b":[1,"}"]},"c":1})", "a", R"({"b":[1,"}"]})", false},
    {"WhatIsInsideOthersIsNotFound", R"({"a":{"b":1}})", "b", nullptr},
    {"WhatIsInsideStringsIsNotFound", R"({"a":"\",\"b\":\""})", "b", nullptr},
    {"BehindAnEscapedBackslash", R"({"a":"\\","b":"c"})", "b", "c"},
    {"AStringThatIsCut", R"({"a":"bc)", "a", "bc", true, true},
    {"AStringThatIsCutInAnEscape", R"({"a":"bc\)", "a", R"(bc\)", true, true},
    {"ANumberThatIsCut", R"({"a":12)", "a", "12", false, true},
    {"NothingBehindTheColon", R"({"a":)", "a", "", false, true},
    {"AnUnclosedName", R"({"a)", "a", nullptr},
    {"NoColon", R"({"a" "b"})", "a", nullptr},
    {"NoObject", "INVITE", "a", nullptr},
    {"NothingAtAll", "", "a", nullptr},
};

class Finds : public testing::TestWithParam<Found> {};
TEST_P(Finds, OrNot) {
    const auto member = find_member(GetParam().text, GetParam().member);
    ASSERT_EQ(bool(member), GetParam().value != nullptr);
    if (!member) return;
    EXPECT_EQ(member->value, GetParam().value);
    EXPECT_EQ(member->is_string, GetParam().is_string);
    EXPECT_EQ(member->is_cut, GetParam().is_cut);
}
INSTANTIATE_TEST_SUITE_P(JsonMember, Finds, testing::ValuesIn(found),
                         [](const auto& row) { return row.param.name; });

struct Unescaped {
    const char* name;
    std::string_view escaped, text;
};
void PrintTo(const Unescaped& row, std::ostream* out) {
    *out << row.name;
}

const Unescaped unescaped[] = {
    {"Nothing", "", ""},
    {"TheShortOnes", R"(\b\f\n\r\t\"\\\/)", "\b\f\n\r\t\"\\/"},
    {"ACodePoint", R"(\u00e9\u20AC)", "\xc3\xa9\xe2\x82\xac"},
    {"APair", R"(\ud83d\ude00)", "\xf0\x9f\x98\x80"},
    {"HalfAPairStays", R"(a\ud83dz)", R"(a\ud83dz)"},
    {"HalfAPairBeforeAnother", R"(\ud83d\u0041)", R"(\ud83dA)"},
    {"BytesThatAreNotUtf8", "\xff\xc3", "\xff\xc3"},
    {"AnUnknownOne", R"(\q)", "q"},
    {"NoDigits", R"(\uzzzz)", "zzzz"},
    {"CutBehindTheBackslash", R"(a\)", "a"},
    {"CutInTheDigits", R"(a\u00)", "a"},
};

class Unescapes : public testing::TestWithParam<Unescaped> {};
TEST_P(Unescapes, ToBytes) {
    std::string out = "x";
    append_unescaped(GetParam().escaped, out);
    EXPECT_EQ(out, "x" + std::string(GetParam().text));
}
INSTANTIATE_TEST_SUITE_P(Json, Unescapes, testing::ValuesIn(unescaped),
                         [](const auto& row) { return row.param.name; });

TEST(Json, TakesLongTextsInOnePass) {
    std::string many = "{";
    for (int i = 0; i < 20'000; ++i) many += "\"a\":1,";
    std::string_view rest = many;
    std::size_t members = 0;
    while (next_member(rest)) ++members;
    EXPECT_EQ(members, 20'000U);
}

}  // namespace
}  // namespace ci::hep
