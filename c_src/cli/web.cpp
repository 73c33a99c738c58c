#include "cli/web.h"

#include <stdexcept>

#include "web/pages.h"

namespace ci::cli {

std::unique_ptr<web::Server> start_web(Service& service, const inspector::WebSettings& settings,
                                       WebIf when, bool must, const inspector::Log& log) {
    using inspector::Level;
    if (settings.is_off || (when == WebIf::asked && !settings.listen)) return nullptr;
    web::ServerOptions options;
    options.listen = settings.listen.value_or(*wire::parse_endpoint(inspector::usual_web));
    options.names = settings.names;
    options.pages = settings.pages.empty() ? web::find_pages() : settings.pages;
    const bool has_pages = !options.pages.empty();
    options.tls = {settings.certificate, settings.key, {}};
    options.tokens = settings.tokens;
    options.access_log = settings.access_log;
    options.complain = [log](const std::string& text) { log(Level::warning, "web: " + text); };
    options.limits.guests = 1'024;
    options.limits.descriptors = service.client_descriptors();
    try {
        auto server = std::make_unique<web::Server>(
            service.context(), std::move(options),
            [&service](commands::Job job) { return service.offer(std::move(job)); },
            service.inspector());
        log(Level::info, "web site at " + server->address());
        if (!has_pages) {
            log(Level::warning,
                "the site's pages were not found, so there is its API alone: --web-pages DIR");
        }
        return server;
    } catch (const std::runtime_error& error) {
        if (must) throw;
        log(settings.listen ? Level::error : Level::warning, error.what());
        return nullptr;
    }
}

}  // namespace ci::cli
