// What the parser of a log needs of the store: a log can be read again, so nothing of it may be
// lost, and nothing may be stored twice.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::sources {

class LogStore {
  public:
    virtual ~LogStore() = default;
    LogStore(const LogStore&) = delete;
    LogStore& operator=(const LogStore&) = delete;

    /// Stores all of these; waits for room, as long as it takes. False: it was asked to stop before
    /// all were stored; which ones are, `has` tells. `is_live`: they tell what happens now, so that
    /// clocks can be learnt from them.
    [[nodiscard]] virtual bool keep(std::span<const chunk::Draft> drafts, bool is_live,
                                    const std::stop_token& stop) = 0;
    /// Whether a chunk with this Call-ID, parser and log position is stored.
    [[nodiscard]] virtual bool has(const chunk::Draft& draft) = 0;
    /// Waits until everything that was kept so far would survive a kill; false if `until` came
    /// first.
    [[nodiscard]] virtual bool settle(std::chrono::steady_clock::time_point until) = 0;

    /// The text that was written last for this log; empty: none.
    [[nodiscard]] virtual std::string place(const std::string& path) = 0;
    /// Replaces the text in one step. Returns why it cannot be written, or nothing.
    [[nodiscard]] virtual std::string set_place(const std::string& path, std::string_view text) = 0;

  protected:
    LogStore() = default;
};

}  // namespace ci::sources
