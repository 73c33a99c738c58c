// What a former process left in the journal: killed, or stopped while calls' files could not be
// written.
#pragma once

#include "store/journal/backlog.h"
#include "store/journal/journal.h"

namespace ci::store {

struct Recovered {
    std::size_t messages = 0;
    std::size_t torn = 0;  ///< lines that were being written at the end
    Seq last = 0;          ///< of the numbers in the journal
    Seq next = 0;          ///< no number from this on was ever given
    std::vector<std::string> problems;
};

/// Hands the lines over. Segments without any are removed.
Recovered recover(Journal& journal, Backlog& backlog, Disk& disk);

}  // namespace ci::store
