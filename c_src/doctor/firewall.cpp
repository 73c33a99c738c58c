#include "doctor/firewall.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

namespace ci::doctor {
namespace {

using nlohmann::json;

/// What becomes of the packet. `open`: nothing yet, or it is not known.
enum class Fate : std::uint8_t { open, passed, dropped, returned };
enum class Fits : std::uint8_t { yes, no, unknown };

constexpr const char* verdicts[] = {"accept", "drop", "reject", "return", "jump", "goto", "queue"};
constexpr int deepest = 16;                    // nft refuses deeper jumps, too
constexpr std::size_t most_rules = 1'000'000;  // looked at for one packet

struct Packet {
    std::string_view protocol;
    std::uint16_t port;
};

/// A member of an object; null if there is none.
const json& at(const json& object, const char* name) {
    static const json nothing;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

std::string text(const json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// Whether `value` is in what nft compares with: a value, a range, or a set of them.
template <class Is>
Fits is_in(const json& right, const Is& is) {
    const json& set = right.is_array() ? right : at(right, "set");
    if (!set.is_array()) return is(right);
    Fits result = Fits::no;
    for (const json& one : set) {
        const Fits fits = is(one);
        if (fits == Fits::yes) return fits;
        if (fits == Fits::unknown) result = fits;
    }
    return result;
}

Fits fits_port(const json& value, std::uint16_t port) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>() == port ? Fits::yes : Fits::no;
    }
    const json& range = at(value, "range");
    if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() ||
        !range[1].is_number_unsigned()) {
        return Fits::unknown;
    }
    return range[0].get<std::uint64_t>() <= port && port <= range[1].get<std::uint64_t>()
               ? Fits::yes
               : Fits::no;
}

Fits fits_text(const json& right, std::string_view wanted) {
    return is_in(right, [&](const json& value) {
        if (!value.is_string()) return Fits::unknown;
        const std::string name = text(value);
        if (name.starts_with('@')) return Fits::unknown;  // a set that is named
        return name == wanted ? Fits::yes : Fits::no;
    });
}

Fits opposite(Fits fits) {
    return fits == Fits::unknown ? fits : fits == Fits::yes ? Fits::no : Fits::yes;
}

Fits fits_left(const json& left, const json& right, const Packet& packet) {
    const std::string field = text(at(at(left, "payload"), "field"));
    if (field == "dport") {
        return is_in(right, [&](const json& value) { return fits_port(value, packet.port); });
    }
    if (field == "protocol" || text(at(at(left, "meta"), "key")) == "l4proto") {
        return fits_text(right, packet.protocol);
    }
    // A stranger's packet begins a connection, and does not come from this machine.
    if (text(at(at(left, "ct"), "key")) == "state") return fits_text(right, "new");
    const std::string key = text(at(at(left, "meta"), "key"));
    if ((key == "iifname" || key == "iif") && text(right) == "lo") return Fits::no;
    return Fits::unknown;
}

/// `tcp dport != 22` is about TCP, whatever it compares.
bool is_of_other_protocol(const json& left, const Packet& packet) {
    const std::string protocol = text(at(at(left, "payload"), "protocol"));
    return (protocol == "udp" || protocol == "tcp") && protocol != packet.protocol;
}

Fits fits_match(const json& match, const Packet& packet) {
    if (is_of_other_protocol(at(match, "left"), packet)) return Fits::no;
    const std::string op = text(at(match, "op"));
    const Fits fits = fits_left(at(match, "left"), at(match, "right"), packet);
    if (op == "==" || op == "in") return fits;
    return op == "!=" ? opposite(fits) : Fits::unknown;
}

class Ruleset {
  public:
    Ruleset(const json& all, const Packet& packet) : all_(all), packet_(packet) {
        for (const json& entry : all) {
            const json& rule = at(entry, "rule");
            if (rule.is_object()) rules_[name_of(rule, text(at(rule, "chain")))].push_back(&rule);
        }
    }

    [[nodiscard]] std::optional<Blocked> blocked() {
        for (const json& entry : all_) {
            const json& chain = at(entry, "chain");
            const std::string hook = text(at(chain, "hook"));
            if (hook != "input" && hook != "prerouting") continue;
            const Fate fate = run(chain, text(at(chain, "name")), deepest);
            const bool by_policy = fate == Fate::open && text(at(chain, "policy")) == "drop";
            if (fate != Fate::dropped && !by_policy) continue;
            return Blocked{name_of(chain, text(at(chain, "name"))), by_policy ? "policy" : "rule"};
        }
        return std::nullopt;
    }

  private:
    /// `like`: an object with the chain's family and table.
    static std::string name_of(const json& like, const std::string& chain) {
        return text(at(like, "family")) + " " + text(at(like, "table")) + " " + chain;
    }

    [[nodiscard]] Fate run(const json& like, const std::string& chain, int depth) {
        const auto found = rules_.find(name_of(like, chain));
        if (found == rules_.end()) return Fate::open;
        for (const json* const rule : found->second) {
            if (depth == 0 || left_ == 0) return Fate::passed;
            --left_;
            const Fate fate = apply(*rule, depth);
            if (fate == Fate::returned) return Fate::open;
            if (fate != Fate::open) return fate;
        }
        return Fate::open;
    }

    [[nodiscard]] Fate apply(const json& rule, int depth) {
        bool is_sure = true;
        for (const json& part : at(rule, "expr")) {
            if (part.contains("match")) {
                const Fits fits = fits_match(part["match"], packet_);
                if (fits == Fits::no) return Fate::open;
                if (fits == Fits::unknown) is_sure = false;
            } else if (part.contains("vmap")) {
                return look_up(rule, part["vmap"], is_sure, depth);
            } else if (is_verdict(part)) {
                return verdict(rule, part, is_sure, depth);
            } else if (!part.contains("counter") && !part.contains("log") &&
                       !part.contains("comment")) {
                is_sure = false;  // a limit, an extension of iptables
            }
        }
        return Fate::open;
    }

    static bool is_verdict(const json& part) {
        return std::any_of(std::begin(verdicts), std::end(verdicts),
                           [&](const char* name) { return part.contains(name); });
    }

    [[nodiscard]] Fate verdict(const json& rule, const json& part, bool is_sure, int depth) {
        if (part.contains("jump") || part.contains("goto")) return jump(rule, part, is_sure, depth);
        if (part.contains("accept") || part.contains("queue")) return Fate::passed;  // for some
        if (!is_sure) return Fate::open;
        return part.contains("return") ? Fate::returned : Fate::dropped;
    }

    /// `ct state vmap { established : accept, invalid : drop }`
    [[nodiscard]] Fate look_up(const json& rule, const json& map, bool is_sure, int depth) {
        const json& key = at(map, "key");
        if (is_of_other_protocol(key, packet_)) return Fate::open;
        const json& set = at(at(map, "data"), "set");
        if (!set.is_array()) return Fate::passed;  // a map that is named
        for (const json& pair : set) {
            if (!pair.is_array() || pair.size() != 2) return Fate::passed;
            const Fits fits = fits_left(key, pair[0], packet_);
            if (fits == Fits::no) continue;
            const Fate fate = verdict(rule, pair[1], is_sure && fits == Fits::yes, depth);
            if (fate != Fate::open || fits == Fits::yes) return fate;
        }
        return Fate::open;
    }

    [[nodiscard]] Fate jump(const json& rule, const json& part, bool is_sure, int depth) {
        const bool goes_for_good = part.contains("goto");
        const std::string target = text(at(part[goes_for_good ? "goto" : "jump"], "target"));
        const Fate fate = run(rule, target, depth - 1);
        if (fate == Fate::passed) return fate;
        if (!is_sure) return Fate::open;
        return fate == Fate::open && goes_for_good ? Fate::returned : fate;
    }

    const json& all_;
    Packet packet_;
    std::map<std::string, std::vector<const json*>> rules_;  ///< by their chain, in their order
    std::size_t left_ = most_rules;
};

}  // namespace

std::optional<Blocked> blocked_by(std::string_view ruleset, std::string_view protocol,
                                  std::uint16_t port) {
    const json whole = json::parse(ruleset, nullptr, false);
    const json& all = at(whole, "nftables");
    if (!all.is_array()) return std::nullopt;
    return Ruleset(all, {protocol, port}).blocked();
}

}  // namespace ci::doctor
