// Reads the lines that an earlier process left in the journal because the process was killed, or
// ended while calls' files could not be written.
#pragma once

#include "store/journal/backlog.h"
#include "store/journal/journal.h"

namespace ci::store {

struct Recovered {
    std::size_t messages = 0;
    std::size_t torn = 0;  ///< lines cut short by the process's end
    Seq last = 0;          ///< the highest number in the journal
    Seq next = 0;          ///< no number from this one on was ever given
    std::vector<Error> problems;
};

/// Hands the lines to the backlog. Segments without lines are removed.
Recovered recover(Journal& journal, Backlog& backlog, Disk& disk);

}  // namespace ci::store
