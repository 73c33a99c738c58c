// Bodies of AMQP messages. Any bytes are a message or malformed; a responder that is given them
// says nothing that another would not understand, and what it gathers ends in an answer that is
// JSON.
#include <nlohmann/json.hpp>
#include <string_view>

#include "amqp/responder.h"
#include "must.h"

namespace ci::fuzz {
namespace {

void publications_are_sound(const std::vector<amqp::Publication>& publications) {
    for (const auto& publication : publications) {
        must(amqp::read_message(publication.body).has_value(), "a peer understands it");
    }
}

void answers_are_sound(amqp::Actions& actions) {
    for (auto& answer : actions.answers) {
        const auto publication = amqp::publication(std::move(answer));
        const auto body = nlohmann::json::parse(publication.body, nullptr, false);
        must(body.is_object() && body.contains("Event-Name"), "an answer is a JSON object");
        must(amqp::parse_server_id(publication.key).has_value(), "an answer has an address");
    }
}

void responders_take(const amqp::Message& message) {
    wire::Micros now = 0;
    amqp::Responder responder("me");
    (void)responder.bound("queue", "me@host", now);
    amqp::Message peer;
    peer.event = amqp::Event::present;
    peer.instance = "peer";
    (void)responder.take(peer, now);
    amqp::Actions actions = responder.take(message, now);
    publications_are_sound(actions.publications);
    for (const auto& question : actions.questions) {
        amqp::Message gathered = message;  // whatever it holds
        gathered.event = amqp::Event::gather_resp;
        gathered.instance = "peer";
        gathered.msg_id = "me-" + std::to_string(question.ticket);
        amqp::Actions some = responder.take(gathered, now);
        answers_are_sound(some);
        amqp::Actions found =
            responder.found(question.ticket, {message.chunks, message.call_ids, {}}, now);
        answers_are_sound(found);
    }
    now += 1'000'000;
    amqp::Actions late = responder.tick(now);
    publications_are_sound(late.publications);
    answers_are_sound(late);
    must(responder.under_way() == 0, "nobody waits for ever");
    amqp::Answer whole;
    whole.server_id = "queue";
    whole.parts = {message.chunks, message.chunks};
    must(amqp::merge(whole.parts).size() == message.chunks.size(), "what is shared counts once");
    late.answers = {whole};
    answers_are_sound(late);
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    (void)ci::amqp::parse_server_id(body);
    const auto message = ci::amqp::read_message(body);
    if (message) ci::fuzz::responders_take(*message);
    return 0;
}
