// Guesses: for which dialogue a B2BUA made another one (b2bua), helped by the media that both have
// in common.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calls/lookups.h"
#include "calls/sure_ties.h"

namespace ci::calls {

class Guesses {
  public:
    explicit Guesses(Lookups& lookups) : lookups_(lookups) {}

    /// The dialogue for which this one was made: one proof for each kind of evidence. Empty: there
    /// is none, or there are several that are equally likely.
    [[nodiscard]] const std::vector<Tie>& parent(const std::string& call_id);
    /// The dialogues made for this one, each with its proofs.
    [[nodiscard]] std::vector<Tie> children(const std::string& call_id);

  private:
    Lookups& lookups_;
    std::map<std::string, std::vector<Tie>, std::less<>> parents_;
};

}  // namespace ci::calls
