// Finds on which day the first stamp of FreeSWITCH's log was written, where stamps have no date.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "logs/time.h"

namespace ci::logs {

class FreeswitchDecoder;

/// Is fed with a file from its beginning before the file is decoded.
class DateScan {
  public:
    DateScan();
    ~DateScan();
    DateScan(const DateScan&) = delete;
    DateScan& operator=(const DateScan&) = delete;

    /// The next octets, pieces of any size. True: the first date was found, and more octets do not
    /// matter.
    bool take(std::string_view bytes);
    /// For FreeswitchOptions: from the first date, less the midnights above it; or, if the whole
    /// file was taken and there is no date, from the calendar's newest time, less all midnights.
    /// Empty: nothing in the file needs it.
    [[nodiscard]] std::optional<std::int64_t> first_day(const Calendar& calendar);

  private:
    std::unique_ptr<FreeswitchDecoder> decoder_;
};

}  // namespace ci::logs
