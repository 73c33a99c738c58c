#include "fronts/amqp_answers.h"

#include <utility>

#include "fronts/amqp_answers_state.h"

namespace ci::fronts {

AmqpAnswers::AmqpAnswers(boost::asio::io_context& io, Hooks hooks, const amqp::Limits& limits)
    : state_(std::make_shared<State>(io, std::move(hooks), limits)) {}

AmqpAnswers::~AmqpAnswers() {
    state_->close();
}

void AmqpAnswers::name(std::string node) {
    state_->name(std::move(node));
}

void AmqpAnswers::bound(std::string queue, std::string node) {
    state_->bound(std::move(queue), std::move(node));
}

void AmqpAnswers::unbound() {
    state_->unbound();
}

void AmqpAnswers::leave() {
    state_->leave();
}

std::string AmqpAnswers::farewell() {
    return state_->farewell();
}

void AmqpAnswers::refuse(amqp::Malformed why) {
    state_->refuse(why);
}

void AmqpAnswers::take(std::string body, commands::Reply reply) {
    state_->take(std::move(body), std::move(reply));
}

const std::string& AmqpAnswers::instance() const noexcept {
    return state_->instance();
}

AmqpAnswers::AskOthers AmqpAnswers::ask_others() const {
    return [weak = std::weak_ptr(state_)](amqp::Inquiry inquiry,
                                          const std::vector<std::string>& without, Done done) {
        if (const auto state = weak.lock()) {
            state->ask_others(std::move(inquiry), without, std::move(done));
            return;
        }
        amqp::Gathered none;
        none.alone = "the inspector ends";
        done(std::move(none));
    };
}

std::function<std::string()> AmqpAnswers::stats() const {
    return [weak = std::weak_ptr(state_)] {
        const auto state = weak.lock();
        return state ? state->stats() : std::string();
    };
}

}  // namespace ci::fronts
