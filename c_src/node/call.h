// One call on its way: its text is printed at the caller's device, piece by piece, each after the
// one before was printed; then its result is returned. A state machine without sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "commands/follow.h"
#include "commands/outcome.h"
#include "commands/room.h"
#include "erlang/device.h"
#include "erlang/remote_call.h"

namespace ci::node {

/// The most bytes of text in one message to a device.
inline constexpr std::size_t most_printed_at_once = 256UL * 1024;

class Call {
  public:
    /// `process`: the number of the process that the caller takes this call for.
    Call(erlang::RemoteCall asked, std::uint32_t process, const erlang::Self& self,
         std::string_view peer)
        : asked_(std::move(asked)), process_(process), self_(&self), peer_(peer) {}

    /// The command asks again and again: what it answers is printed until it says that this was
    /// all.
    void follow(commands::Following following) { following_ = std::move(following); }
    /// Empty: the answers of such a command can be printed.
    [[nodiscard]] std::string why_not_followed() const;
    /// The next question of such a command, once the last answer was printed. Empty: none is due.
    [[nodiscard]] std::vector<std::string> next_question();

    // Each returns the packets that are to be sent now.

    /// The command was carried out. `room` is kept until the text is printed.
    [[nodiscard]] std::string carried_out(commands::Outcome outcome, commands::Room::Shared room);
    /// Nothing is to be printed.
    [[nodiscard]] std::string returns(const erlang::Value& value);
    [[nodiscard]] std::string device_replied(const erlang::DeviceReply& reply);
    /// The device is overdue: the rest is not printed, unless it only did not know the question.
    [[nodiscard]] std::string device_late();
    /// The device is gone: the rest is not printed.
    [[nodiscard]] std::string device_gone();

    [[nodiscard]] std::uint32_t process() const noexcept { return process_; }
    [[nodiscard]] const erlang::RemoteCall& asked() const noexcept { return asked_; }
    [[nodiscard]] erlang::RemoteCall& asked() noexcept { return asked_; }
    [[nodiscard]] bool has_ended() const noexcept { return state_ == State::ended; }
    /// The text had no device to go to: it was on a third node.
    [[nodiscard]] bool was_unprintable() const noexcept { return was_unprintable_; }

    using Clock = std::chrono::steady_clock;
    /// How long a device has owed a reply.
    [[nodiscard]] bool is_overdue(Clock::time_point now) const noexcept;

    /// Tells the command that nobody waits for it any more.
    void cancel() { end_.request_stop(); }
    [[nodiscard]] std::stop_token end() const { return end_.get_token(); }

  private:
    enum class State : std::uint8_t { waiting, asking, printing, resting, ended };

    [[nodiscard]] std::string print_next();
    [[nodiscard]] std::string finish();
    [[nodiscard]] std::string cut_short();
    [[nodiscard]] std::string leave_device();
    [[nodiscard]] std::string end_with(const erlang::Value& value);
    [[nodiscard]] std::string hand_over();

    erlang::RemoteCall asked_;
    std::uint32_t process_;
    const erlang::Self* self_;
    std::string_view peer_;
    State state_ = State::waiting;
    erlang::Encoding encoding_ = erlang::Encoding::unicode;
    std::string text_;
    std::size_t printed_ = 0;
    commands::Status status_ = commands::Status::ok;
    std::uint32_t reply_as_ = 0;
    Clock::time_point since_ = Clock::now();
    commands::Room::Shared room_;
    std::stop_source end_;
    bool was_unprintable_ = false;
    std::optional<commands::Following> following_;
    bool goes_on_ = false;  ///< it asks again once this answer is printed
};

}  // namespace ci::node
