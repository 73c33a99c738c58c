// Which lines of the journal are in no call's file yet, and where they are, so that a query finds
// them and the call file writer takes them in order. Not locked: guarded by the mutex of Backlog.
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "store/disk/line_format.h"
#include "store/journal/segment.h"

namespace ci::store {

/// A line in a segment, or in a buffer that will be written to one. `hash` is that of the call's
/// key.
struct Entry {
    std::uint64_t hash = 0;
    Seq seq = 0;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

/// Consecutive lines in one segment.
class Block {
  public:
    using Clock = std::chrono::steady_clock;
    explicit Block(std::shared_ptr<Segment> segment) : segment_(std::move(segment)) {}

    void add(const Entry& entry);
    [[nodiscard]] bool is_full() const noexcept;
    [[nodiscard]] bool may_have(std::uint64_t hash) const noexcept;
    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
    [[nodiscard]] const std::shared_ptr<Segment>& segment() const noexcept { return segment_; }
    /// When the first entry came.
    [[nodiscard]] Clock::time_point since() const noexcept { return since_; }
    /// Bytes in the segment, from the first entry to the end of the last.
    [[nodiscard]] std::size_t length() const noexcept;

  private:
    static constexpr std::size_t bits = std::size_t{1} << 18U;
    std::shared_ptr<Segment> segment_;
    Clock::time_point since_ = Clock::now();
    std::vector<Entry> entries_;
    /// The hashes in this block, once it has many entries: a query searches only blocks that may
    /// have its call.
    std::unique_ptr<std::bitset<bits>> filter_;
};

class Waiting {
  public:
    struct Ref {
        std::shared_ptr<Segment> segment;
        Entry entry;
    };

    void add(const std::shared_ptr<Segment>& segment, std::span<const Entry> entries);

    /// The oldest blocks up to so many bytes, but at least one if there is any. They stay visible
    /// until drop().
    [[nodiscard]] std::vector<std::shared_ptr<const Block>> oldest(std::size_t bytes);

    /// The oldest `n` blocks are done.
    void drop(std::size_t n);

    /// Lines of this hash, oldest first.
    void find(std::uint64_t hash, std::vector<Ref>& out) const;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
    /// When the oldest came, or a little earlier; none: there are none.
    [[nodiscard]] std::optional<Block::Clock::time_point> since() const {
        return empty() ? std::nullopt : std::optional(blocks_.front()->since());
    }

  private:
    std::deque<std::shared_ptr<Block>> blocks_;
    std::size_t sealed_ = 0;  ///< how many of the oldest are no longer added to
    std::size_t size_ = 0;    ///< entries
};

}  // namespace ci::store
