#include "inspector/node_settings.h"

namespace ci::inspector {

std::vector<std::string>* node_list(std::string_view name, NodeSettings& settings) {
    return name == "read"      ? &settings.read
           : name == "write"   ? &settings.write
           : name == "bind"    ? &settings.bind
           : name == "capture" ? &settings.capture
                               : nullptr;
}

std::string add_to_node_list(std::string_view name, std::string_view value,
                             NodeSettings& settings) {
    std::vector<std::string>* const list = node_list(name, settings);
    if (list == nullptr) return "not one of read, write, bind, capture";
    if (value.empty()) return "no value";
    list->emplace_back(value);
    return {};
}

}  // namespace ci::inspector
