// A file of the journal: lines of all calls in the order in which they came.
#pragma once

#include <cstddef>
#include <string>

#include "store/file.h"

namespace ci::store {

struct Segment {
    File file;
    std::string path;
    std::size_t size = 0;     ///< bytes of whole lines; the journal's own
    std::size_t pending = 0;  ///< lines that are in no call's file yet; the store's mutex guards it
    bool has_marks = false;   ///< of flushes: outlives all older segments; likewise
    bool closed = false;      ///< nothing more is written to it; likewise
};

}  // namespace ci::store
