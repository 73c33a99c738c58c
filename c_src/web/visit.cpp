#include "web/visit.h"

#include <array>
#include <ctime>
#include <string_view>

#include "chunk/chunk.h"
#include "wire/visible.h"

namespace ci::web {
namespace {

constexpr std::size_t longest = 512;  ///< octets of what a client or a sender wrote

/// "2026-11-29T14:33:03.123Z"
std::string time_of(wire::Micros now) {
    const auto seconds = static_cast<std::time_t>(now / 1'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const std::string ms = std::to_string(1'000 + now / 1'000 % 1'000);
    return std::string(text.data(), size) + "." + ms.substr(1) + "Z";
}

class JsonLine {
  public:
    void text(std::string_view name, std::string_view value) {
        member(name);
        chunk::append_json_string(wire::visible_line(value.substr(0, longest)), out_);
    }
    void number(std::string_view name, std::uint64_t value) {
        member(name);
        out_ += std::to_string(value);
    }
    void texts(std::string_view name, const std::vector<std::string>& values) {
        member(name);
        out_ += '[';
        for (const std::string& value : values) {
            if (out_.back() != '[') out_ += ',';
            chunk::append_json_string(wire::visible_line(value.substr(0, longest)), out_);
        }
        out_ += ']';
    }
    [[nodiscard]] std::string take() && { return std::move(out_) + "}"; }

  private:
    void member(std::string_view name) {
        out_.append(out_.empty() ? "{\"" : ",\"").append(name).append("\":");
    }
    std::string out_;
};

}  // namespace

std::string line_of(const Visit& visit, const Request& request, const Response& response,
                    wire::Micros now) {
    JsonLine line;
    line.text("at", time_of(now));
    line.text("from", wire::to_string(request.from));
    if (!visit.who.empty()) line.text("who", visit.who);
    line.text("does", std::string(method_names[static_cast<std::size_t>(request.method)]) + " " +
                          visit.route);
    if (!visit.call.empty()) line.text("call", visit.call);
    if (!visit.query.empty()) line.text("q", visit.query);
    line.number("status", response.status);
    line.number("octets", response.body.size());
    if (!response.shown.empty()) line.texts("shown", response.shown);
    return std::move(line).take();
}

}  // namespace ci::web
