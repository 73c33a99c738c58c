#include "sources/log_place.h"

#include <nlohmann/json.hpp>

#include "chunk/chunk.h"
#include "wire/base64.h"

namespace ci::sources {
namespace {

using nlohmann::json;

std::uint64_t number(const json& object, const char* name) {
    return object.at(name).get<std::uint64_t>();
}

}  // namespace

std::string to_text(const LogPlace& place, std::string_view path) {
    std::string beginning, before;
    wire::append_base64(place.beginning, beginning);
    wire::append_base64(place.before, before);
    const json text{{"path", chunk::to_utf8(path)},
                    {"device", place.file.device},
                    {"inode", place.file.inode},
                    {"beginning", beginning},
                    {"before", before},
                    {"base", place.base},
                    {"position", place.position},
                    {"open", place.open},
                    {"safe", place.safe},
                    {"untouched", place.untouched},
                    {"boot", chunk::to_utf8(place.boot)}};
    return text.dump() + "\n";
}

std::optional<LogPlace> read_place(std::string_view text) {
    try {
        const json object = json::parse(text);
        LogPlace place;
        place.file = {number(object, "device"), number(object, "inode")};
        place.base = number(object, "base");
        place.position = number(object, "position");
        place.open = number(object, "open");
        place.safe = number(object, "safe");
        place.untouched = number(object, "untouched");
        place.boot = object.at("boot").get<std::string>();
        const auto beginning = wire::decode_base64(object.at("beginning").get<std::string>());
        const auto before = wire::decode_base64(object.at("before").get<std::string>());
        if (!beginning || !before) return std::nullopt;
        place.beginning = *beginning;
        place.before = *before;
        if (place.base > place.safe || place.safe > place.position ||
            place.position > place.untouched) {
            return std::nullopt;
        }
        return place;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace ci::sources
