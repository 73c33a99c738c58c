#include "ladder/rows.h"

#include <algorithm>
#include <unordered_map>

#include "sip/message.h"
#include "wire/hash.h"

namespace ci::ladder {
namespace {

/// What all transmissions of a message on one hop have in common.
std::string identity(const chunk::Chunk& chunk) {
    std::string key = chunk.call_id;
    for (const std::string* part : {&chunk.src, &chunk.dst, &chunk.c_seq, &chunk.label}) {
        (key += '\n') += *part;
    }
    if (const auto message = sip::parse(chunk.message)) {
        const auto vias = sip::vias(*message);
        if (!vias.empty()) (key += '\n') += vias.front().branch;
    }
    return key;
}

class RowMaker {
  public:
    RowMaker(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view,
             const Columns& columns)
        : chunks_(chunks), flow_(flow), view_(view), columns_(columns) {
        for (std::size_t i = 0; i < columns.all().size(); ++i) {
            named_.push_back(
                std::any_of(view.only_hosts.begin(), view.only_hosts.end(),
                            [&](const std::string& name) { return columns.is_called(i, name); }));
        }
        for (const order::Clock& clock : flow.clocks) {
            sits_at_.push_back(clock.host.empty() ? std::nullopt : columns.of_address(clock.host));
        }
    }

    std::vector<Row> make() {
        std::vector<std::size_t> row_of(flow_.events.size(), none);
        auto gap = flow_.gaps.begin();
        for (std::size_t e = 0; e < flow_.events.size(); ++e) {
            for (; gap != flow_.gaps.end() && gap->before <= e; ++gap) {
                if (!is_shown(flow_.events[e].chunk, gap->src, gap->dst)) continue;
                rows_.emplace_back().event = e;
                rows_.back().gap = &*gap;
            }
            const order::Event& event = flow_.events[e];
            const chunk::Chunk& chunk = chunks_[event.chunk];
            if (is_shown(event.chunk, chunk.src, chunk.dst)) row_of[e] = row_for(e, event, chunk);
        }
        for (std::size_t i = 0; i < view_.remarks.size(); ++i) {
            for (const std::size_t message : view_.remarks[i].messages) {
                if (message >= row_of.size() || row_of[message] == none) continue;
                auto& marks = rows_[row_of[message]].remarks;
                if (marks.empty() || marks.back() != i) marks.push_back(i);
            }
        }
        for (const order::CauseOverLegs& one : flow_.over_legs) {
            if (row_of[one.effect] == none) continue;
            Row& row = rows_[row_of[one.effect]];
            if (row.event == one.effect) row.why = one.why, row.cause = one.cause;
        }
        return std::move(rows_);
    }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    [[nodiscard]] bool is_shown(std::size_t chunk, const std::string& src,
                                const std::string& dst) const {
        const auto& legs = view_.only_legs;
        if (!legs.empty() && chunk < view_.legs.size() &&
            std::find(legs.begin(), legs.end(), view_.legs[chunk]) == legs.end()) {
            return false;
        }
        if (view_.only_hosts.empty()) return true;
        const auto from = columns_.find(src), to = columns_.find(dst);
        const bool is_from = from && named_[*from], is_to = to && named_[*to];
        const bool is_remark = !chunks_[chunk].event.empty();
        return view_.only_hosts.size() == 1 || is_remark ? is_from || is_to : is_from && is_to;
    }

    /// The row that shows the event: its own, or that of its first transmission.
    std::size_t row_for(std::size_t e, const order::Event& event, const chunk::Chunk& chunk) {
        const bool is_lost = is_lost_on_the_way(event, chunk);
        if (chunk.event.empty() && !view_.open) {
            const auto [first, is_new] = first_.emplace(identity(chunk), rows_.size());
            if (event.retransmission == 0) {
                first->second = rows_.size();
            } else if (!is_new) {
                Row& row = rows_[first->second];
                ++row.sent;
                row.lost += is_lost ? 1 : 0;
                row.last = event.at;
                return first->second;
            }
        }
        Row& row = rows_.emplace_back();
        row.event = e;
        row.lost = is_lost ? 1 : 0;
        row.last = event.at;
        return rows_.size() - 1;
    }

    /// The observer at the other end saw nothing, nor did another one that sits there.
    [[nodiscard]] bool is_lost_on_the_way(const order::Event& event,
                                          const chunk::Chunk& chunk) const {
        if (event.missed_by.empty()) return false;
        const auto from = columns_.find(chunk.src), to = columns_.find(chunk.dst);
        if (!to || from == to) return false;
        const auto sits_there = [&](std::size_t clock) { return sits_at_[clock] == to; };
        if (std::none_of(event.missed_by.begin(), event.missed_by.end(), sits_there)) return false;
        return std::none_of(event.seen.begin(), event.seen.end(), [&](std::size_t seen) {
            for (std::size_t i = 0; i < flow_.clocks.size(); ++i) {
                if (flow_.clocks[i].observer == chunks_[seen].observer) return sits_there(i);
            }
            return false;
        });
    }

    std::span<const chunk::Chunk> chunks_;
    const order::Flow& flow_;
    const View& view_;
    const Columns& columns_;
    std::vector<bool> named_;                          ///< by column: it was asked for
    std::vector<std::optional<std::size_t>> sits_at_;  ///< by clock: its column
    std::unordered_map<std::string, std::size_t, wire::TextHash> first_;  ///< row by identity
    std::vector<Row> rows_;
};

}  // namespace

std::vector<Row> rows_of(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                         const View& view, const Columns& columns) {
    return RowMaker(chunks, flow, view, columns).make();
}

}  // namespace ci::ladder
