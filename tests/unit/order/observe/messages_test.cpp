// Which observations are of one message.
#include <gtest/gtest.h>

#include "order/scene.h"

namespace {

using namespace ci::order::scene;

/// A log of the proxy tells no headers, and shows the URI of a request as it came in.
void make_log(Scene& scene, const std::string& observer) {
    for (Chunk& chunk : scene.chunks) {
        if (chunk.observer != observer) continue;
        chunk.message.clear();
        const auto uri = chunk.label.find("bob@192.0.2.3");
        if (uri != std::string::npos) chunk.label.replace(uri, 13, "bob@example.com");
    }
}

TEST(Messages, ALogMayShowARequestWithTheUriThatCameIn) {
    Scene scene({{"hep", "192.0.2.2"}, {"log", "192.0.2.2", 3 * second}});
    call(scene);
    make_log(scene, "log");
    EXPECT_EQ(scene.ordered(), scene.truth());
}

TEST(Messages, ForkedRequestsOfALogAreToldApartByTheirPlaces) {
    Scene scene({{"hep", "192.0.2.2"}, {"log", "192.0.2.2", 3 * second}});
    const std::string carol = "192.0.2.4:5060";
    scene.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a1"}, "", ""});
    scene.send(ms, proxy, bob, {"INVITE", "1 INVITE", {"p1", "a1"}, "", ""});
    scene.send(2 * ms, proxy, carol, {"INVITE", "1 INVITE", {"p2", "a1"}, "", ""});
    scene.send(9 * ms, proxy, bob, {"BYE", "2 BYE", {"p3"}, "", ""});
    make_log(scene, "log");
    EXPECT_EQ(scene.ordered(), scene.truth());
}

}  // namespace
