#include "logs/kamailio.h"

#include <algorithm>
#include <array>
#include <utility>

#include "logs/kamailio_line.h"
#include "logs/kamailio_records.h"
#include "logs/kamailio_wording.h"
#include "logs/lines.h"
#include "logs/prefix.h"

namespace ci::logs {
namespace {

/// What became of lines that are about no message.
enum class Fate : std::uint8_t { other, other_tag, no_call_id, no_prefix, too_long, empty, count };
constexpr std::string_view kamailio_fates[] = {"other",     "other_tag", "no_call_id",
                                               "no_prefix", "too_long",  "empty"};
constexpr auto fates = static_cast<std::size_t>(Fate::count);

class KamailioDecoder final : public Decoder {
  private:
    auto line_reader() {
        return [this](std::string_view text, std::uint64_t position, bool is_cut) {
            read(text, position, is_cut);
        };
    }

  public:
    KamailioDecoder(KamailioOptions options, RecordSink sink)
        : lines_(options.position),
          newest_(options.calendar.newest),
          prefixes_(std::move(options.calendar)),
          read_before_(options.read_before),
          records_(options.local, std::move(sink)) {}

    void take(std::string_view bytes, wire::Micros now) override {
        reach(now);
        lines_.take(bytes, line_reader());
    }
    void wait(wire::Micros now) override {
        reach(now);
        records_.wait(now);
    }
    void finish() override {
        lines_.finish(line_reader());
        records_.finish();
    }
    void next_file(const Calendar& calendar) override {
        lines_.finish(line_reader());
        prefixes_.set(calendar);
        newest_ = calendar.newest;
        since_ = now_;
    }
    [[nodiscard]] std::uint64_t position() const noexcept override { return lines_.position(); }
    [[nodiscard]] std::uint64_t begin_of_open() const noexcept override {
        return records_.begin_of_open(position());
    }
    [[nodiscard]] LineCounts lines() const override {
        LineCounts counts;
        const auto& of_records = records_.counts();
        const auto add = [&](std::string_view name, std::uint64_t count) {
            if (count != 0) counts.emplace_back(name, count);
        };
        add("in_records", of_records.in_records);
        add("in_open_records", of_records.open);
        add("outside_records", of_records.outside_records);
        for (std::size_t i = 0; i < fates; ++i) add(kamailio_fates[i], counts_[i]);
        return counts;
    }

  private:
    /// While a file is followed, time passes.
    void reach(wire::Micros now) {
        if (!is_started_) since_ = now;
        is_started_ = true;
        now_ = std::max(now_, now);
        prefixes_.reach(newest_ + (now_ - since_));
    }

    void read(std::string_view text, std::uint64_t position, bool is_cut) {
        const bool is_read_again = position < read_before_;
        const auto drop = [&](Fate fate) {
            if (!is_read_again) ++counts_[static_cast<std::size_t>(fate)];
        };
        if (text.empty()) return drop(Fate::empty);
        if (is_cut) return drop(Fate::too_long);
        const auto prefix = prefixes_.read(text);
        if (!prefix) return drop(Fate::no_prefix);
        const auto said = read_script_line(prefix->text);
        switch (said.is) {
            case ScriptLine::Is::other:
                return drop(Fate::other);
            case ScriptLine::Is::other_tag:
                return drop(Fate::other_tag);
            case ScriptLine::Is::no_call_id:
                return drop(Fate::no_call_id);
            case ScriptLine::Is::said:
                break;
        }
        KamailioRecords::Line line;
        line.host = prefix->host;
        line.pid = prefix->pid;
        line.call_id = said.call_id;
        line.text = said.text;
        line.position = position;
        line.time = prefix->time;
        line.is_read_again = is_read_again;
        if (!prefix->is_stamped) {
            // Only the reading tells when it was written.
            line.time = {now_, one_second, false};
        }
        records_.take(line, read_saying(said), now_);
    }

    Lines lines_;
    wire::Micros newest_, since_ = 0, now_ = 0;
    PrefixReader prefixes_;
    bool is_started_ = false;
    std::uint64_t read_before_;
    KamailioRecords records_;
    std::array<std::uint64_t, fates> counts_{};
};

}  // namespace

std::unique_ptr<Decoder> kamailio_decoder(KamailioOptions options, RecordSink sink) {
    return std::make_unique<KamailioDecoder>(std::move(options), std::move(sink));
}

}  // namespace ci::logs
