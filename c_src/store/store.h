// The store: one plain-text file of JSON lines per Call-ID, appended to, read, and deleted; by us,
// and at any time by others (logrotate, rm). docs/formats.md has the layout.
//
// Every file is opened for each batch and closed again, so nobody has to tell us that a file was
// moved away. All functions may be called from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"

namespace ci::store {

/// A chunk's line, with its line feed, and the call that it belongs to.
struct Line {
    std::string_view call_id;
    std::string_view text;
};

/// How a batch went. A line is stored whole or not at all.
struct Appended {
    std::size_t stored = 0;
    std::size_t failed = 0;
    std::string error;  ///< of the last failure: "PATH: No space left on device"
};

struct Dialogue {
    std::vector<chunk::Chunk> chunks;  ///< in the order of the file
    std::size_t skipped = 0;           ///< lines that could not be read: torn by a crash, edited
    std::string error;                 ///< why there is nothing, if the file could not be read
};

struct Flushed {
    std::size_t files = 0;
    std::string error;  ///< of the last failure; empty: none
};

class Store {
  public:
    /// Nothing is touched before the first append.
    explicit Store(std::filesystem::path root);

    /// The lines of one call go to its file with one write, in the order given.
    Appended append(std::span<const Line> lines);

    /// An unknown Call-ID is an empty dialogue, not an error.
    [[nodiscard]] Dialogue read(std::string_view call_id) const;

    /// Puts what `change` makes of a file's content in its place; the file at `relative` (path.h)
    /// holds the one or the other, whatever happens meanwhile, and appends wait. An empty text:
    /// the file is removed; no text: it stays. Empty, or why it failed; a missing file is no
    /// failure.
    using Change = std::function<std::optional<std::string>(std::string_view content)>;
    [[nodiscard]] std::string rewrite(const std::string& relative, const Change& change);

    /// Forgets one call, or all. Files that are not ours stay; symbolic links are not followed.
    Flushed flush(std::string_view call_id);
    Flushed flush();

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }

  private:
    [[nodiscard]] std::string append_to(const std::string& relative, std::string_view text);
    [[nodiscard]] std::mutex& writer_of(const std::string& relative);

    std::filesystem::path root_;
    /// Two writers of one file would see each other's half-written tail as torn.
    std::array<std::mutex, 64> writers_;
    /// Held shared by appends, and by a flush while it empties one directory: without it a flush
    /// could take a new directory away before the first file is in it, again and again.
    std::shared_mutex directories_;
};

/// Where calls are stored unless told otherwise: Kazoo's place for root, else the user's own state
/// directory. The environment is looked at here, once, by main.
std::filesystem::path default_root();

}  // namespace ci::store
