// A file of the journal: lines of all calls in the order of their arrival.
#pragma once

#include <cstddef>
#include <string>

#include "store/disk/file.h"

namespace ci::store {

struct Segment {
    File file;
    std::string path;
    std::size_t size = 0;  ///< bytes of whole lines; used by the journal only
    // Guarded by the mutex of Backlog, which has no name here: the compiler cannot check it.
    std::size_t messages = 0;  ///< lines written to it
    std::size_t pending = 0;   ///< lines and marks in it that are in no call's file yet
    std::size_t stuck = 0;     ///< of pending: lines whose call's file cannot be written
    bool has_marks = false;    ///< of flushes: kept until all older segments are gone
    bool closed = false;       ///< no longer written to
};

}  // namespace ci::store
