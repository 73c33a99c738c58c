// All that the doctor can find, in one table; docs/doctor.md has the same rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ci::doctor {

enum class Severity : std::uint8_t { info, warning, error };
inline constexpr std::string_view severity_names[] = {"info", "warning", "error"};

/// In the order in which they are told.
enum class Code : std::uint8_t {
    no_inspector,
    no_parser,
    capture_off,
    not_reading,
    no_traffic,
    firewall,
    not_hep,
    not_allowed,
    wrong_key,
    kernel_drops,
    small_buffer,
    silent,
    old_hep,
    clock_off,
    two_clocks,
    shared_id,
    empty_ipv6,
    same_ends,
    truncated,
    one_direction,
    everything_twice,
    options_flood,
    store_trouble,
    disk_low,
    inodes_low,
    few_descriptors,
    little_memory,
};

struct CodeRow {
    Code code;
    std::string_view name;
    Severity severity;
};

/// By value of Code.
[[nodiscard]] std::span<const CodeRow> codes() noexcept;
[[nodiscard]] const CodeRow& row_of(Code code) noexcept;

}  // namespace ci::doctor
