#include "calls/uri.h"

#include <gtest/gtest.h>

namespace ci::calls {
namespace {

struct Written {
    const char* name;
    const char* text;
    const char* scheme;
    const char* user;
    const char* host;
};
class UriOf : public testing::TestWithParam<Written> {};

TEST_P(UriOf, HasThesePartsAsWritten) {
    const Uri uri = parse_uri(GetParam().text);
    EXPECT_EQ(uri.scheme, GetParam().scheme);
    EXPECT_EQ(uri.user, GetParam().user);
    EXPECT_EQ(uri.host, GetParam().host);
}

constexpr Written written[] = {
    {"UserAndHost", "sip:alice@example.com", "sip", "alice", "example.com"},
    {"Port", "sip:alice@example.com:5080", "sip", "alice", "example.com"},
    {"HostOnly", "sip:example.com:5080;transport=tcp", "sip", "", "example.com"},
    {"Parameters", "sips:a@h;transport=tcp;lr?Subject=x", "sips", "a", "h"},
    {"Headers", "sip:a@h?Replaces=1%40b;x=y@z", "sip", "a", "h"},
    {"Password", "sip:alice:secret@h", "sip", "alice", "h"},
    {"NumberWithParameters", "sip:+4930123;phone-context=a.b@h", "sip", "+4930123", "h"},
    {"EscapedAt", "sip:a%40b@h", "sip", "a%40b", "h"},
    {"BareAt", "sip:a@b@h", "sip", "a@b", "h"},
    {"Ipv6", "sip:a@[2001:db8::1]:5060;x", "sip", "a", "2001:db8::1"},
    {"Ipv6WithoutBrackets", "sip:a@2001:db8::1", "sip", "a", "2001:db8::1"},
    {"Ipv6Unclosed", "sip:a@[2001:db8::1", "sip", "a", "2001:db8::1"},
    {"Case", "SIP:a@H", "SIP", "a", "H"},
    {"Tel", "tel:+49-30-123;phone-context=example.com", "tel", "+49-30-123", ""},
    {"TelWithContextOfAnotherForm", "tel:123;phone-context=a@b", "tel", "123", ""},
    {"Urn", "urn:service:sos", "urn", "service:sos", ""},
    {"Other", "http://example.com/a", "http", "//example.com/a", ""},
    {"NoScheme", "alice@example.com", "", "alice", "example.com"},
    {"NoSchemeButAPort", "example.com:5060", "", "", "example.com"},
    {"Blanks", "  sip:a@h ", "sip", "a", "h"},
    {"EmptyUser", "sip:@h", "sip", "", "h"},
    {"Nothing", "", "", "", ""},
    {"SchemeOnly", "sip:", "sip", "", ""},
    {"AsteriskOfContact", "*", "", "", "*"},
};
INSTANTIATE_TEST_SUITE_P(Of, UriOf, testing::ValuesIn(written),
                         [](const auto& row) { return row.param.name; });

struct Address {
    const char* name;
    const char* text;
    const char* shown;
    const char* user;
    const char* host;
};
class NameAddrOf : public testing::TestWithParam<Address> {};

TEST_P(NameAddrOf, HasTheseParts) {
    const NameAddr address = parse_name_addr(GetParam().text);
    EXPECT_EQ(unquote(address.name), GetParam().shown);
    EXPECT_EQ(address.uri.user, GetParam().user);
    EXPECT_EQ(address.uri.host, GetParam().host);
}

constexpr Address addresses[] = {
    {"Quoted", "\"Alice\" <sip:a@h>;tag=1", "Alice", "a", "h"},
    {"Token", "Alice B <sip:a@h>", "Alice B", "a", "h"},
    {"NoName", "<sip:a@h;lr>;tag=1", "", "a", "h"},
    {"NoBrackets", "sip:a@h;tag=1", "", "a", "h"},
    {"BracketInQuotes", "\"A <sip:x@y>\" <sip:a@h>", "A <sip:x@y>", "a", "h"},
    {"CommaInQuotes", "\"B, A\" <sip:a@h>", "B, A", "a", "h"},
    {"QuoteInQuotes", R"("A \"B\"" <sip:a@h>)", "A \"B\"", "a", "h"},
    {"List", "<sip:a@h>, <tel:+1>", "", "a", "h"},
    {"ListWithoutBrackets", "sip:a@h, <sip:b@h>", "", "a", "h"},
    {"Unclosed", "<sip:a@h", "", "a", "h"},
    {"UnclosedQuote", "\"Alice <sip:a@h>", "\"Alice", "a", "h"},
    {"Nothing", "", "", "", ""},
};
INSTANTIATE_TEST_SUITE_P(Of, NameAddrOf, testing::ValuesIn(addresses),
                         [](const auto& row) { return row.param.name; });

TEST(Unescape, LeavesWhatIsNoEscape) {
    EXPECT_EQ(unescape("%61%4x%4"), "a%4x%4");
    EXPECT_EQ(unescape("%2B49%20"), "+49 ");
    EXPECT_EQ(unescape("%"), "%");
}

struct Digits {
    const char* text;
    const char* number;
};

TEST(NumberOf, IsDigitsAlone) {
    const Digits all[] = {{"+49 30 123", "4930123"},
                          {"0049 30 123", "4930123"},
                          {"(030) 123", "30123"},
                          {"+49 (0)30/123-4", "49301234"},
                          {"+49-30-123", "4930123"},
                          {"030.123", "30123"},
                          {"101", "101"},
                          {"0", "0"},
                          {"000", "0"},
                          {"+", ""},
                          {"", ""},
                          {"()", ""},
                          {"*98", ""},
                          {"12#", ""},
                          {"alice", ""},
                          {"49a", ""},
                          {"4930+123", ""},
                          {"10.0.0.1", ""},
                          {"12345678901234567890123456789012", "12345678901234567890123456789012"},
                          {"123456789012345678901234567890123", ""}};
    for (const auto& [text, number] : all) EXPECT_EQ(number_of(text), number) << text;
}

TEST(SameNumber, ByTheirEnds) {
    struct Pair {
        const char *a, *b;
        bool same;
    };
    const Pair pairs[] = {{"+49 30 123", "0049 30 123", true},
                          {"+49 30 123", "(030) 123", true},
                          {"(030) 123", "+49 30 123", true},
                          {"030 123", "031 123", false},
                          {"101", "101", true},
                          {"101", "9101", false},
                          {"0123", "4930123", false},  // only four digits are left
                          {"30123", "4930123", true},
                          {"0101", "101", true},
                          {"alice", "alice", false},  // no numbers
                          {"", "", false}};
    for (const auto& [a, b, same] : pairs) {
        EXPECT_EQ(same_number(number_of(a), number_of(b)), same) << a << " and " << b;
    }
}

}  // namespace
}  // namespace ci::calls
