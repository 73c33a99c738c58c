#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "calls/key.h"
#include "calls/rules.h"

namespace ci::calls {
namespace {

wire::Address address(std::string_view text) {
    return wire::parse_address(text).value();
}

struct Sent {
    std::string headers;
    std::string start = "INVITE sip:5550123@b.example SIP/2.0";
    std::string vias = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n";
    std::string to = "To: <sip:5550123@b.example>\r\n";
    std::string body;
    std::string call_id = "own@a";
    std::string correlation_id;
};

std::vector<Key> keys_of(const Sent& sent, const Rules& rules = {}) {
    const std::string bytes =
        sent.start + "\r\n" + sent.vias + "From: <sip:alice@a.example>;tag=1\r\n" + sent.to +
        "Call-ID: " + sent.call_id + "\r\nCSeq: 1 INVITE\r\n" + sent.headers + "\r\n" + sent.body;
    const auto message = sip::parse(bytes);
    EXPECT_TRUE(message);
    const Sighting sighting{sent.call_id, sent.correlation_id, address("192.0.2.1"),
                            address("192.0.2.9")};
    return keys_of(*message, sighting, rules);
}

/// The values of the keys of one evidence and role, joined by commas.
std::string values(const std::vector<Key>& keys, Evidence evidence, Role role = Role::names) {
    std::string out;
    for (const Key& key : keys) {
        if (key.evidence != evidence || key.role != role) continue;
        out += (out.empty() ? "" : ", ") + key.value;
    }
    return out;
}
std::string of_header(const std::string& headers, Evidence evidence, Role role = Role::names) {
    Sent sent;
    sent.headers = headers + "\r\n";
    return values(keys_of(sent), evidence, role);
}

TEST(Evidence, AHeaderOfTheListNamesAnotherDialogue) {
    EXPECT_EQ(of_header("X-CID: abc@192.0.2.1", Evidence::header), "abc@192.0.2.1");
    EXPECT_EQ(of_header("k-cid:  8a1f-22 ", Evidence::header), "8a1f-22");
    EXPECT_EQ(of_header("x-cALLidAleg: \"quoted@x\"", Evidence::header), "quoted@x");
    EXPECT_EQ(of_header("P-Call-ID: one\r\nX-FS-Refer-Partner-UUID: two", Evidence::header),
              "one, two");
    EXPECT_EQ(of_header("X-Other: abc", Evidence::header), "");
    EXPECT_EQ(of_header("X-CID: own@a", Evidence::header), "");
    EXPECT_EQ(of_header("X-CID:", Evidence::header), "");
    EXPECT_EQ(of_header("X-CID: " + std::string(longest_key + 1, 'x'), Evidence::header), "");

    Rules rules;
    rules.headers = {"X-Mine"};
    Sent sent;
    sent.headers = "X-Mine: there\r\nX-CID: not\r\n";
    EXPECT_EQ(values(keys_of(sent, rules), Evidence::header), "there");
}

TEST(Evidence, ASessionIdIsSharedByBothEndsAndTheNilIdByNobody) {
    const std::string a = "ab30317f1a784dc48ff824d0d3715d86";
    const std::string b = "47755a9de7794ba387653f2099600ef2";
    const std::string nil(32, '0');
    const auto ids = [](const std::string& value) {
        return of_header("Session-ID: " + value, Evidence::session_id, Role::shares);
    };
    EXPECT_EQ(ids(a + ";remote=" + b), b + ", " + a);
    EXPECT_EQ(ids(b + " ; Remote=" + a), b + ", " + a);
    EXPECT_EQ(ids(a + ";remote=" + nil), a);
    EXPECT_EQ(ids("AB30317F1A784DC48FF824D0D3715D86"), a);
    EXPECT_EQ(ids(nil + ";remote=" + nil), "");
    EXPECT_EQ(ids("1234;remote=5678"), "");
    EXPECT_EQ(ids(""), "");
}

TEST(Evidence, ReplacesJoinAndTargetDialogNameADialogue) {
    EXPECT_EQ(of_header("Replaces: 12@h;to-tag=7;from-tag=8", Evidence::replaces), "12@h");
    EXPECT_EQ(of_header("Join: 12@h ;to-tag=7", Evidence::replaces), "12@h");
    EXPECT_EQ(of_header("Target-Dialog: 12@h;local-tag=a;remote-tag=b", Evidence::replaces),
              "12@h");
    EXPECT_EQ(of_header("Refer-To: <sip:c@x?Replaces=12%40h%3Bto-tag%3D7%3Bfrom-tag%3D8>",
                        Evidence::replaces),
              "12@h");
    EXPECT_EQ(of_header("r: sip:c@x;method=INVITE?Subject=a&rePlaces=12%40h%3Bto-tag%3D7",
                        Evidence::replaces),
              "12@h");
    EXPECT_EQ(of_header("Refer-To: \"x?Replaces=no\" <sip:c@x>", Evidence::replaces), "");
    EXPECT_EQ(of_header("Refer-To: <sip:c@x?Replaces=%>", Evidence::replaces), "%");
    EXPECT_EQ(of_header("Refer-To: <sip:c@x?Replaces=>", Evidence::replaces), "");
}

TEST(Evidence, AnInviteFollowsAReferToItsTargetByTheSameReferrer) {
    Sent refer;
    refer.start = "REFER sip:bob@192.0.2.9 SIP/2.0";
    refer.headers =
        "Refer-To: <sip:Carol@X.example:5080;user=phone>\r\nReferred-By: <sip:410@a.example>\r\n";
    Sent invite;
    invite.start = "INVITE sip:Carol@x.example SIP/2.0";
    invite.headers = "b: \"Bob\" <sip:410@a.example>\r\n";
    const auto one = keys_of(refer);
    const auto other = keys_of(invite);
    EXPECT_EQ(values(one, Evidence::refer, Role::arrives),
              "at 192.0.2.9 by 410, to Carol@x.example by 410");
    EXPECT_EQ(values(other, Evidence::refer, Role::leaves),
              "at 192.0.2.1 by 410, to Carol@x.example by 410");

    refer.headers = "Refer-To: <sip:carol@x.example>\r\n";
    EXPECT_EQ(values(keys_of(refer), Evidence::refer, Role::arrives),
              "at 192.0.2.9 by alice, to carol@x.example by alice");
    invite.headers.clear();
    EXPECT_EQ(values(keys_of(invite), Evidence::refer, Role::leaves), "");
}

TEST(Evidence, AChargingVectorIsShared) {
    const auto icid = [](const std::string& value) {
        return of_header("P-Charging-Vector: " + value, Evidence::icid, Role::shares);
    };
    EXPECT_EQ(icid("icid-value=1234bc9876e;icid-generated-at=192.0.6.8;orig-ioi=home1.net"),
              "1234bc9876e");
    EXPECT_EQ(icid("orig-ioi=x; icid-value=\"AyretyU0dm+6O2IrT5tAFrbHLso=\""),
              "AyretyU0dm+6O2IrT5tAFrbHLso=");
    EXPECT_EQ(icid("icid-value=\"\""), "");
    EXPECT_EQ(icid("none"), "");
}

TEST(Evidence, ACorrelationIdThatIsNotTheCallIdNamesAnotherDialogue) {
    Sent sent;
    sent.correlation_id = "other@b";
    EXPECT_EQ(values(keys_of(sent), Evidence::correlation), "other@b");
    sent.correlation_id = "own@a";
    EXPECT_EQ(values(keys_of(sent), Evidence::correlation), "");
}

TEST(Evidence, ACallIdIsMadeOfAnotherOne) {
    const auto bases = [](const std::string& call_id, const std::string& pattern = "") {
        Sent sent;
        sent.call_id = call_id;
        Rules rules;
        if (!pattern.empty()) rules.affixes = {pattern};
        return values(keys_of(sent, rules), Evidence::affix);
    };
    EXPECT_EQ(bases("abc@h_b2b-1"), "abc@h");
    EXPECT_EQ(bases("abc@h_b2b-12_b2b-3"), "abc@h, abc@h_b2b-12");
    EXPECT_EQ(bases("B2B.abc@h"), "abc@h");
    EXPECT_EQ(bases("abc@h_b2b-"), "");
    EXPECT_EQ(bases("abc@h_b2b-x"), "");
    EXPECT_EQ(bases("_b2b-1"), "");
    EXPECT_EQ(bases("leg#-abc-tail", "leg#-*-tail"), "");
    EXPECT_EQ(bases("leg7-abc-tail", "leg#-*-tail"), "abc");
    EXPECT_EQ(bases("abc", "*"), "");
    EXPECT_EQ(bases("xxxxxxxx", "x*"), "xxxx, xxxxx, xxxxxx, xxxxxxx");
}

TEST(Evidence, AnInviteArrivesAtAHostAndLeavesTheOneThatMadeIt) {
    Sent sent;
    sent.headers = "P-Asserted-Identity: <tel:+49-30-1234567;phone-context=x>\r\n";
    const auto first = keys_of(sent);
    EXPECT_EQ(values(first, Evidence::b2bua, Role::arrives),
              "192.0.2.9 called 5550123, 192.0.2.9 calling 1234567, 192.0.2.9 calling alice, "
              "192.0.2.9 hidden -");
    EXPECT_EQ(values(first, Evidence::b2bua, Role::leaves),
              "192.0.2.1 called 5550123, 192.0.2.1 calling 1234567, 192.0.2.1 calling alice");

    sent.vias =
        "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK2;"
        "received=198.51.100.4\r\n";
    sent.headers.clear();
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::leaves),
              "198.51.100.4 called 5550123, 198.51.100.4 calling alice");
    sent.vias = "Via: SIP/2.0/UDP 192.0.2.1\r\nVia: SIP/2.0/UDP [2001:db8::1]:5060\r\n";
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::leaves),
              "2001:db8::1 called 5550123, 2001:db8::1 calling alice");
    sent.vias = "Via: SIP/2.0/UDP 192.0.2.1\r\nVia: SIP/2.0/UDP a.invalid\r\n";
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::leaves), "");

    sent.to = "To: <sip:5550123@b.example>;tag=9\r\n";  // a re-INVITE
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::arrives), "");
}

TEST(Evidence, TheAddressesOfOneHostHaveItsName) {
    Rules rules;
    rules.hosts = {
        {"sbc",
         {wire::parse_network("192.0.2.0/30").value(), wire::parse_network("10.0.0.0/8").value()}}};
    EXPECT_EQ(values(keys_of(Sent{}, rules), Evidence::b2bua, Role::leaves),
              "sbc called 5550123, sbc calling alice");
}

TEST(Evidence, ARedirectionAndAReferNameWhomTheirReceiverCallsNext) {
    Sent sent;
    sent.start = "SIP/2.0 302 Moved";
    sent.headers = "Contact: <sip:+1-212-555-0164@x>;q=0.5\r\nContact: sip:bob@y\r\n";
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::arrives),
              "192.0.2.9 redirected 5550164, 192.0.2.9 redirected bob");
    sent.vias += sent.vias;  // a proxy receives it, who passes it on
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::arrives), "");
    sent.start = "REFER sip:x@y SIP/2.0";
    sent.headers = "Refer-To: <sip:1812@example.test>\r\n";
    EXPECT_EQ(values(keys_of(sent), Evidence::b2bua, Role::arrives),
              "192.0.2.9 referred 1812, 192.0.2.9 refers -");
}

TEST(Evidence, MediaIsSharedByAddressAndPortAndBySession) {
    const auto media = [](const std::string& sdp) {
        Sent sent;
        sent.body = sdp;
        return values(keys_of(sent), Evidence::media, Role::shares);
    };
    EXPECT_EQ(media("v=0\r\no=alice 2890844526 1 IN IP4 host\r\nc=IN IP4 192.0.2.5\r\n"
                    "m=audio 49170 RTP/AVP 0\r\nm=video 49172/2 RTP/AVP 31\r\n"
                    "c=IN IP4 192.0.2.6/127\r\n"),
              "192.0.2.5:49170, 192.0.2.6:49172, o=alice 2890844526");
    EXPECT_EQ(media("v=0\no=- 123456789 5 IN IP6 ::1\nm=audio 7 RTP/AVP 0\nc=IN IP6 2001:db8::2\n"),
              "[2001:db8::2]:7, o=- 123456789");
    EXPECT_EQ(media("v=0\r\no=user1 53655765 2353687637 IN IP4 h\r\nc=IN IP4 0.0.0.0\r\nm=audio 9 "
                    "RTP/AVP 0\r\n"),
              "");
    EXPECT_EQ(media("v=0\r\nc=IN IP4 192.0.2.5\r\nm=audio 0 RTP/AVP 0\r\n"), "");
    EXPECT_EQ(media("v=0\r\nc=IN IP4 media.invalid\r\nm=audio 5 RTP/AVP 0\r\n"), "");
    EXPECT_EQ(media("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.5\r\n"
                    "m=audio 6 RTP/AVP 0\r\n--b\r\nm=audio 8 RTP/AVP 0\r\n"),
              "192.0.2.5:6");
    EXPECT_EQ(media("not SDP"), "");
}

TEST(Evidence, ARegistrationHasNone) {
    Sent sent;
    sent.start = "REGISTER sip:b.example SIP/2.0";
    sent.headers = "X-CID: other\r\n";
    EXPECT_TRUE(keys_of(sent).empty());
}

TEST(Evidence, AMessageHasABoundedNumberOfKeysEachOnce) {
    Sent sent;
    for (int i = 0; i < 5'000; ++i) {
        sent.headers += "X-CID: " + std::to_string(i) + "\r\nX-CID: same\r\n";
    }
    const auto keys = keys_of(sent);
    EXPECT_EQ(keys.size(), most_keys_of_message);
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(Evidence, LinesOfALogNameTheOtherChannel) {
    const auto named = [](std::string_view text) {
        return values(keys_of_event(text, {"own", "", {}, {}}, {}), Evidence::channel);
    };
    EXPECT_EQ(named("[INFO] sofia.c:10460 sofia/a/b receiving invite from 192.0.2.1:5060 version: "
                    "1.10.12-release  64bit call-id: 9a4d6177e990d3ba@h"),
              "9a4d6177e990d3ba@h");
    EXPECT_EQ(named("Originate Resulted in Success: [sofia/a/b] Peer UUID: bd0c-1"), "bd0c-1");
    EXPECT_EQ(named("[NOTICE] sofia.c:9246 Attended Transfer [3076-a][6317-b]"), "3076-a, 6317-b");
    EXPECT_EQ(named("variable_signal_bond: [aa-1]\r\nvariable_originator: [bb-2]"), "aa-1, bb-2");
    EXPECT_EQ(named("{\"Other-Leg-Call-ID\":\"cc-3\",\"Call-ID\":\"own\"}"), "cc-3");
    const auto room = [](std::string_view observer) {
        const std::string_view text = "EXECUTE [depth=0] sofia/x conference(3001@default)";
        return values(keys_of_event(text, {"own", "", {}, {}, observer}, {}), Evidence::channel,
                      Role::shares);
    };
    EXPECT_EQ(room("fs1"), "fs1 conference(3001@default");
    EXPECT_NE(room("fs1"), room("fs2"));  // each FreeSWITCH has rooms of its own
    EXPECT_EQ(named("call-id: own"), "");
    EXPECT_EQ(named("call-id:"), "");
    EXPECT_EQ(named("call-id: \r\nnext line"), "");
}

TEST(Evidence, EventsOfKazooNameOtherChannelsAtTheBeginOfALineOnly) {
    const auto keys = [](std::string_view text) {
        return keys_of_event(text, {"own", "", {}, {}, "fs1@amqp", kazoo_event}, {});
    };
    const auto found = keys(
        "Event-Name: CHANNEL_BRIDGE\r\nCall-ID: own\r\nOther-Leg-Call-ID: cc-3\r\n"
        "Bridge-A-Unique-ID: own\r\nReplaced-By: dd-4\r\nHangup-Cause: ee-5\r\n"
        "Call-Interaction-ID: 63670304795-386ddd58");
    EXPECT_EQ(values(found, Evidence::channel), "cc-3, dd-4");
    EXPECT_EQ(values(found, Evidence::correlation, Role::shares), "63670304795-386ddd58");
    EXPECT_TRUE(keys("Transfer-To: Other-Leg-Call-ID: victim\r\nOther-Leg-Call-ID").empty());
    EXPECT_TRUE(keys("Disposition: call-id: victim").empty());
}

}  // namespace
}  // namespace ci::calls
