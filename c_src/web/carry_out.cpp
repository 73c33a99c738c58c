#include "web/carry_out.h"

#include <exception>
#include <string>
#include <utility>

#include "web/http/gzip.h"
#include "web/http/problem.h"
#include "wire/patience.h"

namespace ci::web {
namespace {

/// Compressed in the worker's thread, not in the event loop's.
void pack(Response& response) {
    if (response.page || response.is_packed || response.body.size() < least_packed) return;
    constexpr int quick = 1;
    response.body = gzip(response.body, quick);
    response.is_packed = true;
    response.fields.emplace_back("Vary", "Accept-Encoding");
}

Response carried_out(const Task& task, const House& house, bool takes_gzip) {
    try {
        Response response = task.run(house);
        if (takes_gzip) pack(response);
        return response;
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception& error) {
        return problem(500, error.what());
    }
}

/// Empty: it is about no call.
std::optional<std::string_view> call_of_subject(std::string_view subject) {
    const std::string none = commands::subject_of_call("");
    if (!subject.starts_with(none)) return std::nullopt;
    return subject.substr(none.size());
}

}  // namespace

commands::Job job_of(Task task, Desk& desk, bool takes_gzip, std::function<void(Response)> reply) {
    commands::Job job;
    job.subject = task.subject;
    job.limited = task.limited;
    job.give_up = [reply](std::chrono::seconds after) {
        reply(
            problem(503, "took too long: given up after " + std::to_string(after.count()) + " s"));
    };
    job.run = [reply = std::move(reply), task = std::move(task), &desk, takes_gzip] {
        const auto begun = Lookups::Clock::now();
        const House house{desk.inspector, desk.counters, *desk.traffic,
                          desk.lookups,   *desk.door,    desk.access_log.get()};
        Response response = carried_out(task, house, takes_gzip);
        if (const auto call_id = call_of_subject(task.subject)) {
            desk.lookups.add(*call_id, Lookups::Clock::now() - begun);
        }
        reply(std::move(response));
    };
    return job;
}

}  // namespace ci::web
