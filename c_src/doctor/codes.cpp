#include "doctor/codes.h"

namespace ci::doctor {
namespace {

constexpr CodeRow rows[] = {
    {Code::no_inspector, "no_inspector", Severity::error},
    {Code::no_parser, "no_parser", Severity::error},
    {Code::capture_off, "capture_off", Severity::warning},
    {Code::not_reading, "not_reading", Severity::error},
    {Code::no_traffic, "no_traffic", Severity::warning},
    {Code::firewall, "firewall", Severity::error},
    {Code::not_hep, "not_hep", Severity::warning},
    {Code::not_allowed, "not_allowed", Severity::warning},
    {Code::wrong_key, "wrong_key", Severity::warning},
    {Code::kernel_drops, "kernel_drops", Severity::error},
    {Code::small_buffer, "small_buffer", Severity::warning},
    {Code::silent, "silent", Severity::warning},
    {Code::old_hep, "old_hep", Severity::warning},
    {Code::clock_off, "clock_off", Severity::warning},
    {Code::two_clocks, "two_clocks", Severity::error},
    {Code::shared_id, "shared_id", Severity::info},
    {Code::empty_ipv6, "empty_ipv6", Severity::warning},
    {Code::same_ends, "same_ends", Severity::warning},
    {Code::truncated, "truncated", Severity::warning},
    {Code::one_direction, "one_direction", Severity::warning},
    {Code::everything_twice, "everything_twice", Severity::info},
    {Code::options_flood, "options_flood", Severity::info},
    {Code::store_trouble, "store_trouble", Severity::error},
    {Code::disk_low, "disk_low", Severity::error},
    {Code::inodes_low, "inodes_low", Severity::error},
    {Code::few_descriptors, "few_descriptors", Severity::warning},
    {Code::little_memory, "little_memory", Severity::warning},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        if (static_cast<std::size_t>(rows[i].code) != i) return false;
    }
    return true;
}
static_assert(is_in_order());

}  // namespace

std::span<const CodeRow> codes() noexcept {
    return rows;
}

const CodeRow& row_of(Code code) noexcept {
    return rows[static_cast<std::size_t>(code)];
}

}  // namespace ci::doctor
