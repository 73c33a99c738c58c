// What is wrong with a call, with its proof. All codes with their meaning: docs/findings.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calls/course/course.h"
#include "calls/rules.h"
#include "wire/micros.h"

namespace ci::calls {

/// Worst first.
enum class Severity : std::uint8_t { error, warning, info };
inline constexpr std::string_view severity_names[] = {"error", "warning", "info"};

/// In the order in which they are told if they are equally severe: what makes others comes first.
enum class Code : std::uint8_t {
    lost_between,
    loop,
    no_response,
    no_ack,
    wrong_credentials,
    challenge_unanswered,
    codec_mismatch,
    unknown_number,
    overloaded,
    refused,
    unknown_dialog,
    answer_crossed_cancel,
    two_answers,
    leg_left_open,
    session_timer_expired,
    no_prack,
    media_timeout,
    transfer_failed,
    bye_unanswered,
    large_udp_request,
    private_media_address,
    private_contact,
    slow_setup,
    low_quality,
    retransmissions,
    registration_unstable,
    malformed,
    clock_off,
    glare,
    interval_too_small,
    no_dtmf,
    held_to_the_end,
    short_call,
    scanner,
    truncated_capture,
    not_captured
};

struct Finding {
    Code code = Code::refused;
    Severity severity = Severity::info;
    /// One sentence in valid UTF-8. It may hold what a stranger wrote: to be escaped before it
    /// reaches a terminal.
    std::string text;
    std::vector<std::size_t> messages;  ///< places in the messages of the answer; its proof
    std::string host = {};              ///< empty: none is to blame, or several
    std::size_t leg = none;
    std::uint16_t status = 0;  ///< 0: none
    bool is_root = false;      ///< it is why the caller did not get through
    bool is_effect = false;    ///< another one that is told made it
};

struct FindingKind {
    Code code;
    std::string_view name;
    std::string_view check;  ///< what to look at next: a sentence for an operator
};
/// All of them, in the order of `Code`.
[[nodiscard]] std::span<const FindingKind> finding_kinds() noexcept;
[[nodiscard]] std::string_view name_of(Code code) noexcept;
[[nodiscard]] std::string_view check_of(Code code) noexcept;

/// The root cause first, then by severity. Nothing is told twice.
[[nodiscard]] std::vector<Finding> findings_of(const Course& course,
                                               const FindingLimits& limits = {});

}  // namespace ci::calls
