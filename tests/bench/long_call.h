// Lines of one call, as long as wanted: the B leg of a recorded call, seen by Kamailio and by the
// B2BUA, whose INVITE is sent again and again as re-INVITE.
#pragma once

#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "intake/intake.h"
#include "support/recordings.h"

namespace ci::bench {

class LongCall {
  public:
    LongCall() {
        for (const char* file : {"p1.bin", "fs.bin"}) {
            for (auto& record : test::read_records("b2b_kam3_sofia3", file)) keep(record);
        }
        if (templates_.empty()) throw std::runtime_error("the call is not in the recording");
    }
    LongCall(const LongCall&) = delete;
    LongCall& operator=(const LongCall&) = delete;

    /// `count` lines; the last of them end the call, if there is room for that.
    [[nodiscard]] std::vector<std::string> lines(const std::string& call_id,
                                                 std::size_t count) const {
        std::size_t ends = 0;
        for (const auto& one : templates_) ends += is_end(one.draft) ? 1 : 0;
        std::vector<std::string> lines;
        int round = 0;
        for (; lines.size() + ends < count; ++round) {
            for (const auto& one : templates_) {
                if (lines.size() + ends == count) break;
                if (!is_end(one.draft)) lines.push_back(line(one, call_id, round));
            }
        }
        for (const auto& one : templates_) {
            if (is_end(one.draft)) lines.push_back(line(one, call_id, round - 1));
        }
        return lines;
    }

  private:
    struct Template {
        test::Record record;
        intake::Memory memory;
        chunk::Draft draft;
    };
    std::deque<Template> templates_;  ///< drafts point into it

    static constexpr std::string_view recorded = "ce20104a-5ff7-1240-b994-0ace83083963";

    static bool is_end(const chunk::Draft& draft) { return draft.c_seq.ends_with(" BYE"); }

    void keep(test::Record& record) {
        Template& one = templates_.emplace_back();
        one.record = std::move(record);
        const wire::Datagram datagram{wire::as_bytes(one.record.bytes), {}, one.record.arrival};
        const auto intake = intake::make_draft(datagram, "127.0.0.1:9060", one.memory);
        if (intake && intake->draft.call_id == recorded) {
            one.draft = intake->draft;
        } else {
            templates_.pop_back();
        }
    }

    /// Each round is a transaction of its own, a second after the one before.
    static std::string line(const Template& one, const std::string& call_id, int round) {
        chunk::Draft draft = one.draft;
        std::string message(draft.message);
        const std::string branch = "branch=z9hG4bK";
        for (auto at = message.find(branch); at != std::string::npos;
             at = message.find(branch, at + branch.size())) {
            message.insert(at + branch.size(), std::to_string(round) + '-');
        }
        const std::string old(draft.c_seq);
        const std::string c_seq = std::to_string(std::stoul(old) + static_cast<unsigned>(round)) +
                                  old.substr(old.find(' '));
        message.replace(message.find("CSeq: " + old) + 6, old.size(), c_seq);
        message.replace(message.find(recorded), recorded.size(), call_id);
        draft.call_id = call_id;
        draft.message = message;
        draft.c_seq = c_seq;
        draft.timestamp += round * wire::Micros{1'000'000};
        draft.ref_timestamp += round * wire::Micros{1'000'000};
        std::string out;
        chunk::append_line(draft, out);
        return out;
    }
};

}  // namespace ci::bench
