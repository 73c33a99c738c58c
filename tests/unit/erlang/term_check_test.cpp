#include "erlang/term_check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ci::erlang {

void PrintTo(const Shape& shape, std::ostream* out) {
    *out << shape.terms << " terms, depth " << shape.depth;
}
void PrintTo(const Rejection& why, std::ostream* out) {
    *out << to_string(why.reason) << " at " << why.at;
}

namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

Result<Shape> check(std::string_view bytes, const Limits& limits = {}) {
    return check_term(wire::as_bytes(bytes), limits);
}

struct Sound {
    const char* name;
    std::string bytes;
    Shape shape;
};

const std::string node = "\x77\x03n@h"s;

const Sound sound[] = {
    {"SmallInteger", "\x83\x61\xff"s, {1, 0}},
    {"Integer", "\x83\x62\xff\xff\xff\xff"s, {1, 0}},
    {"Float", "\x83\x46\x40\x09\x21\xfb\x54\x44\x2d\x18"s, {1, 0}},
    {"SmallBig", "\x83\x6e\x01\x01\x07"s, {1, 0}},
    {"LargeBig", "\x83\x6f\0\0\0\x01\0\x07"s, {1, 0}},
    {"EmptyList", "\x83\x6a"s, {1, 0}},
    {"String", "\x83\x6b\0\x02hi"s, {1, 0}},
    {"Binary", "\x83\x6d\0\0\0\x02hi"s, {1, 0}},
    {"EmptyBinary", "\x83\x6d\0\0\0\0"s, {1, 0}},
    {"BitBinary", "\x83\x4d\0\0\0\x01\x03\xa0"s, {1, 0}},
    {"OldAtom", "\x83\x64\0\x02ok"s, {1, 0}},
    {"SmallOldAtom", "\x83\x73\x02ok"s, {1, 0}},
    {"Atom", "\x83\x76\0\x02ok"s, {1, 0}},
    {"SmallAtom", "\x83\x77\x02ok"s, {1, 0}},
    {"AtomOf255WideCharacters",
     "\x83\x76\x03\xfc"s +
         [] {
             std::string name;
             for (int i = 0; i < 255; ++i) name += "\xf0\x9f\x93\x9e";
             return name;
         }(),
     {1, 0}},
    {"List", "\x83\x6c\0\0\0\x02\x61\x01\x61\x02\x6a"s, {4, 1}},
    {"ImproperList", "\x83\x6c\0\0\0\x01\x61\x01\x61\x02"s, {3, 1}},
    {"EmptyTuple", "\x83\x68\0"s, {1, 0}},
    {"LargeTuple", "\x83\x69\0\0\0\x01\x6a"s, {2, 1}},
    {"Map", "\x83\x74\0\0\0\x01\x61\x01\x61\x02"s, {3, 1}},
    {"NestedTuples", "\x83\x68\x01\x68\x02\x68\x01\x61\x01\x61\x02"s, {5, 3}},
    {"Pid", "\x83\x58"s + node + std::string(12, '\0'), {1, 0}},
    {"OldPid", "\x83\x67"s + node + std::string(9, '\0'), {1, 0}},
    {"Port", "\x83\x59"s + node + std::string(8, '\0'), {1, 0}},
    {"PortOf64Bits", "\x83\x78"s + node + std::string(12, '\0'), {1, 0}},
    {"OldPort", "\x83\x66"s + node + std::string(5, '\0'), {1, 0}},
    {"Reference", "\x83\x5a\0\x03"s + node + std::string(16, '\0'), {1, 0}},
    {"OldReference", "\x83\x72\0\x03"s + node + std::string(13, '\0'), {1, 0}},
    {"OldestReference", "\x83\x65"s + node + std::string(5, '\0'), {1, 0}},
};

class Accepts : public testing::TestWithParam<Sound> {};
TEST_P(Accepts, WithItsShape) {
    const auto result = check(GetParam().bytes);
    ASSERT_TRUE(result) << testing::PrintToString(result.error());
    EXPECT_EQ(*result, GetParam().shape);
}
TEST_P(Accepts, ButNothingShorter) {
    const std::string_view bytes = GetParam().bytes;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto result = check(bytes.substr(0, size));
        ASSERT_FALSE(result) << size << " bytes";
        EXPECT_LE(result.error().at, size);
    }
}
TEST_P(Accepts, AndNothingLonger) {
    const auto& bytes = GetParam().bytes;
    const auto result = check(bytes + '\0');
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Rejection{Reason::tail, bytes.size()}));
}
INSTANTIATE_TEST_SUITE_P(Terms, Accepts, testing::ValuesIn(sound),
                         [](const auto& row) { return row.param.name; });

struct Refused {
    const char* name;
    std::string bytes;
    Rejection why;
};

const Refused refused[] = {
    {"Nothing", "", {Reason::no_version, 0}},
    {"AnotherVersion", "\x82\x6a", {Reason::no_version, 0}},
    {"VersionAlone", "\x83", {Reason::truncated, 1}},
    {"CompressedTerm", "\x83\x50\0\0\0\x01x"s, {Reason::unknown_tag, 1}},
    {"Fun", "\x83\x70\0\0\0\x04"s, {Reason::unknown_tag, 1}},
    {"ExternalFun", "\x83\x71\x77\x01m\x77\x01"s + "f\x61\x01"s, {Reason::unknown_tag, 1}},
    {"AtomCacheReference", "\x83\x52\0"s, {Reason::unknown_tag, 1}},
    {"FloatAsText", "\x83\x63"s + std::string(31, '1'), {Reason::unknown_tag, 1}},
    {"BinaryLengthPastTheEnd", "\x83\x6d\xff\xff\xff\xffx"s, {Reason::truncated, 1}},
    {"ListCountPastTheEnd", "\x83\x6c\xff\xff\xff\xff\x6a"s, {Reason::truncated, 1}},
    {"MapCountPastTheEnd", "\x83\x74\xff\xff\xff\xff\x6a"s, {Reason::truncated, 1}},
    {"TupleCountPastTheEnd", "\x83\x69\xff\xff\xff\xff\x6a"s, {Reason::truncated, 1}},
    {"ListWithoutItsTail", "\x83\x6c\0\0\0\x01\x61\x01"s, {Reason::truncated, 8}},
    {"SecondElementIsTheBadOne", "\x83\x68\x02\x61\x01\x00"s, {Reason::unknown_tag, 5}},
    {"LatinAtomTooLong", "\x83\x64\x01\0"s + std::string(256, 'a'), {Reason::bad_atom, 1}},
    {"AtomTooLong", "\x83\x76\x01\0"s + std::string(256, 'a'), {Reason::bad_atom, 1}},
    {"AtomWithATornCharacter", "\x83\x77\x02\xe2\x82"s, {Reason::bad_atom, 1}},
    {"AtomWithAnOverlongCharacter", "\x83\x77\x02\xc0\xaf"s, {Reason::bad_atom, 1}},
    {"AtomWithASurrogate", "\x83\x77\x03\xed\xa0\x80"s, {Reason::bad_atom, 1}},
    {"AtomBeyondUnicode", "\x83\x77\x04\xf4\x90\x80\x80"s, {Reason::bad_atom, 1}},
    {"BigWithAStrangeSign", "\x83\x6e\x01\x02\x07"s, {Reason::bad_number, 1}},
    {"FloatInfinity", "\x83\x46\x7f\xf0\0\0\0\0\0\0"s, {Reason::bad_number, 1}},
    {"BitBinaryOfNineBits", "\x83\x4d\0\0\0\x01\x09\xa0"s, {Reason::bad_length, 1}},
    {"BitBinaryWithoutBytes", "\x83\x4d\0\0\0\0\x01"s, {Reason::bad_length, 1}},
    {"ReferenceOfNoWords", "\x83\x5a\0\0"s + node + "\0\0\0\0"s, {Reason::bad_length, 1}},
    {"ReferenceOfSixWords",
     "\x83\x5a\0\x06"s + node + std::string(28, '\0'),
     {Reason::bad_length, 1}},
    {"PidOfANumber", "\x83\x58\x61\x01"s + std::string(12, '\0'), {Reason::unknown_tag, 1}},
};

class Refuses : public testing::TestWithParam<Refused> {};
TEST_P(Refuses, SayingWhyAndWhere) {
    const auto result = check(GetParam().bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(Bytes, Refuses, testing::ValuesIn(refused),
                         [](const auto& row) { return row.param.name; });

std::string nested(std::size_t depth) {
    std::string bytes = "\x83";
    for (std::size_t i = 0; i < depth; ++i) bytes += "\x68\x01";
    return bytes + "\x6a";
}

TEST(TermCheck, BoundsTheDepth) {
    EXPECT_TRUE(check(nested(32)));
    EXPECT_EQ(check(nested(33)).error(), (Rejection{Reason::too_deep, 65}));
    EXPECT_TRUE(check(nested(max_depth), {.depth = 1'000}));
    EXPECT_EQ(check(nested(max_depth + 1), {.depth = 1'000}).error().reason, Reason::too_deep);
    EXPECT_EQ(check(nested(1'000'000)).error().reason, Reason::too_deep);
}

TEST(TermCheck, BoundsTheNumberOfTerms) {
    const auto list = "\x83\x6c\0\0\0\x02\x6a\x6a\x6a"sv;
    EXPECT_TRUE(check(list, {.terms = 4}));
    EXPECT_EQ(check(list, {.terms = 3}).error(), (Rejection{Reason::too_many_terms, 8}));
}

}  // namespace
}  // namespace ci::erlang
