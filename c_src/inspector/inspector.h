// The running inspector as the commands see it: its parsers, its store, and what it learnt of
// clocks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "chunk/chunk.h"
#include "index/index.h"
#include "inspector/analyst.h"
#include "inspector/learned_clocks.h"
#include "inspector/quality_reports.h"
#include "inspector/settings.h"
#include "inspector/stored_logs.h"
#include "inspector/traps.h"
#include "sources/parsers.h"
#include "store/store.h"

namespace ci::inspector {

enum class Level : std::uint8_t { info, warning, error };
inline constexpr std::string_view level_names[] = {"info", "warning", "error"};

/// Called from any thread.
using Log = std::function<void(Level, std::string_view)>;

class Inspector {
  public:
    Inspector(const std::filesystem::path& root, Log log, Settings settings = {});

    [[nodiscard]] store::Store& store() noexcept { return store_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] sources::Parsers& parsers() noexcept { return parsers_; }
    [[nodiscard]] LearnedClocks& clocks() noexcept { return clocks_; }
    /// Null: it is turned off.
    [[nodiscard]] index::Index* index() noexcept { return index_ ? &*index_ : nullptr; }

    [[nodiscard]] Traps& traps() noexcept { return traps_; }
    [[nodiscard]] Analyst& analyst() noexcept { return analyst_; }

    /// Makes long commands end soon.
    void end() noexcept { end_.request_stop(); }
    [[nodiscard]] bool is_ending() const noexcept { return end_.stop_requested(); }
    /// The lock of imports and exports, of which one may run at a time. The result owns no lock if
    /// another one is running. It guards no member, so the compiler has nothing to check.
    [[nodiscard]] std::unique_lock<std::mutex> begin_import() {
        return std::unique_lock(import_mutex_, std::try_to_lock);
    }
    /// Stores the messages of a capture file. Only one file is imported at a time, so that other
    /// commands find a free worker; a second import is an error. The counters tell what was read,
    /// also from a file that could not be read to its end.
    struct ImportedFile {
        sources::Parsers::Snapshot counted;
        std::string error;  ///< empty: the file was read to its end
    };
    [[nodiscard]] ImportedFile import_file(const std::string& path, bool takes_hep = false);
    /// Stores what gives way to live traffic, without waiting. False: there is no room for it.
    [[nodiscard]] bool keep_aside(const chunk::Draft& draft);
    /// Sets the function that gives amqp_stats(). Call before commands can run.
    void tell_amqp(std::function<std::string()> stats) { amqp_stats_ = std::move(stats); }
    /// JSON; empty: AMQP is not in use.
    [[nodiscard]] std::string amqp_stats() const { return amqp_stats_ ? amqp_stats_() : ""; }

    /// For imports, which yield to live traffic: waits until the store has room, for at most 30
    /// seconds or until the inspector ends.
    void wait_for_room() const;

  private:
    [[nodiscard]] bool has_room_aside() const;
    void notice(std::string_view text);
    std::size_t keep(std::span<const chunk::Draft> drafts);
    void keep_reports(std::span<const chunk::Draft> drafts);
    std::size_t append(std::span<const chunk::Draft> drafts);
    std::size_t keep_live(std::span<const chunk::Draft> drafts);

    Log log_;
    const Settings settings_;
    std::optional<index::Index> index_;  ///< outlives the store, which tells it of every change
    store::Store store_;
    Traps traps_;
    LearnedClocks clocks_;
    QualityReports reports_;
    Analyst analyst_;
    std::stop_source end_;
    std::mutex import_mutex_;
    std::function<std::string()> amqp_stats_;
    StoredLogs logs_;
    sources::Parsers parsers_;  ///< last: its threads use all of the above
};

}  // namespace ci::inspector
