#include "erlang/term_text.h"

#include <gtest/gtest.h>

namespace ci::erlang {
namespace {

using Kind = Term::Kind;

/// A short notation of the term for expectations: atoms as they are, texts in quotes, "b" before a
/// binary.
std::string show(const Term& term) {
    const auto items = [&](std::string_view open, std::string_view close) {
        std::string out(open);
        for (const Term& item : term.items) out += (out == open ? "" : " ") + show(item);
        return out + std::string(close);
    };
    switch (term.kind) {
        case Kind::string:
            return "\"" + term.text + "\"";
        case Kind::binary:
            return "b\"" + term.text + "\"";
        case Kind::list:
            return items("[", "]");
        case Kind::tuple:
            return items("{", "}");
        case Kind::map:
            return items("#{", "}");
        default:
            return term.text;
    }
}

std::string read(std::string_view text) {
    const auto term = take_term_text(text);
    if (!term) return std::to_string(static_cast<int>(term.error().reason));
    return show(*term) + std::string(text);
}

constexpr const char* cut_mark = "0";
constexpr const char* syntax = "1";
constexpr const char* too_large = "2";

TEST(TermText, ReadsWhatErlangPrints) {
    EXPECT_EQ(read("{a, 'b c','q\\'s', \"s\"}.\nrest"), "{a b c q's \"s\"}\nrest");
    EXPECT_EQ(read("[1,-2,3.5,-1.0e-3,6.36e10].\n"), "[1 -2 3.5 -1.0e-3 6.36e10]\n");
    EXPECT_EQ(read("[<<>>,<<\"a\">>,<<98,0,255>>,<<\"c\",100>>]."),
              std::string("[b\"\" b\"a\" b\"b\0\xff\" b\"cd\"]", 23));
    EXPECT_EQ(read("#{a => [],b => {}}. "), "#{a [] b {}} ");
    EXPECT_EQ(read(" % remark\n x% another\n.%"), "x%");
    EXPECT_EQ(read("1."), "1");
}

TEST(TermText, ReadsEscapesAsOctetsOrAsCharacters) {
    EXPECT_EQ(read(R"(<<"\n\r\t\\\"\e\101\x41\x{e9}\^a">>.)"),
              "b\"\n\r\t\\\"\x1b"
              "AA\xe9\x01\"");
    EXPECT_EQ(read("<<\"\\x{263a}\xc3\xa9\"/utf8>>."), "b\"\xe2\x98\xba\xc3\xa9\"");
    EXPECT_EQ(read("<<\"\xc3\xa9\">>."), "b\"\xc3\xa9\"") << "octets are those of the file";
    EXPECT_EQ(read("<<\"\\x{263a}\">>."), syntax);
    EXPECT_EQ(read("\"\\x{263a}\"."), "\"\xe2\x98\xba\"");
}

TEST(TermText, JoinsLiteralsThatStandSideBySide) {
    EXPECT_EQ(read("<<\"ab\"\n   \"cd\">>."), "b\"abcd\"");
    EXPECT_EQ(read("<<\"ab\"\n   \"\\x{e9}\"/utf8>>."), "b\"ab\xc3\xa9\"");
    EXPECT_EQ(read("[\"ab\"\n \"cd\"]."), "[\"abcd\"]");
}

TEST(TermText, TellsWhatIsCutFromWhatIsNone) {
    for (const std::string text :
         {"", "{a", "{a,", "<<\"a", "<<1", "'a", "a", "\"\\", "1.0e", "#{a =>"}) {
        EXPECT_EQ(read(text), cut_mark) << text;
    }
    for (const std::string text :
         {"A.", "{a}b.", "[1|2].", "<0.1.0>.", "#Ref<0.1>.", "<<256>>.", "<<1:3>>.", "<<-1>>.",
          "{,}.", "{a,}.", "#{a}.", ".", "1.5.5.", "a.b."}) {
        EXPECT_EQ(read(text), syntax) << text;
    }
}

TEST(TermText, IsBounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']') + ".";
    };
    EXPECT_NE(read(nested(deepest_text)), too_large);
    EXPECT_EQ(read(nested(deepest_text + 1)), too_large);
    EXPECT_EQ(read(nested(1'000'000)), too_large);
    std::string many = "[1";
    for (std::size_t i = 1; i < max_terms_in_text; ++i) many += ",1";
    EXPECT_EQ(read(many + "]."), too_large);
}

}  // namespace
}  // namespace ci::erlang
