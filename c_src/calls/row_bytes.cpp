// A row as bytes: a version, then all members in one order, numbers in groups of seven bits.
#include <type_traits>

#include "calls/row.h"

namespace ci::calls {
namespace {

/// Changes with the members below, and with what Row::take() makes of messages.
constexpr std::uint8_t version = 2;

struct RowWriter {
    std::string out;

    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7U) out += static_cast<char>(value | 0x80U);
        out += static_cast<char>(value);
    }
    void time(wire::Micros value) {
        const auto bits = static_cast<std::uint64_t>(value);
        number(value < 0 ? ~(bits << 1U) : bits << 1U);
    }
    void text(const std::string& value) {
        number(value.size());
        out += value;
    }
    void octet(std::uint8_t& value) { out += static_cast<char>(value); }
    bool flag(bool value) {
        out += value ? '\1' : '\0';
        return value;
    }
    void refuse() {}  // what is written was never read
    template <class T>
    void count(const std::vector<T>& all, std::size_t /*most*/) {
        number(all.size());
    }
};

/// Reads what the writer wrote; whatever else it is given, it stops at the end.
struct RowReader {
    std::string_view in;
    bool is_good = true;

    std::uint8_t take() {
        if (in.empty()) {
            is_good = false;
            return 0;
        }
        const auto octet = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        return octet;
    }
    template <class Int>
    void number(Int& value) {
        std::uint64_t all = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t octet = take();
            all |= static_cast<std::uint64_t>(octet & 0x7fU) << shift;
            if (octet < 0x80) break;
        }
        value = static_cast<Int>(all);
        is_good = is_good && static_cast<std::uint64_t>(value) == all;
    }
    void time(wire::Micros& value) {
        std::uint64_t bits = 0;
        number(bits);
        const std::uint64_t half = bits >> 1U;
        value = static_cast<wire::Micros>((bits & 1U) != 0 ? ~half : half);
    }
    void text(std::string& value) {
        std::size_t size = 0;
        number(size);
        is_good = is_good && size <= in.size() && size <= longest_text;
        if (!is_good) return;
        value = in.substr(0, size);
        in.remove_prefix(size);
    }
    void octet(std::uint8_t& value) { value = take(); }
    bool flag(bool /*value*/) {
        const std::uint8_t octet = take();
        is_good = is_good && octet <= 1;
        return octet == 1;
    }
    void refuse() { is_good = false; }
    template <class T>
    void count(std::vector<T>& all, std::size_t most) {
        std::size_t size = 0;
        number(size);
        is_good = is_good && size <= most;
        all.resize(is_good ? size : 0);
    }
};

template <class Io>
void optional_time(Io& io, std::optional<wire::Micros>& value) {
    if (!io.flag(value.has_value())) return;
    if (!value) value = 0;
    io.time(*value);
}

template <class Io>
void optional_outcome(Io& io, std::optional<Outcome>& value) {
    if (!io.flag(value.has_value())) return;
    auto octet = static_cast<std::uint8_t>(value.value_or(Outcome::in_progress));
    io.octet(octet);
    if (octet >= std::size(outcome_names)) return io.refuse();
    value = static_cast<Outcome>(octet);
}

template <class Io>
void texts(Io& io, std::vector<std::string>& all, std::size_t most) {
    io.count(all, most);
    for (std::string& one : all) io.text(one);
}

template <class Io>
void party(Io& io, Party& one) {
    io.text(one.user);
    io.text(one.host);
    io.text(one.name);
}

template <class Io>
void endpoint(Io& io, wire::Endpoint& one) {
    bool is_ipv6 = one.address.family == wire::Family::ipv6;
    is_ipv6 = io.flag(is_ipv6);
    one.address.family = is_ipv6 ? wire::Family::ipv6 : wire::Family::ipv4;
    const std::size_t length = is_ipv6 ? 16 : 4;
    for (std::size_t i = 0; i < length; ++i) io.octet(one.address.bytes.at(i));
    io.number(one.port);
}

}  // namespace

struct RowBytes {
    template <class Io>
    static void final_response(Io& io, Row::Final& one) {
        io.number(one.status);
        if (one.status == 0) return;
        io.number(one.number);
        io.octet(one.vias);
        io.time(one.arrival);
    }

    template <class Io>
    static void all(Io& io, Row& row) {
        io.time(row.start_);
        io.time(row.last_);
        Row::First& first = row.first_;
        io.octet(first.rank);
        io.octet(first.vias);
        io.time(first.arrival);
        io.text(first.method);
        io.number(first.tag);
        party(io, first.from);
        party(io, first.to);
        party(io, first.request_uri);
        io.text(first.asserted_user);
        io.count(row.tries_, most_transactions);
        for (Row::Tries& one : row.tries_) {
            io.number(one.tag);
            io.number(one.method);
            io.number(one.last_number);
            io.number(one.leave_number);
            optional_time(io, one.asked);
            optional_time(io, one.ring);
            final_response(io, one.accepted);
            final_response(io, one.final);
        }
        io.count(row.hops_, most_hops);
        for (Row::Hop& one : row.hops_) {
            io.number(one.hop);
            io.number(one.observer);
            io.number(one.message);
            io.time(one.stamp);
            io.number(one.count);
        }
        io.number(row.uncounted_);
        optional_time(io, row.bye_);
        optional_time(io, row.cancel_);
        io.count(row.endpoints_, most_endpoints);
        for (wire::Endpoint& one : row.endpoints_) endpoint(io, one);
        texts(io, row.user_agents_, most_user_agents);
        texts(io, row.other_methods_, most_other_methods);
        texts(io, row.findings_, most_findings);
        io.number(row.methods_);
        row.has_findings_ = io.flag(row.has_findings_);
        optional_outcome(io, row.analysed_);
    }
};

std::string Row::to_bytes() const {
    RowWriter writer;
    writer.out += static_cast<char>(version);
    Row copy = *this;  // one list of members serves both directions
    RowBytes::all(writer, copy);
    return std::move(writer.out);
}

std::optional<Row> Row::from_bytes(std::string call_id, std::string_view bytes) {
    RowReader reader{bytes};
    Row row(std::move(call_id));
    if (reader.take() != version) return std::nullopt;
    RowBytes::all(reader, row);
    if (!reader.is_good || !reader.in.empty()) return std::nullopt;
    return row;
}

}  // namespace ci::calls
