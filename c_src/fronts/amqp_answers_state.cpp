#include "fronts/amqp_answers_state.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <random>

#include "wire/patience.h"

namespace ci::fronts {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

using json = nlohmann::ordered_json;

wire::Micros now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
        .count();
}

wire::Micros wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string new_instance() {
    std::random_device random;
    char text[17];
    (void)std::snprintf(text, sizeof text, "%08x%08x", static_cast<unsigned>(random()),
                        static_cast<unsigned>(random()));
    return text;
}

struct Count {
    const char* name;
    std::uint64_t amqp::Counts::*number;
};
constexpr Count counted[] = {
    {"received", &amqp::Counts::received}, {"answered", &amqp::Counts::answered},
    {"gathered", &amqp::Counts::gathered}, {"timed_out", &amqp::Counts::timed_out},
    {"own_only", &amqp::Counts::own_only}, {"helped", &amqp::Counts::helped},
    {"refused", &amqp::Counts::refused},   {"late", &amqp::Counts::late},
    {"unfit", &amqp::Counts::unfit},       {"no_room", &amqp::Counts::no_room},
    {"ignored", &amqp::Counts::ignored},
};

std::string subject_of(const amqp::Question& question) {
    if (question.is_inquiry) {
        const bool is_search = question.inquiry.topic == amqp::Topic::search;
        return commands::subject_of_command(is_search ? "search" : "inquiry");
    }
    if (!question.of_one_call || question.call_ids.empty()) {
        return commands::subject_of_command("filter");
    }
    return commands::subject_of_call(question.call_ids.front());
}

std::string subject_of(const amqp::Answer& answer) {
    if (answer.parts.empty() || answer.parts.front().empty()) return {};
    return commands::subject_of_call(answer.parts.front().front().call_id);
}

void add(const CallEvents::Counts& counts, json& object) {
    json& events = object["call_events"] = {
        {"received", counts.received}, {"stored", counts.stored}, {"no_room", counts.no_room}};
    for (std::size_t i = 0; i < std::size(amqp::malformed_names); ++i) {
        if (counts.malformed[i] == 0) continue;
        events["malformed"][std::string(amqp::malformed_names[i])] = counts.malformed[i];
    }
}

void add(const AmqpTransport& transport, json& object) {
    object["dropped"] = transport.dropped;
    if (transport.broker.empty()) return;
    object["broker"] = transport.broker;
    object["reconnects"] = transport.reconnects;
    if (!transport.trouble.empty()) object["trouble"] = chunk::to_utf8(transport.trouble);
}

}  // namespace

AmqpAnswers::State::State(asio::io_context& io, Hooks hooks, const amqp::Limits& limits)
    : io_(io),
      timer_(io),
      hooks_(std::move(hooks)),
      instance_(new_instance()),
      responder_(instance_, limits,
                 [this](std::size_t bytes) REQUIRES(mutex_) { return room_.take(bytes); }) {}

void AmqpAnswers::State::bound(std::string queue, std::string node) {
    const os::MutexLock lock(mutex_);
    perform(responder_.bound(std::move(queue), std::move(node), now()));
}

void AmqpAnswers::State::ask_others(amqp::Inquiry inquiry, const std::vector<std::string>& without,
                                    Done done) {
    const os::MutexLock lock(mutex_);
    amqp::Actions actions;
    const auto ticket = responder_.inquire(std::move(inquiry), without, now(), actions);
    inquiries_.emplace(ticket, std::move(done));
    perform(std::move(actions));
}

void AmqpAnswers::State::leave() {
    const os::MutexLock lock(mutex_);
    perform(responder_.leave());
    lose_broker();
}

std::string AmqpAnswers::State::farewell() {
    const os::MutexLock lock(mutex_);
    amqp::Actions actions = responder_.leave();
    lose_broker();
    return actions.publications.empty() ? "" : std::move(actions.publications.front().body);
}

void AmqpAnswers::State::take(std::string body, commands::Reply reply) {
    work([body = std::move(body), reply = std::move(reply)](State& self) {
        reply(self.read(body));
    });
}

std::string AmqpAnswers::State::stats() {
    const os::MutexLock lock(mutex_);
    if (closed_) return {};
    json object = {{"bound", responder_.is_bound()}, {"instance", responder_.instance()}};
    if (responder_.is_bound()) {
        object["queue"] = chunk::to_utf8(responder_.queue());
        object["node"] = chunk::to_utf8(responder_.node());
    }
    object["peers"] = json::array();
    for (const amqp::Peer& peer : responder_.peers()) {
        object["peers"].push_back({{"node", peer.node},
                                   {"instance", peer.instance},
                                   {"silent_ms", (now() - peer.heard) / 1'000}});
    }
    const amqp::Counts& counts = responder_.counts();
    for (const Count& count : counted) object[count.name] = counts.*count.number;
    object["under_way"] = responder_.under_way();
    for (std::size_t i = 0; i < std::size(amqp::malformed_names); ++i) {
        object["malformed"][std::string(amqp::malformed_names[i])] = counts.malformed[i];
    }
    object["too_large"] = too_large_;
    object["too_long"] = too_long_;
    if (hooks_.call_events) add(hooks_.call_events(), object);
    add(hooks_.transport(), object);
    return object.dump() + "\n";
}

commands::Outcome AmqpAnswers::State::read(const std::string& body) {
    try {
        return take(amqp::read_message(body));
    } catch (const std::exception& error) {  // out of memory
        return {commands::Status::failed, chunk::to_utf8(error.what()) + "\n"};
    }
}

commands::Outcome AmqpAnswers::State::take(wire::expected<amqp::Message, amqp::Malformed> message) {
    const os::MutexLock lock(mutex_);
    if (!message) {
        responder_.refuse(message.error());
        const auto why = amqp::malformed_names[static_cast<std::size_t>(message.error())];
        return {commands::Status::failed, "malformed message: " + std::string(why) + "\n"};
    }
    perform(responder_.take(*std::move(message), now()));
    return {commands::Status::ok, ""};
}

void AmqpAnswers::State::look_up(const amqp::Question& question) {
    amqp::Found found;
    try {
        found = hooks_.look_up(question);
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception& error) {  // out of memory for a huge call
        found.error = error.what();
    }
    take(question.ticket, std::move(found));
}

void AmqpAnswers::State::take(amqp::Ticket ticket, amqp::Found found) {
    const os::MutexLock lock(mutex_);
    perform(responder_.found(ticket, std::move(found), now()));
}

void AmqpAnswers::State::make(amqp::Answer answer) {
    std::optional<amqp::Publication> publication;
    answer.at = wall_clock();
    try {
        publication = amqp::publication(std::move(answer), *hooks_.priors(),
                                        hooks_.rules ? *hooks_.rules : calls::Rules{});
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception&) {  // out of memory: counted as too large
        publication.reset();
    }
    const os::MutexLock lock(mutex_);
    if (!publication || publication->body.size() > amqp::max_body) {
        ++too_large_;
    } else {
        publish(*std::move(publication));
    }
}

void AmqpAnswers::State::perform(amqp::Actions actions) {
    if (closed_) return;
    for (auto& publication : actions.publications) publish(std::move(publication));
    for (auto& question : actions.questions) {
        std::string subject = subject_of(question);
        const auto ticket = question.ticket;
        work([question = std::move(question)](State& self) { self.look_up(question); },
             std::move(subject),
             [ticket](State& self) {
                 self.take(ticket, {{}, {}, wire::TookTooLong().what()});
             });
    }
    for (auto& answer : actions.answers) {
        std::string subject = subject_of(answer);
        work([answer = std::move(answer)](State& self) mutable { self.make(std::move(answer)); },
             std::move(subject),
             [](State& self) {
                 const os::MutexLock lock(self.mutex_);
                 ++self.too_long_;
             });
    }
    for (auto& [ticket, gathered] : actions.gathered) {
        auto inquiry = inquiries_.extract(ticket);
        if (!inquiry.empty()) tell(std::move(inquiry.mapped()), std::move(gathered));
    }
    arm();
}

void AmqpAnswers::State::lose_broker() {
    responder_.unbound();
    for (auto& [ticket, done] : std::exchange(inquiries_, {})) {
        amqp::Gathered none;
        none.own_name = responder_.own_name();
        none.alone = "the connection to the broker was lost";
        tell(std::move(done), std::move(none));
    }
}

void AmqpAnswers::State::tell(Done done, amqp::Gathered gathered) {
    work([done = std::move(done), gathered = std::move(gathered)](State&) mutable {
        done(std::move(gathered));
    });
}

void AmqpAnswers::State::arm() {
    const auto due = responder_.due();
    if (!due || (armed_ && *armed_ <= *due)) return;
    armed_ = due;
    asio::post(io_, [weak = weak_from_this(), at = *due] {
        const auto self = weak.lock();
        if (!self) return;
        self->timer_.expires_at(Clock::time_point(std::chrono::microseconds(at)));
        self->timer_.async_wait([weak](const boost::system::error_code& moved) {
            const auto state = weak.lock();
            if (state && !moved) state->tick();
        });
    });
}

void AmqpAnswers::State::tick() {
    const os::MutexLock lock(mutex_);
    armed_.reset();
    perform(responder_.tick(now()));
    arm();
}

}  // namespace ci::fronts
