// Puts the lines of a Kamailio log together: each message that the proxy received or sent is one
// record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "logs/kamailio_calls.h"
#include "logs/kamailio_wording.h"
#include "logs/recent.h"
#include "logs/record.h"

namespace ci::logs {

class KamailioRecords {
  public:
    static constexpr std::size_t max_open = 4096;
    static constexpr std::size_t max_bytes = 16U << 20U;
    /// Of one record's texts; the lines behind are not in its text.
    static constexpr std::size_t max_text = 64U << 10U;
    /// A record to which nothing comes for so long is complete.
    static constexpr wire::Micros patience = 2 * one_second;

    struct Line {
        std::string_view host, pid, call_id, text;
        std::uint64_t position = 0;
        LogTime time;
        bool is_read_again = false;  ///< an earlier decoder has read it: nothing is handed over
    };
    struct Counts {
        std::uint64_t in_records = 0;
        std::uint64_t outside_records = 0;
        std::uint64_t open = 0;
    };

    KamailioRecords(wire::Endpoint local, RecordSink sink)
        : local_(local), sink_(std::move(sink)) {}

    void take(const Line& line, const Saying& saying, wire::Micros now);
    /// Hands over what nothing came to since `patience` before `now`.
    void wait(wire::Micros now);
    void finish();

    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// Where the first of the open records begins; `none` if there is none.
    [[nodiscard]] std::uint64_t begin_of_open(std::uint64_t none) const noexcept;

  private:
    struct Open {
        enum class Is : std::uint8_t { part, request, reply, failure };
        Is is = Is::part;
        Side side = Side::unknown;
        GivesUp gives_up = GivesUp::no;
        bool is_receipt = false;  ///< of a response: its arrival is part of the record
        bool is_truncated = false;
        bool is_resolved = false;
        std::uint8_t ip_protocol = 0, out_protocol = 0;
        std::uint64_t position = 0, passed_position = 0;  ///< passed_position 0: not sent
        LogTime time, passed_time;
        wire::Micros last = 0, last_read = 0;
        std::uint64_t lines = 0;
        std::size_t bytes = 0;
        std::size_t host_size = 0, pid_size = 0;  ///< the key: host, pid, Call-ID
        wire::Endpoint far, local, passed_from, passed_to;
        std::string texts, method, uri, branch, code, reason, c_seq, sent_code, sent_reason;
        std::string last_text;  ///< the text of the line that ended it

        [[nodiscard]] bool is_small() const noexcept;
        void clear() noexcept;
    };
    using Table = Recent<Open>;

    Table::Entry& begin(const Line& line, Open::Is is);
    void add(Table::Entry& entry, const Line& line, wire::Micros now);
    void fill(Open& open, const Saying& saying);
    void close(Table::Entry& entry);
    bool close_stale(const Line& line, Table::Entry* own);
    void make_room();

    void pass_on(const Line& line, const Saying& saying, Table::Entry* entry, wire::Micros now);
    void pass_back(const Line& line, const Saying& saying, Table::Entry* entry, wire::Micros now);
    void fail(const Line& line, const Saying& saying, Table::Entry* entry, wire::Micros now);
    void reply(const Line& line, const Saying& saying, Table::Entry* entry, wire::Micros now);
    void send_branch(const Line& line, const Saying& saying, PassedRequest& request);

    void resolve(Table::Entry& entry);
    void hand_over_request(const Table::Entry& entry, Record& record);
    void hand_over_reply(Table::Entry& entry, Record& record);
    void hand_over_event(const Table::Entry& entry, Record& record);
    void hand_over(Record& record);

    [[nodiscard]] static std::string_view host_of(const Table::Entry& entry) noexcept;
    [[nodiscard]] static std::string_view call_id_of(const Table::Entry& entry) noexcept;

    wire::Endpoint local_;
    RecordSink sink_;
    Table open_;
    PassedRequests passed_;
    Counts counts_;
    std::size_t bytes_ = 0;
    bool is_read_again_ = false;
    std::string key_, call_, label_;  // kept for their memory
};

}  // namespace ci::logs
