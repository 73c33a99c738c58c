// The requests that the proxy passed on lately, for what the lines of responses do not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "logs/kamailio_wording.h"
#include "logs/recent.h"
#include "logs/time.h"
#include "wire/endpoint.h"

namespace ci::logs {

[[nodiscard]] inline bool is_known(const wire::Endpoint& endpoint) noexcept {
    return endpoint.address.family != wire::Family::none;
}

struct PassedRequest {
    std::string method, uri, c_seq, pid;
    wire::Endpoint source, arrived_at;  ///< where it came from, the proxy's address there
    wire::Endpoint sent_from, sent_to;  ///< the last branch
    std::uint8_t in_protocol = 0, out_protocol = 0;
    Side side = Side::unknown;
    wire::Micros passed_at = 0, failed_at = 0;
    bool is_forked = false;    ///< branches to several destinations are under way
    bool is_answered = false;  ///< finally
    bool has_failed = false;   ///< at failed_at: a failure route may try another destination
    bool is_within_dialog = false;
};

/// The name of a call here. Two hosts may write one file, and each is a proxy of its own.
void write_call_key(std::string_view host, std::string_view call_id, std::string& key);

class PassedRequests {
  public:
    static constexpr std::size_t max_calls = 65'536;
    static constexpr std::size_t max_bytes = 32U << 20U;
    static constexpr std::size_t max_per_call = 8;

    void add(std::string_view call, PassedRequest request);

    /// The request that a response answers. `c_seq`, `method` and `far` may be empty.
    struct Answer {
        PassedRequest* request = nullptr;  ///< null: unknown
        bool is_sure = false;              ///< no other request fits
    };
    [[nodiscard]] Answer answered_by(std::string_view call, const Saying& reply,
                                     std::string_view c_seq, std::string_view method);
    /// The last request from `source`. Null: unknown.
    [[nodiscard]] const PassedRequest* from(std::string_view call, const wire::Endpoint& source);
    /// The request of which the worker `pid` sends a further branch. Null: none.
    [[nodiscard]] PassedRequest* further_branch(std::string_view call, std::string_view pid,
                                                wire::Micros at);
    /// A failure route deals with the last request of that method, if it is known.
    const PassedRequest* failed(std::string_view call, std::string_view method, wire::Micros at);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return calls_.size(); }

  private:
    struct Call {
        std::vector<PassedRequest> requests;  ///< the oldest first
        std::size_t bytes = 0;
        bool is_confirmed = false;  ///< an INVITE was answered by 2xx
        [[nodiscard]] bool is_small() const noexcept { return false; }
        void clear() noexcept {}
    };
    using Calls = Recent<Call>;
    void forget(Calls::Entry& entry);

    Calls calls_;
    std::size_t bytes_ = 0;
};

}  // namespace ci::logs
