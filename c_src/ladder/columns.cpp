#include "ladder/columns.h"

#include <algorithm>

#include "ladder/label.h"
#include "wire/endpoint.h"

namespace ci::ladder {
namespace {

constexpr std::size_t left_out = static_cast<std::size_t>(-1);

/// "192.0.2.1" of "192.0.2.1:5060"; the whole of what is no endpoint.
std::string without_port(std::string_view endpoint) {
    const auto parsed = wire::parse_endpoint(endpoint);
    const bool is_known = parsed && parsed->address != wire::Address{parsed->address.family, {}};
    return is_known ? wire::to_string(parsed->address) : std::string(endpoint);
}

}  // namespace

Columns::Columns(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view)
    : own_(chunks, flow) {
    for (const order::Event& event : flow.events) {
        const chunk::Chunk& chunk = chunks[event.chunk];
        if (!chunk.event.empty() || chunk.src.empty() || chunk.src == chunk.dst) continue;
        std::string address = without_port(chunk.src);
        if (address == without_port(chunk.dst)) shared_.insert(std::move(address));
    }
    for (const std::string& endpoint : order::entities(chunks, flow)) add(endpoint, view);
    for (Column& column : columns_) {
        if (!column.set.empty()) continue;
        column.name = printable(column.endpoints.size() == 1 ? column.endpoints.front()
                                                             : without_port(column.endpoints[0]));
    }
}

void Columns::add(const std::string& endpoint, const View& view) {
    const std::string name = view.host ? view.host(endpoint) : std::string();
    const std::string address = without_port(endpoint);
    const bool is_shared = shared_.contains(address);
    std::string key = name.empty() ? "address " : "name ";
    key += !name.empty() ? name : is_shared ? endpoint : std::string(own_.host_of(address));
    const auto [found, is_new] = by_key_.emplace(std::move(key), columns_.size());
    if (is_new) columns_.push_back({printable(name), name, {}});
    columns_[found->second].endpoints.push_back(endpoint);
    by_endpoint_.emplace(endpoint, found->second);
    const auto [at, is_first] = by_address_.emplace(address, found->second);
    if (!is_first && at->second != found->second) at->second = left_out;
}

std::optional<std::size_t> Columns::find(const std::string& endpoint) const {
    const auto found = by_endpoint_.find(endpoint);
    if (found == by_endpoint_.end() || found->second == left_out) return std::nullopt;
    return found->second;
}

std::optional<std::size_t> Columns::of_address(const std::string& address) const {
    const auto found = by_address_.find(address);
    if (found == by_address_.end() || found->second == left_out) return std::nullopt;
    return found->second;
}

bool Columns::is_called(std::size_t column, std::string_view name) const {
    const Column& one = columns_[column];
    if (!one.set.empty() && one.set == name) return true;
    return std::any_of(one.endpoints.begin(), one.endpoints.end(), [&](const std::string& end) {
        return end == name || without_port(end) == name;
    });
}

std::string Columns::call(std::size_t column) const {
    const Column& one = columns_[column];
    return one.set.empty() ? without_port(one.endpoints.front()) : one.set;
}

std::u32string Columns::which(std::string_view word, const std::string& endpoint) const {
    const auto column = find(endpoint);
    if (!column || columns_[*column].endpoints.front() == endpoint) return {};
    const std::string& first = columns_[*column].endpoints.front();
    const std::size_t port = endpoint.rfind(':');
    const bool is_near = port != std::string::npos && without_port(first) == without_port(endpoint);
    return printable(std::string(word) + ' ' + (is_near ? endpoint.substr(port) : endpoint));
}

void Columns::keep(const std::vector<bool>& used) {
    std::vector<std::size_t> place(columns_.size(), left_out);
    std::vector<Column> kept;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!used[i]) continue;
        place[i] = kept.size();
        kept.push_back(std::move(columns_[i]));
    }
    columns_ = std::move(kept);
    for (auto& [endpoint, column] : by_endpoint_) {
        if (column != left_out) column = place[column];
    }
}

}  // namespace ci::ladder
