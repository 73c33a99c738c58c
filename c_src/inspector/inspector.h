// The running inspector as the commands see it: what receives, and where it is stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "chunk/chunk.h"
#include "inspector/learned_clocks.h"
#include "inspector/settings.h"
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

    /// Long commands end soon.
    void end() noexcept { is_ending_ = true; }
    [[nodiscard]] bool is_ending() const noexcept { return is_ending_; }
    /// Held by the one import that may run; does not own it while another does.
    [[nodiscard]] std::unique_lock<std::mutex> begin_import() {
        return std::unique_lock(import_mutex_, std::try_to_lock);
    }
    /// Stores what a capture file holds. One file at a time, so that other commands find a worker
    /// free: an error otherwise. The counters tell what was read, also of a file that broke off.
    struct Imported {
        sources::Parsers::Snapshot counted;
        std::string error;  ///< empty: it was read to its end
    };
    [[nodiscard]] Imported import_file(const std::string& path, bool takes_hep = false);
    /// Who answers by AMQP tells about it here, before anybody asks.
    void tell_amqp(std::function<std::string()> stats) { amqp_stats_ = std::move(stats); }
    /// JSON; empty: nobody answers by AMQP.
    [[nodiscard]] std::string amqp_stats() const { return amqp_stats_ ? amqp_stats_() : ""; }

    /// For imports: calls that come in go before. Returns soon at the end, or if the disk is full.
    void wait_for_room() const;

  private:
    void notice(std::string_view text);
    std::size_t keep(std::span<const chunk::Draft> drafts);
    std::size_t keep_live(std::span<const chunk::Draft> drafts);

    Log log_;
    const Settings settings_;
    store::Store store_;
    LearnedClocks clocks_;
    std::atomic<bool> is_ending_ = false;
    std::mutex import_mutex_;
    std::function<std::string()> amqp_stats_;
    sources::Parsers parsers_;  ///< last: its threads use all of the above
};

}  // namespace ci::inspector
