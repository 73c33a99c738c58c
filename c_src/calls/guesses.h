// Guesses: for which dialogue a B2BUA made another one (b2bua), helped by the media that both have
// in common.
#pragma once

#include <map>
#include <set>
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
    /// The same, apart from what a REFER led to.
    [[nodiscard]] const std::vector<Tie>& made_for(const std::string& call_id);
    [[nodiscard]] std::vector<Tie> made_from(const std::string& call_id);
    /// The call whose REFER made a host send this INVITE, in the name of one of its parties.
    [[nodiscard]] std::vector<Tie> after_refer(const std::string& call_id);
    /// A call that the host made and that was just answered: in the name of who answered it made
    /// this INVITE.
    [[nodiscard]] std::vector<Tie> after_answer(const std::string& call_id);
    /// What is made for a redirected INVITE's next try is made for the first one.
    void to_redirected(const std::string& call_id, Tie& tie);
    [[nodiscard]] bool is_by_redirection(const Tie& tie);
    [[nodiscard]] std::set<std::string> maybe_made_after_answer(const std::string& call_id);
    [[nodiscard]] std::set<std::string> maybe_made_for(const std::string& call_id);
    [[nodiscard]] std::set<std::string> maybe_made_after_refers(
        const std::vector<std::string>& family);

    Lookups& lookups_;
    std::map<std::string, std::vector<Tie>, std::less<>> parents_, made_for_;
};

}  // namespace ci::calls
