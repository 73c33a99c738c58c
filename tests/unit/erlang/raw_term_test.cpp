#include "erlang/raw_term.h"

#include <gtest/gtest.h>

namespace ci::erlang {
namespace {

/// A tuple or a list of `count` empty lists, as LARGE_TUPLE_EXT or LIST_EXT.
std::string of_nils(char tag, std::uint32_t count) {
    std::string term(1, tag);
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        term.push_back(static_cast<char>(count >> shift));
    return term.append(tag == 'l' ? count + 1 : count, 'j');
}

TEST(RawTerm, WhatHasMoreElementsThanAnythingUnderstoodIsNotTakenApart) {
    EXPECT_EQ(tuple_of(of_nils('i', 1'000)).value().size(), 1'000U);
    EXPECT_EQ(list_of(of_nils('l', 1'000)).value().size(), 1'000U);
    EXPECT_FALSE(tuple_of(of_nils('i', 1'001)));
    EXPECT_FALSE(list_of(of_nils('l', 1'000'000)));
}

}  // namespace
}  // namespace ci::erlang
