// What is told of one dialogue, all that bears one Call-ID: a row of the index.
//
// A row is updated by one observation at a time, in any order, because messages of an observer with
// a slow link arrive late. Where this file says "first", the order of arrival decides only between
// what the messages themselves leave open. The result does not depend on the order, except for the
// bounds below and for doubles in messages().
//
// A row's size is bounded, whatever is sent: see the constants. What is beyond them is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/outcome.h"
#include "chunk/chunk.h"
#include "wire/endpoint.h"
#include "wire/micros.h"

namespace ci::calls {

inline constexpr std::size_t most_endpoints = 64;
inline constexpr std::size_t most_user_agents = 16;
inline constexpr std::size_t most_other_methods = 8;  ///< beside those that RFCs define
inline constexpr std::size_t most_transactions = 8;   ///< (From tag, method) whose status is known
inline constexpr std::size_t most_hops = 48;      ///< (hop, observer) whose messages are counted
inline constexpr std::size_t most_findings = 64;  ///< more than there are codes
inline constexpr std::size_t longest_text = 128;  ///< octets of a name, a host, a User-Agent ...

enum class Kind : std::uint8_t { call, registration, subscription, message, options, other };
inline constexpr std::string_view kind_names[] = {"call",    "registration", "subscription",
                                                  "message", "options",      "other"};

/// One end of a dialogue. Texts are valid UTF-8.
struct Party {
    std::string user;  ///< unescaped
    std::string host;  ///< in lower case
    std::string name;  ///< the display name
    friend bool operator==(const Party&, const Party&) = default;
};

class Row {
  public:
    explicit Row(std::string call_id) : call_id_(std::move(call_id)) {}

    /// Takes one stored line of the dialogue.
    void take(const chunk::Chunk& chunk);

    [[nodiscard]] const std::string& call_id() const noexcept { return call_id_; }
    /// By the first request; if none was seen, by the CSeq of responses.
    [[nodiscard]] Kind kind() const noexcept;

    /// Arrival of the first and of the newest message or event.
    [[nodiscard]] wire::Micros start() const noexcept { return start_; }
    [[nodiscard]] wire::Micros last() const noexcept { return last_; }
    /// Arrival of the first request that began the dialogue, of the first 18x to it, of its 2xx,
    /// and of the BYE or the final refusal. Calls only.
    [[nodiscard]] std::optional<wire::Micros> asked() const noexcept;
    [[nodiscard]] std::optional<wire::Micros> ring() const noexcept;
    [[nodiscard]] std::optional<wire::Micros> answer() const noexcept;
    [[nodiscard]] std::optional<wire::Micros> end() const noexcept;
    /// From the INVITE to the first 18x; from the 2xx to the BYE.
    [[nodiscard]] std::optional<wire::Micros> post_dial_delay() const noexcept;
    [[nodiscard]] std::optional<wire::Micros> duration() const noexcept;

    /// Of the first request: among those that begin a dialogue (no To tag) the one with the fewest
    /// Vias, as it is nearest to the sender; then the one that arrived first.
    [[nodiscard]] const Party& from() const noexcept { return first_.from; }
    [[nodiscard]] const Party& to() const noexcept { return first_.to; }
    [[nodiscard]] const Party& request_uri() const noexcept { return first_.request_uri; }
    [[nodiscard]] const std::string& asserted_user() const noexcept { return first_.asserted_user; }

    /// Sorted.
    [[nodiscard]] const std::vector<wire::Endpoint>& endpoints() const noexcept {
        return endpoints_;
    }
    /// Of requests, and `Server` of responses; sorted.
    [[nodiscard]] const std::vector<std::string>& user_agents() const noexcept {
        return user_agents_;
    }
    [[nodiscard]] std::vector<std::string> methods() const;
    [[nodiscard]] bool has_method(std::string_view method) const noexcept;

    /// The messages that passed: at each hop as many as the observer reported that reported most
    /// of this hop. A message that two observers of one hop saw counts once, a retransmission
    /// counts again. A message that one observer mirrors twice counts once if the two follow each
    /// other within 2 ms. Events that are not SIP do not count.
    [[nodiscard]] std::uint64_t messages() const noexcept;

    /// The final status that the first sender got: of the response with the fewest Vias; of a call
    /// the 2xx, or the final response to the last try. Empty while the last try goes on.
    [[nodiscard]] std::optional<std::uint16_t> status() const noexcept;
    [[nodiscard]] Outcome outcome() const noexcept;

    /// Codes of what was wrong with the dialogue when it was analysed last.
    [[nodiscard]] const std::vector<std::string>& findings() const noexcept { return findings_; }
    /// Whether they are of all that is known of it. False after take(), until it is analysed.
    [[nodiscard]] bool has_findings() const noexcept { return has_findings_; }
    /// The outcome when it was analysed last; empty: it never was.
    [[nodiscard]] std::optional<Outcome> analysed_outcome() const noexcept { return analysed_; }
    void set_findings(std::vector<std::string> codes);
    void outdate_findings() noexcept { has_findings_ = false; }

    /// For those who may know one side alone: of the endpoints those that are kept stay; programs'
    /// names go, and the host that the request was sent to unless it is that of To, and without
    /// `of_caller` who was asserted to call. Nothing can be taken afterwards.
    void forget_far_side(const std::function<bool(const wire::Endpoint&)>& keeps, bool of_caller);

    /// All of the row except the Call-ID, to go on with it later.
    [[nodiscard]] std::string to_bytes() const;
    /// Empty: not such bytes, or those of another version.
    static std::optional<Row> from_bytes(std::string call_id, std::string_view bytes);

    friend bool operator==(const Row&, const Row&) = default;

  private:
    friend struct RowBytes;
    /// The request that tells who asks whom, or a response in its place. Lower ranks are better.
    struct First {
        std::uint8_t rank = 255, vias = 255;
        wire::Micros arrival = 0;
        std::string method;
        std::uint32_t tag = 0;  ///< hash of the From tag
        Party from, to, request_uri;
        std::string asserted_user;
        friend bool operator==(const First&, const First&) = default;
    };
    /// A final response to a try, that is to a request of one CSeq number.
    struct Final {
        std::uint64_t number = 0;
        std::uint8_t vias = 255;
        std::uint16_t status = 0;  ///< 0: none
        wire::Micros arrival = 0;
        friend bool operator==(const Final&, const Final&) = default;
    };
    /// The transactions of one sender (From tag) and method.
    struct Tries {
        std::uint32_t tag = 0, method = 0;  ///< hashes
        std::uint64_t last_number = 0;      ///< the highest CSeq of its requests
        std::uint64_t leave_number = 0;     ///< of a REGISTER that ends the registration; 0: none
        std::optional<wire::Micros> asked, ring;
        Final accepted;  ///< INVITE: the 2xx of the lowest CSeq number
        Final final;     ///< INVITE: of the highest CSeq number, other than 2xx; else any
        friend bool operator==(const Tries&, const Tries&) = default;
    };
    struct Hop {
        std::uint32_t hop = 0, observer = 0;  ///< hashes
        std::uint32_t message = 0;            ///< of the last message
        wire::Micros stamp = 0;               ///< of the last message
        std::uint64_t count = 0;
        friend bool operator==(const Hop&, const Hop&) = default;
    };
    struct Seen;
    void note_request(const Seen& seen);
    void note_response(const Seen& seen);
    void note_first(const Seen& seen);
    void note_agent(const Seen& seen);
    void note_method(std::string_view method);
    void count(const chunk::Chunk& chunk);
    Tries* tries_of(const Seen& seen);
    [[nodiscard]] const Tries* first_tries() const noexcept;
    [[nodiscard]] const Final* final_of(const Tries& tries) const noexcept;

    std::string call_id_;
    wire::Micros start_ = 0, last_ = 0;  ///< both 0: nothing was taken
    First first_;
    std::vector<Tries> tries_;
    std::vector<Hop> hops_;
    std::uint64_t uncounted_ = 0;  ///< messages of further hops
    std::optional<wire::Micros> bye_, cancel_;
    std::vector<wire::Endpoint> endpoints_;
    std::vector<std::string> user_agents_, other_methods_, findings_;
    std::uint32_t methods_ = 0;  ///< bits
    bool has_findings_ = false;
    std::optional<Outcome> analysed_;
};

}  // namespace ci::calls
