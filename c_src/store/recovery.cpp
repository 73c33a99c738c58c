#include "store/recovery.h"

#include <algorithm>

#include "store/write.h"
#include "wire/hash.h"

namespace ci::store {
namespace {

constexpr std::size_t piece_size = 4U << 20U;

class SegmentReader {
  public:
    SegmentReader(std::shared_ptr<Segment> segment, Backlog& backlog, Recovered& result)
        : segment_(std::move(segment)), backlog_(backlog), result_(result) {}

    /// True: lines of it wait now.
    bool read() {
        std::string piece;
        std::size_t length = piece_size;
        for (std::size_t at = 0; at < segment_->size;) {
            const int error = read_at(segment_->file, static_cast<off_t>(at),
                                      std::min(length, segment_->size - at), piece);
            if (error != 0 || piece.empty()) {
                result_.problems.push_back(describe(segment_->path, error));
                break;
            }
            const std::size_t end = piece.rfind('\n');
            if (end == std::string::npos) {
                length *= 2;  // one very long line
                continue;
            }
            take_lines(std::string_view(piece).substr(0, end + 1), at);
            at += end + 1;
            length = piece_size;
        }
        return any_;
    }

  private:
    void take_lines(std::string_view text, std::size_t offset) {
        std::vector<Entry> entries;
        while (!text.empty()) {
            const std::string_view line = take_line(text);
            const auto seq = seq_of(line);
            const std::string_view key = key_of(line);
            if (seq) result_.last = std::max(result_.last, *seq);
            if (const auto mark = flush_of(line); mark && seq) {
                backlog_.recover(*mark, *seq);
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
    bool any_ = false;
};

}  // namespace

Recovered recover(const Journal& journal, Backlog& backlog, Disk& disk) {
    Recovered result;
    Journal::Left left = journal.left();
    result.torn = left.torn;
    result.problems = std::move(left.problems);
    for (const auto& segment : left.segments) {
        if (!SegmentReader(segment, backlog, result).read()) {
            (void)disk.unlink(segment->path.c_str());
        }
    }
    return result;
}

}  // namespace ci::store
