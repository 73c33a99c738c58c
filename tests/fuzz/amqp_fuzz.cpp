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

/// A peer reports this on whatever was asked. What fits is handed over, and nobody waits for ever.
void inquirers_take(const amqp::Message& message) {
    wire::Micros now = 0;
    amqp::Responder responder("me");
    (void)responder.bound("queue", "me@host", now);
    amqp::Message peer;
    peer.event = amqp::Event::present;
    peer.instance = "peer";
    (void)responder.take(peer, now);
    amqp::Inquiry inquiry = message.inquiry;
    inquiry.topic = message.report.topic;
    inquiry.most = message.report.rows.size();
    inquiry.look_ups.resize(message.report.looked_up.size());
    for (std::size_t i = 0; i < inquiry.look_ups.size(); ++i) {
        inquiry.look_ups[i].what = message.report.looked_up[i].what;
    }
    amqp::Actions actions;
    const auto ticket = responder.inquire(inquiry, {}, now, actions);
    amqp::Message reported = message;
    reported.event = amqp::Event::inquiry_resp;
    reported.instance = "peer";
    reported.msg_id = "me-" + std::to_string(ticket);
    must(amqp::fits(message.report, inquiry), "a report fits the inquiry it answers");
    const auto done = responder.take(reported, now);
    must(done.gathered.size() == 1 && done.gathered[0].second.reports.size() == 1,
         "what fits is handed over");
    amqp::Answer answer;
    answer.to = amqp::Answering::report;
    answer.server_id = "queue";
    answer.msg_id = answer.instance = "x";
    answer.report = message.report;
    answer.parts = {message.chunks};
    const auto again = amqp::read_message(amqp::publication(std::move(answer)).body);
    must(again.has_value(), "a report is understood");
    must(again->report.rows.size() == message.report.rows.size() &&
             again->report.looked_up.size() == message.report.looked_up.size(),
         "a report is passed on as it was");
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
    if (!message) return 0;
    ci::fuzz::responders_take(*message);
    if (message->event == ci::amqp::Event::inquiry_resp) ci::fuzz::inquirers_take(*message);
    if (message->event == ci::amqp::Event::inquiry_req) {
        const auto again =
            ci::amqp::inquiry_req({"inquiry_req", "", "1"}, "i", "q", message->inquiry);
        ci::fuzz::publications_are_sound({again});
    }
    return 0;
}
