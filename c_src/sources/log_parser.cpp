#include "sources/log_parser.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "logs/date_scan.h"
#include "logs/kamailio.h"
#include "net/wall_clock.h"

namespace ci::sources {
namespace {

using namespace std::chrono_literals;

/// Octets before the place that are read again without being stored: requests that later responses
/// belong to.
constexpr std::uint64_t replay_octets = 64U << 20U;
/// Octets that are read at a time.
constexpr std::size_t piece_octets = 256U << 10U;
/// LogPlace::untouched is written this far ahead, so that it is not written for each piece.
constexpr std::uint64_t ahead_octets = 16U << 20U;
constexpr auto place_every = 1s;
/// After this time the kernel has written what is not synced (dirty_expire_centisecs and more).
constexpr auto safe_after = 60s;
constexpr auto settle_time = 1s;
constexpr auto pace_time = 1s;

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

/// Unix time of a time in the zone that the process runs in.
wire::Micros from_local(const logs::CivilTime& time) {
    constexpr wire::Micros second = 1'000'000;
    std::tm broken{};
    broken.tm_year = time.year - 1'900;
    broken.tm_mon = static_cast<int>(time.month) - 1;
    broken.tm_mday = static_cast<int>(time.day);
    broken.tm_sec = static_cast<int>(time.of_day / second);
    broken.tm_isdst = -1;
    return static_cast<wire::Micros>(std::mktime(&broken)) * second + time.of_day % second;
}

}  // namespace

std::string LogParser::id_of(const LogOptions& options) {
    return std::filesystem::path(options.path).lexically_normal().string();
}

std::string_view LogParser::type() const {
    return options_.kind == LogKind::kamailio ? "km_log" : "fs_log";
}

wire::expected<std::unique_ptr<LogParser>, net::SocketError> LogParser::start(
    const LogOptions& options, LogStore& store, Notice notice) {
    LogOptions own = options;
    own.path = id_of(options);
    std::optional<LogPlace> place;
    if (!own.from_start) place = read_place(store.place(own.path));
    // After a power cut, what was written shortly before may be lost.
    if (place && place->boot != boot_id()) place->position = place->safe;
    auto follower = LogFollower::open(
        own.path, place, place ? std::min(place->open, place->position) : 0, replay_octets);
    if (!follower) return std::move(follower.error());
    return std::unique_ptr<LogParser>(new LogParser(
        std::move(own), std::move(place), *std::move(follower), store, std::move(notice)));
}

LogParser::LogParser(LogOptions options, std::optional<LogPlace> place, LogFollower follower,
                     LogStore& store, Notice notice)
    : Source(options.path, wire::Endpoint{}, Admission{}, options.switches,
             [this](auto drafts) { return keep(drafts); }),
      options_(std::move(options)),
      follower_(std::move(follower)),
      store_(store),
      notice_(std::move(notice)),
      boot_(boot_id()),
      watch_(options_.path) {
    // A file that was not read before begins at follower_.base(), where nothing was stored.
    settled_ = open_ = untouched_ = follower_.base();
    if (place && follower_.base() == place->base) {
        resumed_at_ = settled_ = place->position;
        open_ = place->open;
        doubtful_ = untouched_ = place->untouched;
    }
    if (place) safe_.position = std::min(place->safe, settled_);
    next_safe_ = safe_ = {Clock::now(), safe_.position};
    pace_ = {Clock::now(), follower_.position()};
    skips_line_ = follower_.begins_in_the_middle();
    publish();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

LogParser::~LogParser() {
    thread_.request_stop();
    watch_.end();
}

void LogParser::run(const std::stop_token& stop) {
    stop_ = stop;
    std::vector<char> buffer(piece_octets);
    while (!stop.stop_requested()) {
        const auto [step, octets] = follower_.read(buffer);
        if (const auto text = follower_.extract_notice(); !text.empty()) {
            ++gaps_;
            notice_(text);
        }
        switch (step) {
            case LogFollower::Step::data:
                read(octets);
                break;
            case LogFollower::Step::next_file:
                if (decoder_) decoder_->next_file(calendar_of(follower_.modified()));
                receiver_.hand_over();
                break;
            case LogFollower::Step::idle:
                if (!live_from_) live_from_ = follower_.position();
                if (decoder_) decoder_->wait(net::now());
                receiver_.hand_over();
                set_place();
                publish();
                watch_.look_again();
                tell_polling();
                watch_.wait(follower_.is_turning());
                break;
        }
        if (Clock::now() >= place_set_ + place_every) {
            set_place();
            publish();
        }
    }
    receiver_.hand_over();
    set_place();
}

void LogParser::read(std::string_view octets) {
    std::uint64_t begin = follower_.position() - octets.size();
    if (skips_line_) {
        const auto end = octets.find('\n');
        if (end == std::string_view::npos) return;
        octets.remove_prefix(end + 1);
        begin += end + 1;
        skips_line_ = false;
    }
    if (octets.empty()) return;
    if (!decoder_) begin_decoder(begin, octets);
    if (begin >= resumed_at_) {
        receiver_.counters().bytes.fetch_add(octets.size(), std::memory_order_relaxed);
    }
    if (begin + octets.size() > untouched_) announce(begin + octets.size() + ahead_octets);
    decoder_->take(octets, net::now());
    receiver_.hand_over();
}

/// Writes down, before it happens, how far records may be stored.
void LogParser::announce(std::uint64_t untouched) {
    // A place in this file says that the files before it are stored.
    while (settled_ < follower_.base() && !stop_.stop_requested()) {
        if (store_.settle(Clock::now() + settle_time)) settled_ = follower_.base();
    }
    untouched_ = untouched;
    write_place();
}

/// `octets` are the first ones that it is to decode; the follower has read them.
void LogParser::begin_decoder(std::uint64_t position, std::string_view octets) {
    auto sink = [this](const logs::Record& record) { take(record); };
    const logs::Calendar calendar = calendar_of(follower_.modified());
    if (options_.kind == LogKind::kamailio) {
        logs::KamailioOptions own;
        own.local = options_.local;
        own.position = position;
        own.calendar = calendar;
        own.read_before = resumed_at_;
        decoder_ = logs::kamailio_decoder(std::move(own), sink);
        return;
    }
    logs::FreeswitchOptions own;
    own.local = options_.local;
    own.position = position;
    own.calendar = calendar;
    own.events = options_.events;
    own.read_before = resumed_at_;
    logs::DateScan scan;
    if (!scan.take(octets)) {
        follower_.look_ahead(
            [&](std::string_view more) { return stop_.stop_requested() || scan.take(more); });
    }
    own.first_day = scan.first_day(calendar);
    decoder_ = logs::freeswitch_decoder(std::move(own), sink);
}

logs::Calendar LogParser::calendar_of(wire::Micros newest) const {
    logs::Calendar calendar;
    calendar.newest = newest;
    calendar.zone_unsure = !options_.zone;
    if (options_.zone) {
        const wire::Micros offset = std::chrono::microseconds(*options_.zone).count();
        calendar.to_unix = [offset](const logs::CivilTime& time) { return utc(time) - offset; };
    } else {
        calendar.to_unix = from_local;
    }
    return calendar;
}

void LogParser::take(const logs::Record& record) {
    arrival_ = std::max(net::now(), arrival_ + 1);  // distinct arrivals keep the log's order
    newest_ = record.time.at;
    receiver_.add(record, arrival_, is_live(record.position));
}

bool LogParser::is_live(std::uint64_t position) const noexcept {
    return live_from_ && position >= *live_from_;
}

std::size_t LogParser::keep(std::span<const chunk::Draft> drafts) {
    // Records are not in the order of their positions: one may be complete long after its
    // beginning.
    const auto may_be_stored = [this](const chunk::Draft& draft) {
        return *draft.log_position < doubtful_;
    };
    std::vector<chunk::Draft> unknown;
    std::span<const chunk::Draft> wanted = drafts;
    if (std::any_of(drafts.begin(), drafts.end(), may_be_stored)) {
        std::copy_if(
            drafts.begin(), drafts.end(), std::back_inserter(unknown),
            [&](const auto& draft) { return !may_be_stored(draft) || !store_.has(draft); });
        known_ += drafts.size() - unknown.size();
        wanted = unknown;
    }
    if (!wanted.empty() && !store_.keep(wanted, is_live(*wanted.front().log_position), stop_)) {
        is_incomplete_ = true;
    }
    return drafts.size();
}

/// Notes how far all is stored for good.
void LogParser::set_place() {
    place_set_ = Clock::now();
    if (!decoder_ || is_incomplete_ || options_.from_start) return;
    const std::uint64_t position = std::max(decoder_->position(), resumed_at_);
    const std::uint64_t open = decoder_->begin_of_open();
    if (position == settled_ && open == open_) return;
    if (!store_.settle(place_set_ + settle_time)) return;
    settled_ = position;
    open_ = open;
    if (place_set_ >= next_safe_.at + safe_after) {
        safe_ = next_safe_;
        next_safe_ = {place_set_, settled_};
    }
    write_place();
}

void LogParser::write_place() {
    if (options_.from_start) return;
    LogPlace place = follower_.place();
    place.position = std::max(settled_, place.base);
    place.open = std::min(open_, place.position);
    place.safe = std::max(safe_.position, place.base);
    place.untouched = std::max(untouched_, place.position);
    place.boot = boot_;
    const std::string why = store_.set_place(options_.path, to_text(place, options_.path));
    if (!why.empty() && why != place_trouble_) {
        notice_(options_.path + ": the place where a restart goes on cannot be kept: " + why);
    }
    place_trouble_ = why;
}

/// inotify's limits are reached by other programs of the same user, or are free again.
void LogParser::tell_polling() {
    const std::string& why = watch_.why_polling();
    if (why.empty() == polled_.empty()) return;
    notice_(options_.path + (why.empty() ? ": inotify tells of changes again"
                                         : ": is looked at every 100 ms: " + why));
    polled_ = why;
}

void LogParser::publish() {
    const auto now = Clock::now();
    const std::uint64_t position = follower_.position();
    if (now >= pace_.at + pace_time) {
        const std::chrono::duration<double> passed = now - pace_.at;
        rate_ = static_cast<double>(position - pace_.position) / passed.count();
        pace_ = {now, position};
    }
    LogStats stats;
    stats.size = follower_.size();
    stats.position = position;
    stats.is_following = live_from_.has_value();
    stats.rate = rate_;
    stats.newest = newest_;
    stats.trouble = follower_.trouble();
    stats.polled = watch_.why_polling();
    stats.known = known_;
    stats.gaps = gaps_;
    if (decoder_) stats.lines = decoder_->lines();
    const os::MutexLock lock(mutex_);
    stats_ = std::move(stats);
}

std::optional<LogStats> LogParser::log() const {
    const os::MutexLock lock(mutex_);
    return stats_;
}

}  // namespace ci::sources
