#include "node/session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <numeric>
#include <optional>
#include <utility>

#include "node/functions.h"
#include "node/permissions.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

constexpr auto between_looks = std::chrono::seconds(1);
constexpr std::uint32_t last_process_number = (1U << 15U) - 1;  // as old peers demand

}  // namespace

Session::Session(Welcome welcome, std::shared_ptr<House> house)
    : socket_(std::move(welcome.socket)),
      timer_(socket_.get_executor()),
      house_(std::move(house)),
      peer_(std::move(welcome.peer)),
      self_(std::move(welcome.self)) {
    house_->sessions.push_back(this);
}

Session::~Session() {
    house_->sessions.remove(this);
}

void Session::start() {
    Failure ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    read();
    look_after();
}

void Session::end() {
    if (std::exchange(has_ended_, true)) return;
    for (const CallPtr& call : calls_) call->cancel();
    calls_.clear();
    to_write_ = {};
    timer_.cancel();
    Failure ignored;
    socket_.close(ignored);
}

void Session::read() {
    asio::async_read(socket_, asio::buffer(length_),
                     [self = shared_from_this()](Failure failure, std::size_t) {
                         failure ? self->end() : self->read_payload();
                     });
}

void Session::read_payload() {
    const auto length = wire::read_be<std::uint32_t>(length_);
    if (length > house_->limits.packet) {
        house_->log(inspector::Level::warning, "node: " + wire::visible_line(peer_) +
                                                   " sent a message of " + std::to_string(length) +
                                                   " bytes: disconnected");
        return end();
    }
    if (length == 0) {
        send(std::string(erlang::tick));
        return read();
    }
    payload_.resize(length);
    asio::async_read(socket_, asio::buffer(payload_),
                     [self = shared_from_this()](Failure failure, std::size_t) {
                         if (failure) return self->end();
                         self->take(self->payload_);
                         if (!self->has_ended_) self->read();
                     });
}

std::uint32_t Session::next_process() {
    const auto is_used = [this](std::uint32_t process) {
        return std::any_of(calls_.begin(), calls_.end(),
                           [&](const CallPtr& call) { return call->process() == process; });
    };
    do {
        last_process_ = last_process_ % last_process_number + 1;
    } while (is_used(last_process_));
    return last_process_;
}

void Session::begin(erlang::RemoteCall asked) {
    const auto call = std::make_shared<Call>(std::move(asked), next_process(), self_, peer_);
    if (call->asked().form == erlang::RemoteCall::Form::spawned) {
        send(encode_spawned(call->asked(), self_, call->process()));
    }
    if (calls_.size() >= house_->limits.calls) {
        return send(call->returns({erlang::Value::Kind::error, "busy"}));
    }
    calls_.push_back(call);
    Meaning meaning = meaning_of(call->asked().function, self_);
    if (meaning.kind == Meaning::Kind::answer) return send(call->returns(meaning.value));
    if (auto refusal = refusal_of(meaning.words, house_->settings)) {
        return carried_out(call, {commands::Status::failed, *std::move(refusal)});
    }
    if (auto following = commands::Following::of(meaning.words)) {
        if (std::string why = call->why_not_followed(); !why.empty()) {
            return carried_out(call, {commands::Status::failed, std::move(why)});
        }
        call->follow(*std::move(following));
    }
    ask(call, std::move(meaning.words));
}

void Session::ask(const CallPtr& call, std::vector<std::string> words) {
    // The call is moved back to the event loop's thread, which destroys it.
    house_->ask(
        std::move(words), call->end(),
        [self = shared_from_this(), call = CallPtr(call)](commands::Outcome outcome) mutable {
            const auto loop = self->house_->io.get_executor();
            asio::post(loop, [self = std::move(self), call = std::move(call),
                              outcome = std::move(outcome)]() mutable {
                self->carried_out(call, std::move(outcome));
                self->look_at_calls();
            });
        });
}

void Session::ask_later(const CallPtr& call, std::vector<std::string> words) {
    const auto timer =
        std::make_shared<asio::steady_timer>(socket_.get_executor(), commands::between_questions);
    timer->async_wait([self = shared_from_this(), call, timer,
                       words = std::move(words)](Failure failure) mutable {
        if (failure || self->has_ended_ || call->end().stop_requested()) return;
        self->ask(call, std::move(words));
    });
}

void Session::carried_out(const CallPtr& call, commands::Outcome outcome) {
    if (has_ended_ || call->end().stop_requested()) return;
    auto share = house_->room.take(outcome.text.size());
    if (!share) {
        outcome = {commands::Status::failed, "busy: too many answers are being printed\n"};
    }
    std::string packets = call->carried_out(std::move(outcome), share);
    // What has no device is sent whole, and takes its room until it is written.
    if (call->has_ended()) unwritten_.push_back(std::move(share));
    send(packets);
    if (call->was_unprintable() && !std::exchange(has_told_of_device_, true)) {
        house_->log(inspector::Level::warning,
                    "node: what " + wire::visible_line(peer_) +
                        " asked for cannot be printed: its output device is on a third node");
    }
}

void Session::cancel(const CallPtr& call) {
    call->cancel();
    calls_.remove(CallPtr(call));  // a copy: `call` may be the list's element
}

void Session::look_at_calls() {
    calls_.remove_if([](const CallPtr& call) { return call->has_ended(); });
    for (const CallPtr& call : calls_) {
        std::vector<std::string> words = call->next_question();
        if (!words.empty()) ask_later(call, std::move(words));
    }
}

void Session::send(const std::string& packets) {
    if (has_ended_ || packets.empty()) return;
    if (writing_.empty() && to_write_.empty()) wrote_ = Call::Clock::now();
    // What waits already: a single answer may be larger.
    if (to_write_.size() > house_->limits.unwritten) {
        return end_unread();
    }
    to_write_.append(packets);
    make_room();
    if (!has_ended_ && writing_.empty()) write();
}

/// Whoever leaves most unread goes when all together leave too much.
void Session::make_room() {
    const auto& sessions = house_->sessions;
    const auto add = [](std::size_t sum, const Connection* one) { return sum + one->unread(); };
    const auto reads_more = [](const Connection* a, const Connection* b) {
        return a->unread() < b->unread();
    };
    while (std::accumulate(sessions.begin(), sessions.end(), std::size_t{0}, add) >
           house_->limits.all_unwritten) {
        (*std::max_element(sessions.begin(), sessions.end(), reads_more))->end_unread();
    }
}

void Session::end_unread() {
    house_->log(inspector::Level::warning, "node: " + wire::visible_line(peer_) +
                                               " does not read what it asked for: disconnected");
    end();
}

void Session::write() {
    if (written_ == writing_.size()) {
        writing_.clear();
        writing_.swap(to_write_);
        written_ = 0;
    }
    if (writing_.empty()) return unwritten_.clear();
    socket_.async_write_some(asio::buffer(writing_) + written_,
                             [self = shared_from_this()](Failure failure, std::size_t size) {
                                 if (failure) {
                                     self->writing_ = {};
                                     return self->end();
                                 }
                                 self->wrote_ = Call::Clock::now();
                                 self->written_ += size;
                                 self->write();
                             });
}

/// Devices that owe a reply, and a client that does not read.
void Session::look_after() {
    timer_.expires_after(between_looks);
    timer_.async_wait([self = shared_from_this()](Failure aborted) {
        if (aborted) return;
        const auto now = Call::Clock::now();
        if (!self->writing_.empty() && now - self->wrote_ > self->house_->limits.reading) {
            return self->end_unread();
        }
        for (const CallPtr& call : self->calls_) {
            if (call->is_overdue(now)) self->send(call->device_late());
            if (self->has_ended_) return;
        }
        self->look_at_calls();
        self->look_after();
    });
}

}  // namespace ci::node
