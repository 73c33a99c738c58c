#include "inspector/stored_logs.h"

#include <cerrno>
#include <charconv>
#include <vector>

#include "chunk/keys.h"
#include "os/sleep.h"
#include "store/disk/file_io.h"
#include "store/disk/path.h"

namespace ci::inspector {
namespace {

using namespace std::chrono_literals;

/// Live traffic finds at least three quarters of the room free.
constexpr std::size_t share = 4;
constexpr auto room_pause = 50ms;
/// Calls whose positions are remembered.
constexpr std::size_t most_asked = 1'024;

std::uint64_t log_position(const chunk::Chunk& chunk) {
    std::uint64_t position = UINT64_MAX;
    if (const auto text = chunk::find_member(chunk.json, chunk::keys::log_position)) {
        std::from_chars(text->data(), text->data() + text->size(), position);
    }
    return position;
}

}  // namespace

bool StoredLogs::has_room() const {
    const auto counts = store_.counts();
    return counts.memory < room_.bytes / share && counts.waiting() < room_.waiting / share;
}

bool StoredLogs::keep(std::span<const chunk::Draft> drafts, bool is_live,
                      const std::stop_token& stop) {
    std::vector<chunk::Draft> rest;
    while (true) {
        while (!has_room()) {
            if (!os::sleep_for(stop, room_pause)) return false;
        }
        if (keep_(drafts, is_live) == drafts.size()) return true;
        // Which ones found no room is not told, but those that did can be read.
        const os::MutexLock lock(mutex_);
        asked_.clear();
        std::vector<chunk::Draft> missing;
        for (const chunk::Draft& draft : drafts) {
            if (positions(draft.call_id, draft.parser).count(*draft.log_position) == 0) {
                missing.push_back(draft);
            }
        }
        rest = std::move(missing);
        drafts = rest;
        if (drafts.empty()) return true;
    }
}

bool StoredLogs::has(const chunk::Draft& draft) {
    const os::MutexLock lock(mutex_);
    std::pair key(std::string(draft.call_id), std::string(draft.parser));
    auto found = asked_.find(key);
    if (found == asked_.end()) {
        if (asked_.size() == most_asked) asked_.clear();
        found = asked_.emplace(std::move(key), positions(draft.call_id, draft.parser)).first;
    }
    return found->second.count(*draft.log_position) != 0;
}

/// Where the stored chunks of this call and parser were found.
StoredLogs::Positions StoredLogs::positions(std::string_view call_id,
                                            std::string_view parser) const {
    Positions positions;
    const std::string id = chunk::to_utf8(parser);
    for (const chunk::Chunk& chunk : store_.read(chunk::to_utf8(call_id)).chunks) {
        if (chunk.parser == id) positions.insert(log_position(chunk));
    }
    return positions;
}

bool StoredLogs::settle(std::chrono::steady_clock::time_point until) {
    return store_.wait_until_journalled(until);
}

std::filesystem::path StoredLogs::file_of(const std::string& path) const {
    std::string name = store::path_of_octets(path);
    std::erase(name, '/');
    return store_.root() / ".logs" / name;
}

std::string StoredLogs::place(const std::string& path) {
    std::string text;
    if (store::read_whole(file_of(path), text)) return {};
    return text;
}

std::string StoredLogs::set_place(const std::string& path, std::string_view text) {
    const auto file = file_of(path);
    store::Error error = store::make_directories(store::disk(), file.parent_path(), group_);
    if (!error) error = store::check_directory(file.parent_path());
    if (!error) error = store::replace_whole(store::disk(), file, text, group_);
    return error ? error.text() : "";
}

}  // namespace ci::inspector
