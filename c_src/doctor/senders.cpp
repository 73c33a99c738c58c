// What is wrong with a sender, from its habits and its clock.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "doctor/judges.h"

namespace ci::doctor {
namespace {

/// Of which there must be so many, so that a single odd message is no habit.
constexpr std::uint64_t some = 5;
constexpr std::uint64_t many = 20;
/// OPTIONS in a window, and a second: a proxy that looks after a hundred hosts sends fewer.
constexpr std::uint64_t flood = 500;
constexpr std::int64_t flood_a_second = 10;
constexpr wire::Micros second = 1'000'000;
constexpr wire::Micros shortest_flood = 10 * second;
/// A sender is silent when it has not been so for so long before, a few times over.
constexpr wire::Micros usual_silences = 3;

constexpr bool is_most(std::uint64_t part, std::uint64_t whole) {
    return part * 10 >= whole * 9;
}

/// How far its clock is ahead; empty: not known.
std::optional<wire::Micros> clock_of(const Facts& facts, const Sender& sender) {
    const auto known =
        std::lower_bound(facts.known.begin(), facts.known.end(), sender.observer,
                         [](const clocks::KnownClock& one, const std::string& observer) {
                             return one.prior.observer < observer;
                         });
    // Else a link that is late would count as a clock that is slow.
    if (known != facts.known.end() && known->prior.observer == sender.observer) {
        return known->prior.offset;
    }
    return sender.clock_offset;
}

std::string if_silent(const Facts& facts, const Sender& sender) {
    const wire::Micros silence = facts.now - sender.last_seen;
    if (sender.received < some || silence < facts.limits.silent ||
        silence < usual_silences * sender.longest_silence) {
        return {};
    }
    return "It fell silent " + span_text(silence) + " ago, after " +
           std::to_string(sender.received) + " messages; until then its longest silence was " +
           span_text(sender.longest_silence) + ".";
}

std::string if_old_hep(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    if (habits.hep1 > 0) {
        return "HEP 1 in " + share_text(habits.hep1, habits.all) +
               ": it tells neither when a message was seen nor by whom.";
    }
    if (habits.no_hep > 0) {
        return "Plain SIP without HEP in " + share_text(habits.no_hep, habits.all) +
               ": it does not tell when a message was seen.";
    }
    if (habits.hep2 > 0) {
        return "HEP 2 in " + share_text(habits.hep2, habits.all) +
               ": it has no room for correlation, for keys, for ids above 65535.";
    }
    return {};
}

std::string if_clock_off(const Facts& facts, const Sender& sender) {
    // A few may have waited somewhere.
    if (sender.received < some) return {};
    const auto offset = clock_of(facts, sender);
    if (!offset || sender.clocks_apart != 0 || std::abs(*offset) < facts.limits.clock_off) {
        return {};
    }
    return "Its clock is " + span_text(*offset) + (*offset > 0 ? " ahead." : " behind.");
}

std::string if_two_clocks(const Facts& /*facts*/, const Sender& sender) {
    if (sender.clocks_apart == 0) return {};
    return "Two hosts send by this address and id: their stamps take turns, " +
           span_text(sender.clocks_apart) + " apart, and cannot be told apart.";
}

std::string if_empty_ipv6(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    if (habits.empty_ipv6 < some) return {};
    return "The IPv6 address is empty (::) in " + share_text(habits.empty_ipv6, habits.all) +
           ": it is read from the SIP instead, where that tells it.";
}

std::string if_same_ends(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    const bool is_ipv6 = habits.same_ipv6 >= some;
    if (!is_ipv6 && (habits.same_ends < some || !is_most(habits.same_ends, habits.all))) return {};
    return "The destination is the source in " +
           share_text(is_ipv6 ? habits.same_ipv6 : habits.same_ends, habits.all) + ".";
}

std::string if_truncated(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    if (habits.truncated == 0) return {};
    return "The end is missing in " + share_text(habits.truncated, habits.all) + ".";
}

std::string if_one_direction(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    if (habits.on_hops < many || !is_most(habits.one_way, habits.on_hops)) return {};
    std::string which = "one direction";
    if (is_most(habits.to_peer, habits.all) && habits.from_peer == 0) which = "what it gets";
    if (is_most(habits.from_peer, habits.all) && habits.to_peer == 0) which = "what it sends";
    return "It reports " + which + " only: between two hosts nothing goes back in " +
           std::to_string(habits.one_way) + " of " + std::to_string(habits.on_hops) + " messages.";
}

std::string if_everything_twice(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    if (habits.twice < many || habits.twice * 3 < habits.all) return {};
    return "It reports messages twice: " + share_text(habits.twice, habits.all) +
           " came once more within " + span_text(sources::Habits::twice_within) + ".";
}

std::string if_options_flood(const Facts& /*facts*/, const Sender& sender) {
    const sources::HabitCounts& habits = sender.habits;
    const wire::Micros lasted = std::max(habits.lasted, shortest_flood);
    const auto options = static_cast<std::int64_t>(habits.options);
    if (habits.options < flood || habits.options * 2 < habits.all ||
        options * second < flood_a_second * lasted) {
        return {};
    }
    return "OPTIONS are " + share_text(habits.options, habits.all) + ", " +
           std::to_string(options * second / lasted) + " a second.";
}

/// Empty: it is not so.
using Judge = std::string (*)(const Facts&, const Sender&);
constexpr struct {
    Code code;
    Judge judge;
} judges[] = {
    {Code::silent, if_silent},
    {Code::old_hep, if_old_hep},
    {Code::clock_off, if_clock_off},
    {Code::two_clocks, if_two_clocks},
    {Code::empty_ipv6, if_empty_ipv6},
    {Code::same_ends, if_same_ends},
    {Code::truncated, if_truncated},
    {Code::one_direction, if_one_direction},
    {Code::everything_twice, if_everything_twice},
    {Code::options_flood, if_options_flood},
};

/// Who else at the parser has the sender's id.
std::string if_shared_id(const Parser& parser, const Sender& sender) {
    if (!sender.capture_id) return {};
    constexpr std::size_t most_named = 3;
    std::string others;
    std::size_t count = 0;
    for (const Sender& other : parser.senders) {
        if (&other == &sender || other.capture_id != sender.capture_id ||
            other.address == sender.address) {
            continue;
        }
        if (++count > most_named) continue;
        others += (others.empty() ? "" : ", ") + wire::to_string(other.address);
    }
    if (count == 0) return {};
    if (count > most_named) others += " and " + std::to_string(count - most_named) + " more";
    return "Its id " + std::to_string(*sender.capture_id) + " is also that of " + others +
           ": behind a relay or NAT they could not be told apart.";
}

}  // namespace

void judge_senders(const Facts& facts, const Parser& parser, FreeIds& ids, Diagnoses& diagnoses) {
    if (parser.type != "hep") return;
    const Names of_parser = names_for(facts, parser);
    for (const Sender& sender : parser.senders) {
        std::string another;  // the same one in all lines for this sender
        const auto add = [&](Code code, std::string what) {
            if (what.empty()) return;
            Names names = of_parser;
            const bool needs_another = code == Code::two_clocks || code == Code::shared_id;
            if (sender.capture_id && !needs_another) {
                names.id = std::to_string(*sender.capture_id);
            } else {
                if (another.empty()) another = ids.take();
                names.id = another;
            }
            diagnoses.push_back({code, parser.id, name_of(sender, parser.id), std::move(what),
                                 cures_of(code, sender.maker, names)});
        };
        for (const auto& [code, judge] : judges) add(code, judge(facts, sender));
        add(Code::shared_id, if_shared_id(parser, sender));
    }
}

}  // namespace ci::doctor
