#include "web/http/problem.h"

#include "chunk/chunk.h"

namespace ci::web {
namespace {

struct Reason {
    unsigned status;
    std::string_view phrase;
};
constexpr Reason reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

Response of(unsigned status, std::string_view detail, std::string_view more) {
    std::string body = "{\"type\":\"about:blank\",\"title\":";
    chunk::append_json_string(reason_of(status), body);
    body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
    chunk::append_json_string(detail, body);
    body.append(more).append("}\n");
    Response response = with_text("application/problem+json", std::move(body));
    response.status = status;
    return response;
}

}  // namespace

std::string_view reason_of(unsigned status) noexcept {
    for (const Reason& one : reasons) {
        if (one.status == status) return one.phrase;
    }
    return "Error";
}

Response problem(unsigned status, std::string_view detail) {
    return of(status, detail, "");
}

Response problem_at(std::size_t column, std::string_view detail) {
    return of(400, detail, ",\"column\":" + std::to_string(column));
}

}  // namespace ci::web
