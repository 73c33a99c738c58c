// Who wrote a packet is seen in recordings of each program.
#include "hep/maker.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/places.h"
#include "support/recordings.h"

namespace {

using namespace ci;
using hep::Maker;

struct Recorded {
    const char* run;
    Maker maker;
};
void PrintTo(const Recorded& recorded, std::ostream* out) {
    *out << recorded.run;
}

class MakerOf : public testing::TestWithParam<Recorded> {};

TEST_P(MakerOf, IsSeenInEveryPacket) {
    const std::filesystem::path run = test::data("recordings/") + GetParam().run;
    std::map<Maker, std::size_t> seen;
    for (const auto& entry : std::filesystem::directory_iterator(run)) {
        if (entry.path().extension() != ".bin") continue;
        for (const auto& record :
             test::read_records(GetParam().run, entry.path().filename().string())) {
            const auto packet = wire::as_bytes(record.bytes);
            const auto capture = hep::decode(packet, record.arrival);
            ASSERT_TRUE(capture);
            ++seen[hep::maker_of(packet, *capture)];
            EXPECT_EQ(hep::maker_of({}, *capture), Maker::unknown) << "put together of pieces";
        }
    }
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.begin()->first, GetParam().maker);
}

INSTANTIATE_TEST_SUITE_P(Programs, MakerOf,
                         testing::Values(Recorded{"kam_hep1_mode1", Maker::unknown},
                                         Recorded{"kam_hep2_mode1", Maker::kamailio},
                                         Recorded{"kam_hep2_mode1_ipv6", Maker::kamailio},
                                         Recorded{"kam_hep3_mode1", Maker::kamailio},
                                         Recorded{"kam_hep3_kazoo", Maker::kamailio},
                                         Recorded{"osips_hep2_udp", Maker::opensips},
                                         Recorded{"osips_hep3_udp", Maker::opensips},
                                         Recorded{"sofia_hep1", Maker::unknown},
                                         Recorded{"sofia_hep2", Maker::freeswitch},
                                         Recorded{"sofia_hep3", Maker::freeswitch}));

}  // namespace
