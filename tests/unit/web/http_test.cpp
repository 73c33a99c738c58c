// What of a request decides: its target, its Host, where it comes from, what it takes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "web/http/guard.h"
#include "web/http/gzip.h"
#include "web/http/message.h"
#include "web/http/problem.h"
#include "web/http/target.h"
#include "wire/inflate.h"

namespace ci::web {
namespace {

using Path = std::vector<std::string>;

TEST(Target, IsSplitBeforeItIsUnescaped) {
    const auto target = parse_target("/api/calls/a%2Fb%20c+d?q=from%3Dalice+since%3D2d&limit=&x");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, (Path{"api", "calls", "a/b c+d"}));
    EXPECT_EQ(target->parameter("q"), "from=alice since=2d");
    EXPECT_TRUE(target->has("limit") && target->has("x") && !target->has("y"));
    EXPECT_EQ(target->parameter("limit"), "");
}

TEST(Target, KeepsEmptySegments) {
    EXPECT_EQ(parse_target("/")->path, Path{""});
    EXPECT_EQ(parse_target("//a/")->path, (Path{"", "a", ""}));
    EXPECT_TRUE(parse_target("/?&&")->query.empty());
}

TEST(Target, IsRefusedWithThePlaceOfTheMistake) {
    struct Case {
        std::string text;
        BadTarget reason;
        std::size_t at;
    };
    for (const Case& one :
         {Case{"", BadTarget::not_a_path, 0}, Case{"http://a/", BadTarget::not_a_path, 0},
          Case{"*", BadTarget::not_a_path, 0}, Case{"/a b", BadTarget::bad_octet, 2},
          Case{"/a\x80", BadTarget::bad_octet, 2}, Case{"/a#b", BadTarget::bad_octet, 2},
          Case{"/%4", BadTarget::bad_escape, 1}, Case{"/a/%g0", BadTarget::bad_escape, 3},
          Case{"/%00", BadTarget::bad_escape, 1}, Case{"/?a=%", BadTarget::bad_escape, 2},
          Case{"/?a=1&b=2&%61=3", BadTarget::twice, 10}}) {
        const auto target = parse_target(one.text);
        ASSERT_FALSE(target) << one.text;
        EXPECT_EQ(target.error(), (wire::Rejection<BadTarget>{one.reason, one.at})) << one.text;
    }
    EXPECT_EQ(parse_target(std::string(most_parts + 1, '/')).error().reason,
              BadTarget::too_many_parts);
}

TEST(Target, ReadsWhatWasEscaped) {
    std::string octets;
    for (int octet = 1; octet < 256; ++octet) octets += static_cast<char>(octet);
    const auto target = parse_target("/" + escaped(octets) + "?a=" + escaped(octets));
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, Path{octets});
    EXPECT_EQ(target->parameter("a"), octets);
}

TEST(Gzip, IsTakenByWhoNamesItAndNotWithQ0) {
    for (const char* list : {"gzip", "br, GZIP", "gzip;q=0.5", "deflate, *", "*;q=0.1"}) {
        EXPECT_TRUE(accepts_gzip(list)) << list;
    }
    for (const char* list :
         {"", "br", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "xgzip", "*;q=0"}) {
        EXPECT_FALSE(accepts_gzip(list)) << list;
    }
}

TEST(Gzip, ComesBack) {
    std::string octets, back;
    for (int i = 0; i < 100'000; ++i) octets += std::to_string(i * 7919 % 1009);
    for (const int level : {1, 9}) {
        back.clear();
        ASSERT_TRUE(wire::inflate(gzip(octets, level), octets.size(), back));
        EXPECT_EQ(back, octets);
    }
    EXPECT_TRUE(wire::inflate(gzip("", 1), 1, back));
}

TEST(EntityTag, IsFoundInAList) {
    EXPECT_TRUE(names_tag("\"a\", W/\"b\"", "\"b\""));
    EXPECT_TRUE(names_tag("*", "\"b\""));
    EXPECT_FALSE(names_tag("\"bb\"", "\"b\""));
    EXPECT_FALSE(names_tag("", "\"b\""));
}

TEST(Problem, HoldsWhatStrangersWrote) {
    const Response response = problem(404, "none of \"\x1b[31m\xe2\x80\xae<b>");
    EXPECT_EQ(response.status, 404U);
    EXPECT_EQ(response.type, "application/problem+json");
    EXPECT_NE(response.body.find("none of \\\"\\u001b[31m\\u202e<b>"), std::string::npos)
        << response.body;
}

TEST(Guard, LetsOnlyOurNamesIn) {
    const std::vector<std::string> names{"inspector.example.com", "other.example.com:8443"};
    Request request;
    request.method = Method::get;
    const auto status = [&](const std::string& host) {
        request.host = host;
        const auto refused = refusal(request, names);
        return refused ? refused->status : 200;
    };
    for (const char* host : {"localhost", "127.0.0.1:8070", "[::1]", "INSPECTOR.example.com:1",
                             "other.example.com:8443"}) {
        EXPECT_EQ(status(host), 200U) << host;
    }
    for (const char* host : {"", ":80", "a.inspector.example.com", "other.example.com", "[::1]x",
                             "127.0.0.1:80:80", "[::ffff:10.0.0.1]"}) {
        EXPECT_EQ(status(host), 421U) << host;
    }
}

TEST(Guard, LetsNoOtherSiteChangeAnything) {
    Request request;
    request.method = Method::post;
    request.host = "localhost:8070";
    request.content_type = "application/json";
    const auto status = [&] {
        const auto refused = refusal(request, {});
        return refused ? refused->status : 200;
    };
    EXPECT_EQ(status(), 200U);
    for (const char* origin : {"http://localhost:8070", "https://localhost:8070"}) {
        request.origin = origin;
        EXPECT_EQ(status(), 200U) << origin;
    }
    for (const char* origin :
         {"http://localhost", "http://localhost:8071", "null", "http://evil"}) {
        request.origin = origin;
        EXPECT_EQ(status(), 403U) << origin;
    }
    request.origin.clear();
    for (const char* site : {"cross-site", "same-site"}) {
        request.fetch_site = site;
        EXPECT_EQ(status(), 403U) << site;
    }
    request.fetch_site = "same-origin";
    for (const char* type : {"", "text/plain", "application/jsonp", "multipart/form-data"}) {
        request.content_type = type;
        EXPECT_EQ(status(), 415U) << type;
    }
}

}  // namespace
}  // namespace ci::web
