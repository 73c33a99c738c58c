#include "web/streams.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "commands/follow.h"
#include "wire/visible.h"

namespace ci::web {
namespace {

/// A comment, so that proxies and browsers see that the connection lives.
constexpr std::string_view heartbeat = ": nothing new\n\n";
constexpr unsigned looks_between_heartbeats = 60;  // 15 seconds

void add_event(std::string& out, std::string_view name, std::string_view data,
               std::uint64_t number) {
    out.append("event: ").append(name).append("\nid: ").append(std::to_string(number));
    out.append("\ndata: ").append(data).append("\n\n");
}

std::string events_of(const commands::News& news) {
    std::string events;
    if (news.is_another_run) {
        add_event(events, "left_out", "{\"left_out\":\"what happened before the start\"}",
                  news.next);
    } else if (news.left_out > 0) {
        add_event(events, "left_out", "{\"left_out\":" + std::to_string(news.left_out) + "}",
                  news.next);
    }
    for (const std::string& row : news.rows) {
        add_event(events, "dialogue", wire::visible(row), news.next);
    }
    return events;
}

}  // namespace

void Streams::add(Listener& listener, Following following) {
    listeners_[&listener] = {std::move(following.expression), std::move(following.text),
                             following.since, std::move(following.who)};
}

Streams::News Streams::look(inspector::Inspector& inspector, const Groups& groups) {
    News all;
    for (const auto& [group, expression] : groups) {
        Told told;
        std::string events;
        const auto& [text, next, sight] = group;
        if (next) {
            const commands::News news = commands::news_since(inspector, *next, expression, *sight);
            events = events_of(news);
            told.next = news.next;
        } else {
            told.next = commands::news_begin(inspector);
            add_event(events, "begin", "{}", told.next);
        }
        told.events = std::make_shared<const std::string>(std::move(events));
        all[group] = std::move(told);
    }
    return all;
}

void Streams::send_away_who_may_not() {
    std::vector<Listener*> gone;
    for (const auto& [listener, heard] : listeners_) {
        if (!door_->is_valid(heard.who)) gone.push_back(listener);
    }
    for (Listener* const listener : gone) listener->send_away();
}

void Streams::ask() {
    send_away_who_may_not();
    auto groups = std::make_shared<Groups>();
    for (const auto& [listener, heard] : listeners_) {
        groups->emplace(Group{heard.text, heard.next, heard.who.sight()}, heard.expression);
    }
    const bool is_counted = traffic_->is_wanted() && inspector_.index() != nullptr;
    if (groups->empty() && !is_counted) return wait();
    commands::Job job;
    job.subject = commands::subject_of_command("follow_next");
    job.run = [self = shared_from_this(), groups, is_counted, &inspector = inspector_] {
        auto news = std::make_shared<News>();
        try {
            *news = look(inspector, *groups);
            if (is_counted) self->traffic_->look(*inspector.index());
        } catch (const std::exception&) {  // no memory: it is looked at again
            news->clear();
        }
        boost::asio::post(self->context_, [self, news] { self->deliver(*news); });
    };
    if (!offer_(std::move(job))) wait();
}

void Streams::wait() {
    timer_.expires_after(commands::between_questions);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& failure) {
        if (!failure) self->ask();
    });
}

void Streams::deliver(const News& news) {
    std::vector<std::pair<Listener*, std::shared_ptr<const std::string>>> wanted;
    for (auto& [listener, heard] : listeners_) {
        const auto found = news.find(Group{heard.text, heard.next, heard.who.sight()});
        if (found == news.end()) continue;  // it came meanwhile
        heard.next = found->second.next;
        if (!found->second.events->empty()) wanted.emplace_back(listener, found->second.events);
    }
    // One that is told may be removed by that, but no other.
    for (const auto& [listener, events] : wanted) listener->tell(events);
    if (++quiet_ >= looks_between_heartbeats) {
        quiet_ = 0;
        tell_all(std::make_shared<const std::string>(heartbeat));
    }
    wait();
}

void Streams::tell_all(const std::shared_ptr<const std::string>& events) {
    std::vector<Listener*> all;
    for (const auto& [listener, heard] : listeners_) all.push_back(listener);
    for (Listener* const listener : all) listener->tell(events);
}

}  // namespace ci::web
