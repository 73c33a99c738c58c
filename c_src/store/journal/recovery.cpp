#include "store/journal/recovery.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "store/disk/file_io.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

constexpr off_t read_size = 4 << 20;

/// Entry::offset has 32 bits. This program writes no larger segments.
constexpr off_t max_segment_size = std::numeric_limits<std::uint32_t>::max();

class SegmentReader {
  public:
    SegmentReader(std::shared_ptr<Segment> segment, Backlog& backlog, Recovered& result)
        : segment_(std::move(segment)), backlog_(backlog), result_(result) {}

    /// True if the segment had lines.
    bool read() {
        const off_t size = std::min(static_cast<off_t>(segment_->size), max_segment_size);
        std::string piece;
        for (off_t at = 0; const auto extent = next_extent(segment_->file, at, size);) {
            if (extent->begin != at) break_off(extent->begin);
            const auto length = std::min(read_size, extent->end - extent->begin);
            const int error =
                read_at(segment_->file, extent->begin, static_cast<std::size_t>(length), piece);
            if (error != 0 || piece.empty()) {
                result_.problems.push_back({error == 0 ? EIO : error, segment_->path});
                break;
            }
            at = extent->begin + static_cast<off_t>(piece.size());
            add(piece);
        }
        if (!text_.empty()) break_off(size);
        return any_;
    }

  private:
    /// Continues at `at`, and drops a line that was begun but has no end.
    void break_off(off_t at) {
        if (!text_.empty() || is_cut_) ++result_.torn;
        text_.clear();
        is_cut_ = at > 0;
        begin_ = static_cast<std::size_t>(at);
    }

    void add(std::string_view piece) {
        if (is_cut_) {
            const std::size_t end = std::min(piece.find('\n'), piece.size() - 1) + 1;
            is_cut_ = !piece.substr(0, end).ends_with('\n');
            begin_ += end;
            piece.remove_prefix(end);
        }
        text_ += piece;
        const std::size_t end = text_.rfind('\n') + 1;  // npos + 1 is 0
        add_lines(std::string_view(text_).substr(0, end), begin_);
        text_.erase(0, end);
        begin_ += end;
        if (text_.size() > longest_line) break_off(static_cast<off_t>(begin_ + text_.size()));
    }

    void add_lines(std::string_view text, std::size_t offset) {
        std::vector<Entry> entries;
        while (!text.empty()) {
            const std::string_view line = next_line(text);
            auto seq = seq_of(line);
            if (seq && *seq > max_seq) seq.reset();
            const std::string_view key = key_of(line);
            if (seq) result_.last = std::max(result_.last, *seq);
            if (auto mark = flush_of(line); mark && seq) {
                backlog_.recover(*std::move(mark), *seq);
                entries.push_back({0, *seq, static_cast<std::uint32_t>(offset),
                                   static_cast<std::uint32_t>(line.size())});
            } else if (seq && !key.empty()) {
                entries.push_back({wire::hash_of(key), *seq, static_cast<std::uint32_t>(offset),
                                   static_cast<std::uint32_t>(line.size())});
            } else {
                ++result_.torn;
            }
            offset += line.size();
        }
        if (entries.empty()) return;
        backlog_.recover(segment_, entries);
        for (const Entry& entry : entries) result_.messages += entry.hash != 0 ? 1 : 0;
        any_ = true;
    }

    std::shared_ptr<Segment> segment_;
    Backlog& backlog_;
    Recovered& result_;
    std::string text_;       ///< bytes read but not yet split into lines
    std::size_t begin_ = 0;  ///< where text_ begins in the segment
    bool is_cut_ = false;    ///< the next line has lost its start
    bool any_ = false;
};

}  // namespace

Recovered recover(Journal& journal, Backlog& backlog, Disk& disk) {
    Recovered result;
    Journal::Left left = journal.left();
    result.next = left.next;
    result.problems = std::move(left.problems);
    for (const auto& segment : left.segments) {
        if (!SegmentReader(segment, backlog, result).read()) {
            (void)disk.unlink(segment->path.c_str());
        }
    }
    return result;
}

}  // namespace ci::store
