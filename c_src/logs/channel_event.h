// One entry of FreeSWITCH's log about a channel: its first line and the lines that go on with it.
#pragma once

#include <cstdint>
#include <string>

#include "logs/freeswitch_line.h"
#include "logs/record.h"

namespace ci::logs {

class ChannelEvent {
  public:
    static constexpr std::size_t longest_label = 200;  ///< octets
    static constexpr std::size_t longest_text = 1U << 16U;

    void begin(const FreeswitchLine& line, std::uint64_t position, const LogTime& time,
               std::string_view host);
    void add(std::string_view line);
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    /// Closes it. The record's views are valid until the next begin().
    [[nodiscard]] Record end();

  private:
    std::string id_, text_, label_, host_;
    std::uint64_t position_ = 0;
    LogTime time_;
    bool is_open_ = false;
    bool is_cut_ = false;
};

}  // namespace ci::logs
