#include "amqp/call_event.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ci::amqp {
namespace {

using nlohmann::json;

json bridge() {
    return {{"Event-Category", "call_event"},
            {"Event-Name", "CHANNEL_BRIDGE"},
            {"Call-ID", "a@b"},
            {"Other-Leg-Call-ID", "0a1b-2c"},
            {"Custom-Channel-Vars", {{"Call-Interaction-ID", "63670304795-386ddd58"}}}};
}

Malformed refused(const json& object) {
    const auto event = read_call_event(object.dump());
    EXPECT_FALSE(event);
    return event ? Malformed::not_understood : event.error();
}

TEST(CallEvent, HasTheMembersThatTellWhichChannelsBelongTogether) {
    const auto event = read_call_event(bridge().dump());
    ASSERT_TRUE(event);
    EXPECT_EQ(event->call_id, "a@b");
    EXPECT_EQ(event->label, "CHANNEL_BRIDGE with 0a1b-2c");
    EXPECT_EQ(event->text,
              "Event-Name: CHANNEL_BRIDGE\r\nCall-ID: a@b\r\nOther-Leg-Call-ID: 0a1b-2c\r\n"
              "Call-Interaction-ID: 63670304795-386ddd58");
    EXPECT_EQ(event->node, "");
}

TEST(CallEvent, TellsHowTheCallEndedAndNothingElse) {
    json end = bridge();
    end["Event-Name"] = "CHANNEL_DESTROY";
    end["Other-Leg-Call-ID"] = "a@b";  // its own name is no other leg's
    end["Hangup-Cause"] = "NORMAL_CLEARING";
    end["Duration-Seconds"] = 12;
    end["Switch-Nodename"] = "freeswitch@fs1";
    end["Remote-SDP"] = "v=0";
    end["Hangup-Code"] = json::array({1});
    end["Custom-Channel-Vars"] = {{"Authorizing-ID", "secret"}};
    const auto event = read_call_event(end.dump());
    ASSERT_TRUE(event);
    EXPECT_EQ(event->label, "CHANNEL_DESTROY, NORMAL_CLEARING");
    EXPECT_NE(event->text.find("\r\nDuration-Seconds: 12\r\n"), std::string::npos);
    EXPECT_EQ(event->text.find("secret"), std::string::npos);
    EXPECT_EQ(event->text.find("Remote-SDP"), std::string::npos);
    EXPECT_EQ(event->text.find("Hangup-Code"), std::string::npos);
    EXPECT_EQ(event->node, "freeswitch@fs1");
}

TEST(CallEvent, AValueMakesNoLineOfItsOwn) {
    json event = bridge();
    event["Disposition"] = "x\r\nOther-Leg-Call-ID: victim";
    event["Transfer-To"] = std::string(1'000, 'x');
    const auto read = read_call_event(event.dump());
    ASSERT_TRUE(read);
    EXPECT_NE(read->text.find("Disposition: x  Other-Leg-Call-ID: victim"), std::string::npos);
    EXPECT_LT(read->text.size(), 600U);
}

TEST(CallEvent, IsRefusedWithAReason) {
    EXPECT_EQ(read_call_event("[1]").error(), Malformed::not_json);
    EXPECT_EQ(read_call_event("{").error(), Malformed::not_json);
    EXPECT_EQ(read_call_event(std::string(max_call_event + 1, ' ')).error(), Malformed::too_large);
    json event = bridge();
    event["Event-Category"] = "call_inspector";
    EXPECT_EQ(refused(event), Malformed::no_category);
    event = bridge();
    event.erase("Event-Name");
    EXPECT_EQ(refused(event), Malformed::no_event_name);
    const json no_names[] = {json(), json(7), json(""), json("a\nb"), json(std::string(257, 'x'))};
    for (const auto& name : no_names) {
        event = bridge();
        event["Call-ID"] = name;
        EXPECT_EQ(refused(event), Malformed::no_call_id) << name;
    }
}

}  // namespace
}  // namespace ci::amqp
