#include "store/journal/journal_index.h"

#include <algorithm>

namespace ci::store {
namespace {

constexpr std::size_t max_entries = 65'536;
constexpr std::size_t max_bytes = 8U << 20U;
constexpr std::size_t few = 256;  ///< up to here a filter saves no time

}  // namespace

void Block::add(const Entry& entry) {
    entries_.push_back(entry);
    if (entries_.size() == few) {
        filter_ = std::make_unique<std::bitset<bits>>();
        for (const Entry& one : entries_) filter_->set(one.hash % bits);
    } else if (filter_) {
        filter_->set(entry.hash % bits);
    }
}

bool Block::is_full() const noexcept {
    return entries_.size() >= max_entries || length() >= max_bytes;
}

bool Block::may_have(std::uint64_t hash) const noexcept {
    return !filter_ || filter_->test(hash % bits);
}

std::size_t Block::length() const noexcept {
    if (entries_.empty()) return 0;
    return entries_.back().offset + entries_.back().length - entries_.front().offset;
}

void Waiting::add(const std::shared_ptr<Segment>& segment, std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
        if (blocks_.size() == sealed_ || blocks_.back()->segment() != segment ||
            blocks_.back()->is_full()) {
            blocks_.push_back(std::make_shared<Block>(segment));
        }
        blocks_.back()->add(entry);
    }
    size_ += entries.size();
}

std::vector<std::shared_ptr<const Block>> Waiting::oldest(std::size_t bytes) {
    std::vector<std::shared_ptr<const Block>> result;
    for (const auto& block : blocks_) {
        if (!result.empty() && block->length() > bytes) break;
        bytes -= std::min(bytes, block->length());
        result.push_back(block);
    }
    sealed_ = std::max(sealed_, result.size());
    return result;
}

void Waiting::drop(std::size_t n) {
    for (; n > 0; --n) {
        size_ -= blocks_.front()->entries().size();
        blocks_.pop_front();
        if (sealed_ > 0) --sealed_;
    }
}

void Waiting::find(std::uint64_t hash, std::vector<Ref>& out) const {
    for (const auto& block : blocks_) {
        if (!block->may_have(hash)) continue;
        for (const Entry& entry : block->entries()) {
            if (entry.hash == hash) out.push_back({block->segment(), entry});
        }
    }
}

}  // namespace ci::store
