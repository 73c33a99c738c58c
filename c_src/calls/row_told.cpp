#include <algorithm>

#include "calls/row.h"
#include "calls/row_parts.h"
#include "calls/row_text.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

using wire::Micros;

Kind kind_of(std::string_view method) noexcept {
    if (method == "INVITE" || is_of_a_dialog(method)) return Kind::call;
    if (method == "REGISTER") return Kind::registration;
    if (method == "SUBSCRIBE" || method == "NOTIFY" || method == "PUBLISH") {
        return Kind::subscription;
    }
    if (method == "MESSAGE") return Kind::message;
    return method == "OPTIONS" ? Kind::options : Kind::other;
}

bool is_challenge(std::uint16_t status) noexcept {
    return status == 401 || status == 407;
}

}  // namespace

std::uint64_t Row::messages() const noexcept {
    std::uint64_t sum = uncounted_;
    for (const Hop& one : hops_) {
        // Each hop counts where its highest count is, of equal ones at the first.
        const bool is_most = std::none_of(hops_.begin(), hops_.end(), [&](const Hop& other) {
            return other.hop == one.hop &&
                   (other.count > one.count || (other.count == one.count && &other < &one));
        });
        if (is_most) sum += one.count;
    }
    return sum;
}

const Row::Tries* Row::first_tries() const noexcept {
    const std::uint32_t method = stable_hash(first_.method);
    const auto found = std::find_if(tries_.begin(), tries_.end(), [&](const Tries& one) {
        return one.tag == first_.tag && one.method == method;
    });
    return found == tries_.end() ? nullptr : &*found;
}

const Row::Final* Row::final_of(const Tries& tries) const noexcept {
    const Final& refused = tries.final;
    if (tries.accepted.status != 0) {
        const bool got_refusal = refused.status != 0 && refused.number == tries.accepted.number &&
                                 refused.vias < tries.accepted.vias;
        return got_refusal ? &refused : &tries.accepted;
    }
    if (refused.status == 0) return nullptr;
    // A phone that is asked for credentials tries again, and so does a caller after a refusal.
    const bool goes_on =
        refused.number < tries.last_number &&
        (is_challenge(refused.status) || (kind() == Kind::call && refused.status >= 300));
    return goes_on ? nullptr : &refused;
}

Kind Row::kind() const noexcept {
    return kind_of(first_.method);
}

std::optional<Micros> Row::asked() const noexcept {
    const Tries* tries = first_tries();
    return tries == nullptr || kind() != Kind::call ? std::nullopt : tries->asked;
}

std::optional<Micros> Row::ring() const noexcept {
    const Tries* tries = first_tries();
    return tries == nullptr || kind() != Kind::call ? std::nullopt : tries->ring;
}

std::optional<Micros> Row::answer() const noexcept {
    const Tries* tries = first_tries();
    if (tries == nullptr || kind() != Kind::call) return std::nullopt;
    const Final* final = final_of(*tries);
    return final == &tries->accepted ? std::optional(final->arrival) : std::nullopt;
}

std::optional<Micros> Row::end() const noexcept {
    if (kind() != Kind::call) return std::nullopt;
    const Tries* tries = first_tries();
    const Final* final = tries == nullptr ? nullptr : final_of(*tries);
    return final != nullptr && final->status >= 300 ? std::optional(final->arrival) : bye_;
}

std::optional<Micros> Row::post_dial_delay() const noexcept {
    const auto from = asked(), to = ring();
    return from && to ? std::optional(std::max<Micros>(*to - *from, 0)) : std::nullopt;
}

std::optional<Micros> Row::duration() const noexcept {
    const auto from = answer(), to = end();
    return from && to ? std::optional(std::max<Micros>(*to - *from, 0)) : std::nullopt;
}

std::optional<std::uint16_t> Row::status() const noexcept {
    const Tries* tries = first_tries();
    const Final* final = tries == nullptr ? nullptr : final_of(*tries);
    return final == nullptr ? std::nullopt : std::optional(final->status);
}

Outcome Row::outcome() const noexcept {
    Ending ending;
    ending.is_registration = kind() == Kind::registration;
    ending.was_cancelled = cancel_.has_value();
    ending.status = status();
    ending.ring = ring();
    ending.end = cancel_ ? cancel_ : end();
    if (const Tries* tries = first_tries(); ending.is_registration && tries != nullptr) {
        ending.is_leaving = tries->leave_number != 0 && tries->leave_number == tries->final.number;
    }
    return outcome_of(ending);
}

std::vector<std::string> Row::methods() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < std::size(known_methods); ++i) {
        if ((methods_ >> i & 1U) != 0) all.emplace_back(known_methods[i]);
    }
    all.insert(all.end(), other_methods_.begin(), other_methods_.end());
    return all;
}

bool Row::has_method(std::string_view method) const noexcept {
    for (std::size_t i = 0; i < std::size(known_methods); ++i) {
        if (sip::equal_without_case(known_methods[i], method)) return (methods_ >> i & 1U) != 0;
    }
    return std::any_of(other_methods_.begin(), other_methods_.end(),
                       [&](const auto& one) { return sip::equal_without_case(one, method); });
}

void Row::set_findings(std::vector<std::string> codes) {
    if (codes.size() > most_findings) codes.resize(most_findings);
    for (auto& code : codes) code = bounded(code);
    findings_ = std::move(codes);
    has_findings_ = true;
    analysed_ = outcome();
}

void Row::forget_far_side(const std::function<bool(const wire::Endpoint&)>& keeps, bool of_caller) {
    std::erase_if(endpoints_, [&](const auto& one) { return !keeps(one); });
    user_agents_.clear();
    if (first_.request_uri.host != first_.to.host) first_.request_uri.host.clear();
    if (!of_caller) first_.asserted_user.clear();
}

}  // namespace ci::calls
