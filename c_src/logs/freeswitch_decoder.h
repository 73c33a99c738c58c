// The decoder behind `freeswitch_decoder` and `DateScan`.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/channel_event.h"
#include "logs/day_clock.h"
#include "logs/freeswitch.h"
#include "logs/lines.h"
#include "logs/prefix.h"
#include "logs/sofia_block.h"
#include "logs/sofia_stamp.h"

namespace ci::logs {

class FreeswitchDecoder final : public Decoder {
  public:
    /// A message whose octets are all there, and a channel's line, wait for what may follow.
    static constexpr wire::Micros short_patience = 100'000;
    static constexpr wire::Micros long_patience = 2 * one_second;

    FreeswitchDecoder(FreeswitchOptions options, RecordSink sink);

    void take(std::string_view bytes, wire::Micros now) override;
    void wait(wire::Micros now) override;
    void finish() override;
    void next_file(const Calendar& calendar) override;
    [[nodiscard]] std::uint64_t position() const noexcept override { return lines_.position(); }
    [[nodiscard]] std::uint64_t begin_of_open() const noexcept override;
    [[nodiscard]] LineCounts lines() const override;

    [[nodiscard]] const DayClock& clock() const noexcept { return clock_; }
    /// The first date in the log, and the time of day beside it, once it was seen.
    struct FirstDate {
        std::int64_t day = 0;
        std::int64_t midnights = 0;  ///< between the first stamp and this
    };
    [[nodiscard]] const std::optional<FirstDate>& first_date() const noexcept {
        return first_date_;
    }

  private:
    enum class Fate : std::uint8_t {
        message,
        event,
        less_severe,
        no_channel,
        no_text,
        bad_size,
        too_long,
        blank,
        other
    };
    static constexpr std::size_t fates = 9;
    struct Line {
        std::string_view text;
        std::uint64_t position = 0;
        bool is_rest = false;
    };

    void read(std::string_view text, std::uint64_t position, bool is_cut);
    void read_again();
    void read_one(const Line& line);
    void read_record(const Prefix& prefix, const Line& line);
    void read_part(const Line& line);
    [[nodiscard]] bool read_in_block(const Line& line);
    void read_dashes(const Line& line);
    void read_own(const FreeswitchLine& whole, const Line& line);
    void read_stamp(const SofiaStamp& stamp, const Line& line);
    void read_unknown(const Line& line);

    [[nodiscard]] std::optional<Prefix> prefix_of(std::string_view text);
    /// A line of mod_logfile that filled its buffer has no line end.
    [[nodiscard]] std::string_view split_full(const Line& line);

    void count(const Line& line, Fate fate);
    void add(Fate fate, std::uint64_t lines);
    void hand_over(const Record& record);
    void note_date(std::int64_t day, wire::Micros of_day);
    void drop_partial();
    [[nodiscard]] LogTime not_before_message(LogTime time);
    void give_up();
    void end_stamp();
    void end_block();
    void take_unread();
    void end_event();
    void end_all();

    wire::Endpoint local_;
    Level events_;
    std::uint64_t read_before_;
    RecordSink sink_;
    Lines lines_;
    PrefixReader prefixes_;
    DayClock clock_;
    std::array<std::uint64_t, fates> counts_{};

    // The line that is being read.
    std::string plain_;      ///< without colour codes
    std::string unescaped_;  ///< the text of syslog's record
    const Prefix* prefix_ = nullptr;
    bool is_record_ = false;  ///< syslog's record has several lines
    bool is_counted_ = false;
    bool is_read_again_ = false;      ///< an earlier decoder read it
    std::vector<UnreadLine> unread_;  ///< the next one last
    std::uint64_t rest_at_ = 0;       ///< the line here is the rest of one
    std::int64_t credit_ = 0;         ///< octets that may be read twice

    // The stamp above the message.
    std::optional<SofiaStamp> stamp_;
    std::optional<LogTime> stamp_prefix_;
    LogTime stamp_time_;
    std::string stamp_host_;
    std::uint64_t stamp_position_ = 0;
    std::size_t stamp_size_ = 0;
    std::uint64_t stamp_lines_ = 0;  ///< the stamp's and the dashes'
    bool is_coloured_ = false;
    SofiaBlock block_;
    std::string message_;
    /// The last message's time and place, while own lines below it may be stamped earlier.
    struct LastMessage {
        wire::Micros at = 0;
        std::uint64_t position = 0;
    };
    std::optional<LastMessage> last_message_;

    // FreeSWITCH's last own line.
    ChannelEvent event_;
    std::string id_;
    Fate follows_ = Fate::other;  ///< what lines are that go on with it

    wire::Micros grown_at_ = 0;
    std::optional<FirstDate> first_date_;
};

}  // namespace ci::logs
