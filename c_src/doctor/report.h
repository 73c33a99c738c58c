// What the doctor found, for people and for programs. Each text ends in a line feed.
#pragma once

#include <span>
#include <string>

#include "doctor/diagnosis.h"

namespace ci::doctor {

[[nodiscard]] std::string report_text(const Facts& facts, std::span<const Diagnosis> diagnoses);
[[nodiscard]] std::string report_json(const Facts& facts, std::span<const Diagnosis> diagnoses);

}  // namespace ci::doctor
