#include "logs/date_scan.h"

#include "logs/freeswitch_decoder.h"

namespace ci::logs {

DateScan::DateScan()
    : decoder_(std::make_unique<FreeswitchDecoder>(FreeswitchOptions{}, [](const Record&) {})) {}

DateScan::~DateScan() = default;

bool DateScan::take(std::string_view bytes) {
    if (!decoder_->first_date()) decoder_->take(bytes, 0);
    return decoder_->first_date().has_value();
}

std::optional<std::int64_t> DateScan::first_day(const Calendar& calendar) {
    if (const auto& date = decoder_->first_date()) return date->day - date->midnights;
    decoder_->finish();
    if (const auto& date = decoder_->first_date()) return date->day - date->midnights;
    const auto& clock = decoder_->clock();
    if (!clock.has_day()) return std::nullopt;
    const DayClock ends(calendar, std::nullopt);
    return ends.newest_day(clock.last_of_day()) - clock.midnights();
}

}  // namespace ci::logs
