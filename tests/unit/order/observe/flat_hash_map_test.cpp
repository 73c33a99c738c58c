#include "order/observe/flat_hash_map.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "order/observe/interner.h"
#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

TEST(KeyHash, TellsKeysApartWhateverTheirFirstWord) {
    // A word that turned into a factor of 0 or of all ones would erase the word beside it.
    for (const std::uint64_t first : {std::uint64_t{0}, UINT64_MAX, std::uint64_t{1}}) {
        std::set<std::size_t> hashes;
        for (std::uint64_t i = 0; i < 1'000; ++i) hashes.insert(KeyHash{}(Key{first, i, 1, 2, 0}));
        EXPECT_EQ(hashes.size(), 1'000U) << first;
    }
}

TEST(FlatHashMap, KeepsTheFirstOfEachKeyHoweverMuchItGrows) {
    FlatHashMap<std::string, int, wire::TextHash> table;
    EXPECT_EQ(table.find("0"), nullptr);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(table.emplace(std::to_string(i), i).second);
        EXPECT_FALSE(table.emplace(std::to_string(i), -1).second);
    }
    EXPECT_EQ(table.size(), 1000U);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(*table.find(std::to_string(i)), i);
    EXPECT_EQ(table.find("1000"), nullptr);
}

}  // namespace
}  // namespace ci::order
