// The look-ups of joining, answered by all inspectors together.
//
// Joining cannot wait for the others. So it runs on what is known: a look-up that is not known
// finds nothing and is noted. All that were noted are asked in one question, and joining runs anew,
// until it needs nothing more.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/inquiry.h"
#include "calls/dialogues.h"

namespace ci::commands {

class GatheredLookUps : public calls::Dialogues {
  public:
    std::vector<calls::Holder> holders(const calls::Key& key, wire::Micros from, wire::Micros until,
                                       std::size_t most) override;
    std::vector<calls::Held> keys(std::string_view call_id) override;
    std::optional<calls::Outline> outline(std::string_view call_id) override;

    /// The look-ups that were not known; at most amqp::max_look_ups, the others are noted again.
    [[nodiscard]] std::vector<amqp::LookUp> take_unknown();
    /// What one inspector, of this number, found for them. Every number once for each question.
    void add(const std::vector<amqp::LookUp>& asked, const std::vector<amqp::LookedUp>& found,
             std::size_t part);

  private:
    const amqp::LookedUp* find(amqp::LookUp look_up);

    std::map<amqp::LookUp, amqp::LookedUp> known_;
    std::set<amqp::LookUp> unknown_;
};

}  // namespace ci::commands
