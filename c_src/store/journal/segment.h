// A file of the journal: lines of all calls in the order in which they came.
#pragma once

#include <cstddef>
#include <string>

#include "store/disk/file.h"

namespace ci::store {

struct Segment {
    File file;
    std::string path;
    std::size_t size = 0;  ///< bytes of whole lines; the journal's own
    // The store's mutex guards these.
    std::size_t messages = 0;  ///< lines in it,
    std::size_t pending = 0;   ///< those of it, and marks, that are in no call's file yet,
    std::size_t stuck = 0;     ///< and those of these whose call's file cannot be written
    bool has_marks = false;    ///< of flushes: outlives all older segments
    bool closed = false;       ///< nothing more is written to it
};

}  // namespace ci::store
