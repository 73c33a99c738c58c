// What anyone who reaches the web server's port may write, as far as it is read here and not by
// Boost.Beast: the target, the cursor of a page, and header fields that decide.
#include <string>

#include "commands/call_pages.h"
#include "must.h"
#include "web/http/guard.h"
#include "web/http/message.h"
#include "web/http/problem.h"
#include "web/http/target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto target = web::parse_target(bytes)) {
        std::string again;
        for (const auto& part : target->path) again += "/" + web::escaped(part);
        char before = '?';
        for (const auto& [name, value] : target->query) {
            again += before + web::escaped(name) + "=" + web::escaped(value);
            before = '&';
        }
        const auto back = web::parse_target(again);
        fuzz::must(back && back->path == target->path && back->query == target->query,
                   "a target that is written again is the same");
        fuzz::must(target->path.size() <= web::most_parts, "parts are bounded");
    } else {
        fuzz::must(target.error().at <= size, "a mistake is in the text");
    }
    if (const auto place = commands::page_place_of(bytes)) {
        const auto back = commands::page_place_of(commands::cursor_of(*place));
        fuzz::must(back && *back == *place, "a cursor that is written again is the same");
    }
    web::Request request;
    request.method = size % 2 == 0 ? web::Method::get : web::Method::post;
    request.host = bytes.substr(0, size / 2);
    request.origin = bytes.substr(size / 2);
    const auto refused = web::refusal(request, {});
    fuzz::must(request.method == web::Method::get || refused, "no type, no change");
    (void)web::accepts_gzip(bytes);
    (void)web::names_tag(bytes, "\"a\"");
    fuzz::must(web::problem(404, bytes).body.find('\x1b') == std::string::npos, "nothing escapes");
    return 0;
}
