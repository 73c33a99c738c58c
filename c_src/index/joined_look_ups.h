// The look-ups of joining (calls/dialogues.h), answered by the database.
#pragma once

#include "calls/dialogues.h"
#include "index/readers.h"

namespace ci::index {

class JoinedLookUps : public calls::Dialogues {
  public:
    explicit JoinedLookUps(Readers& readers) : readers_(readers) {}

    std::vector<calls::Holder> holders(const calls::Key& key, wire::Micros from, wire::Micros until,
                                       std::size_t most) override;
    std::vector<calls::Held> keys(std::string_view call_id) override;
    std::optional<calls::Outline> outline(std::string_view call_id) override;

  private:
    Readers& readers_;
};

}  // namespace ci::index
