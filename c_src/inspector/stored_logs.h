// The store as the parsers of logs see it: it takes everything, sooner or later, and knows what it
// has taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "os/mutex.h"
#include "sources/log_store.h"
#include "store/store.h"

namespace ci::inspector {

class StoredLogs : public sources::LogStore {
  public:
    /// Stores a batch, and returns how many of it there was room for.
    using Keep = std::function<std::size_t(std::span<const chunk::Draft>, bool is_live)>;

    StoredLogs(store::Store& store, store::Group group, Keep keep, const store::Room& room)
        : store_(store), group_(group), keep_(std::move(keep)), room_(room) {}

    [[nodiscard]] bool keep(std::span<const chunk::Draft> drafts, bool is_live,
                            const std::stop_token& stop) override;
    [[nodiscard]] bool has(const chunk::Draft& draft) override;
    [[nodiscard]] bool settle(std::chrono::steady_clock::time_point until) override;
    [[nodiscard]] std::string place(const std::string& path) override;
    [[nodiscard]] std::string set_place(const std::string& path, std::string_view text) override;

  private:
    [[nodiscard]] bool has_room() const;
    [[nodiscard]] std::filesystem::path file_of(const std::string& path) const;
    using Positions = std::set<std::uint64_t>;
    [[nodiscard]] Positions positions(std::string_view call_id, std::string_view parser) const;

    store::Store& store_;
    const store::Group group_;
    const Keep keep_;
    const store::Room room_;
    os::Mutex mutex_;
    /// By call and parser, for the short time after a start in which the same calls are asked for
    /// again and again.
    std::map<std::pair<std::string, std::string>, Positions> asked_ GUARDED_BY(mutex_);
};

}  // namespace ci::inspector
