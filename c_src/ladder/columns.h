// The hosts of a drawing, a column each: by their names, else by their addresses.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "chunk/chunk.h"
#include "ladder/own_addresses.h"
#include "ladder/view.h"
#include "order/order.h"
#include "wire/hash.h"

namespace ci::ladder {

class Columns {
  public:
    struct Column {
        std::u32string name;                 ///< shown
        std::string set;                     ///< by the setting; empty: its address tells
        std::vector<std::string> endpoints;  ///< in the order of their appearance
    };

    Columns(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view);

    /// Empty: the endpoint takes no part in the dialogue.
    [[nodiscard]] std::optional<std::size_t> find(const std::string& endpoint) const;
    /// The column of an address without a port, before keep(); empty: none, or several.
    [[nodiscard]] std::optional<std::size_t> of_address(const std::string& address) const;
    [[nodiscard]] const std::vector<Column>& all() const noexcept { return columns_; }
    /// Whether the column is meant by a name, an address or an endpoint.
    [[nodiscard]] bool is_called(std::size_t column, std::string_view name) const;

    /// What to call it in a question.
    [[nodiscard]] std::string call(std::size_t column) const;

    /// Which endpoint of a column with several it was: "from :5080". Empty for the first.
    [[nodiscard]] std::u32string which(std::string_view word, const std::string& endpoint) const;

    /// Leaves out the columns that are not `used`.
    void keep(const std::vector<bool>& used);

  private:
    void add(const std::string& endpoint, const View& view);

    OwnAddresses own_;
    std::vector<Column> columns_;
    std::unordered_set<std::string, wire::TextHash> shared_;  ///< addresses of several hosts
    std::unordered_map<std::string, std::size_t, wire::TextHash> by_key_, by_endpoint_, by_address_;
};

}  // namespace ci::ladder
