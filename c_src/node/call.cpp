#include "node/call.h"

#include <utility>

#include "wire/utf8.h"

namespace ci::node {
namespace {

using erlang::Operation;
using erlang::TermWriter;

constexpr auto longest_question = std::chrono::seconds(5);
constexpr auto longest_print = std::chrono::minutes(10);  // somebody reads it in a pager

/// `ok` for Kazoo's plain success, which is not printed: sup prints the value.
constexpr std::string_view plain_success = "ok\n";

/// What call_inspector_maintenance returns inside Kazoo for such an outcome, too.
erlang::Value value_of(commands::Status status) {
    TermWriter out;
    if (status == commands::Status::ok) return returned(out.atom("no_return"));
    return returned(out.tuple(2).atom("no_return").number(static_cast<std::uint64_t>(status)));
}

std::string watch(Operation operation, const erlang::Self& self, std::uint32_t process,
                  erlang::RawTerm device) {
    TermWriter out;
    out.tuple(4).number(static_cast<std::uint64_t>(operation)).process(self, process).raw(device);
    return erlang::encode_packet(out.reference(self, process).bytes());
}

}  // namespace

std::string Call::carried_out(commands::Outcome outcome, commands::Room::Shared room) {
    if (has_ended()) return {};
    goes_on_ = following_ && following_->take(outcome, Clock::now());
    printed_ = 0;
    status_ = outcome.status;
    text_ = std::move(outcome.text);
    room_ = std::move(room);
    if (status_ == commands::Status::ok && text_ == plain_success) {
        TermWriter ok;
        return returns(returned(ok.atom("ok")));
    }
    if (text_.empty()) return finish();
    const auto device = erlang::process_of(asked_.group_leader);
    if (!device) return hand_over();
    if (device->node != peer_) {
        was_unprintable_ = true;
        goes_on_ = false;
        return finish();
    }
    state_ = State::asking;
    since_ = Clock::now();
    return watch(Operation::monitor, *self_, process_, asked_.group_leader) +
           encode_device_question(asked_.group_leader, *self_, process_, ++reply_as_);
}

/// A tool without a device, erl_call: it gets the text as messages if it wants that, else as the
/// result.
std::string Call::hand_over() {
    if (erlang::is_atom(asked_.group_leader, "send_stdout_to_caller")) {
        std::string packets;
        while (printed_ < text_.size()) {
            const auto rest = std::string_view(text_).substr(printed_);
            const auto piece = rest.substr(0, wire::piece_length(rest, most_printed_at_once));
            TermWriter out;
            packets += encode_send(asked_.from, out.tuple(2).atom("rex_stdout").binary(piece));
            printed_ += piece.size();
        }
        return packets + finish();
    }
    TermWriter out;
    if (status_ != commands::Status::ok) out.tuple(2).atom("error");
    return returns(returned(out.binary(text_)));
}

std::string Call::returns(const erlang::Value& value) {
    if (std::exchange(state_, State::ended) == State::ended) return {};
    room_.reset();
    return encode_result(asked_, value, *self_, process_);
}

std::string Call::finish() {
    if (!goes_on_) return end_with(value_of(status_));
    std::string packets = leave_device();
    room_.reset();
    text_.clear();
    state_ = State::resting;
    return packets;
}

std::vector<std::string> Call::next_question() {
    if (state_ != State::resting) return {};
    state_ = State::waiting;
    return following_->question();
}

std::string Call::why_not_followed() const {
    if (erlang::process_of(asked_.group_leader) ||
        erlang::is_atom(asked_.group_leader, "send_stdout_to_caller")) {
        return {};
    }
    return "follow prints as it goes, and this caller has no output: ask follow_next\n";
}

/// As io:put_chars fails at a device that is gone: what was not printed is no success.
std::string Call::cut_short() {
    return end_with({erlang::Value::Kind::error, "terminated"});
}

/// It is watched only while something is printed.
std::string Call::leave_device() {
    const bool has_device = state_ == State::asking || state_ == State::printing;
    return has_device ? watch(Operation::demonitor, *self_, process_, asked_.group_leader)
                      : std::string();
}

std::string Call::end_with(const erlang::Value& value) {
    std::string packets = leave_device();
    return packets + returns(value);
}

std::string Call::print_next() {
    const auto rest = std::string_view(text_).substr(printed_);
    if (rest.empty()) return finish();
    const auto piece = rest.substr(0, wire::piece_length(rest, most_printed_at_once));
    printed_ += piece.size();
    since_ = Clock::now();
    return encode_print(asked_.group_leader, *self_, process_, ++reply_as_, encoding_, piece);
}

std::string Call::device_replied(const erlang::DeviceReply& reply) {
    if (reply.reply_as != reply_as_) return {};
    if (state_ == State::asking) {
        encoding_ = erlang::encoding_of(reply.reply);
        state_ = State::printing;
        return print_next();
    }
    if (state_ != State::printing) return {};
    // A device that cannot print this will not print the rest.
    return erlang::is_atom(reply.reply, "ok") ? print_next() : cut_short();
}

std::string Call::device_late() {
    if (state_ == State::asking) {
        state_ = State::printing;  // it does not know the question
        return print_next();
    }
    return device_gone();
}

std::string Call::device_gone() {
    return state_ == State::asking || state_ == State::printing ? cut_short() : std::string();
}

bool Call::is_overdue(Clock::time_point now) const noexcept {
    if (state_ == State::asking) return now - since_ > longest_question;
    return state_ == State::printing && now - since_ > longest_print;
}

}  // namespace ci::node
