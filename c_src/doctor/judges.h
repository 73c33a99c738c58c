// The parts of diagnoses_of().
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/diagnosis.h"

namespace ci::doctor {

using Diagnoses = std::vector<Diagnosis>;
using Parser = sources::Parsers::Snapshot;
using Sender = sources::Senders::View;

/// Capture ids that no sender has. One that is proposed to a sender is proposed to no other, as
/// all lines may be followed at once.
class FreeIds {
  public:
    explicit FreeIds(const Facts& facts);

    [[nodiscard]] std::string next() const;
    [[nodiscard]] std::string take();

  private:
    std::set<std::uint32_t> taken_;
};

void judge_senders(const Facts& facts, const Parser& parser, FreeIds& ids, Diagnoses& diagnoses);
void judge_parser(const Facts& facts, const Parser& parser, const FreeIds& ids,
                  Diagnoses& diagnoses);
void judge_machine(const Facts& facts, Diagnoses& diagnoses);

/// The names that lines for a parser's senders have, without an id.
[[nodiscard]] Names names_for(const Facts& facts, const Parser& parser);

/// "3.2 s", "5 min", "2 h".
[[nodiscard]] std::string span_text(wire::Micros span);
/// "12 KiB", "3.4 GiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// "12 of its last 200 messages", "all of its last 200 messages".
[[nodiscard]] std::string share_text(std::uint64_t some, std::uint64_t all);

}  // namespace ci::doctor
