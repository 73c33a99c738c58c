#include "sources/connections.h"

#include <gtest/gtest.h>

#include "os/descriptor.h"

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

class ConnectionsTest : public testing::Test {
  protected:
    void add(int descriptor, const char* address, std::chrono::seconds silent, bool has_spoken) {
        const auto peer = *wire::parse_address(address);
        Connection connection{HepStream(os::Descriptor(), {peer, 1}, nullptr), peer, 0};
        connection.heard = now_ - silent;
        connection.has_spoken = has_spoken;
        connections_.add(descriptor, std::move(connection));
    }
    [[nodiscard]] std::optional<int> out_for(const char* address) const {
        return connections_.least_needed(*wire::parse_address(address), now_);
    }

    Connections connections_;
    const Connection::Clock::time_point now_ = Connection::Clock::now();
};

TEST_F(ConnectionsTest, WhoIsActiveStays) {
    add(10, "192.0.2.1", 0s, true);
    add(11, "192.0.2.2", 9s, true);
    EXPECT_EQ(out_for("192.0.2.3"), std::nullopt);
    EXPECT_EQ(out_for("192.0.2.1"), std::nullopt);
}

TEST_F(ConnectionsTest, TheOneThatWasSilentLongestGoes) {
    add(10, "192.0.2.1", 11s, true);
    add(11, "192.0.2.2", 12s, true);
    add(12, "192.0.2.3", 1s, true);
    EXPECT_EQ(out_for("192.0.2.4"), 11);
    connections_.remove(11);
    EXPECT_EQ(out_for("192.0.2.4"), 10);
}

TEST_F(ConnectionsTest, OneThatNeverSpokeGoesFirst) {
    add(10, "192.0.2.1", 3'600s, true);
    add(11, "192.0.2.2", 0s, false);
    EXPECT_EQ(out_for("192.0.2.4"), 11);
}

TEST_F(ConnectionsTest, WhoHasManyPlacesGivesOneUpThoughAllAreActive) {
    for (int i = 0; i < 3; ++i) add(10 + i, "192.0.2.1", std::chrono::seconds(i), true);
    add(20, "192.0.2.2", 3'600s, true);
    EXPECT_EQ(out_for("192.0.2.3"), 12);
    EXPECT_EQ(out_for("192.0.2.1"), 20) << "but not for one more of its own";
}

}  // namespace
}  // namespace ci::sources
