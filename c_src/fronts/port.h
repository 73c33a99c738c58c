// The front end for an Erlang process that runs this program as a port: requests come on one pipe,
// answers go out on the other. erlang/port_terms.h defines the messages.
//
// A long answer is sent in pieces, with other answers in between. Events wait for the owner's
// credit; when too many wait, the oldest are dropped.
//
// The reading side only decodes requests and passes them on, so that a slow command delays no
// other. Everything in progress is bounded. A request beyond max_outstanding is answered with
// `busy`. Reading pauses while the owner leaves too many answers unread, or while the requests in
// progress have too many bytes; the owner then sees a busy port. An answer for which there is no
// room beside the unread ones is replaced by an error.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "commands/outcome.h"
#include "erlang/frames.h"
#include "erlang/port_terms.h"

namespace ci::fronts {

struct PortOptions {
    int in = 0;                           ///< owned by the Port from its construction on
    int out = 1;                          ///< likewise
    std::size_t max_outstanding = 1'000;  ///< requests whose answer is not written
    std::size_t max_frame = erlang::max_frame;
    std::size_t max_asked = 64UL * 1024 * 1024;        ///< bytes of requests; then reading pauses
    std::size_t max_unwritten = 64UL * 1024 * 1024;    ///< bytes of answers; then reading pauses
    std::size_t max_answers = 256UL * 1024 * 1024;     ///< likewise; one alone may be larger
    std::size_t max_events = 1'000;                    ///< events that wait for credit
    std::size_t max_event_bytes = 64UL * 1024 * 1024;  ///< bytes of all these
};

/// The most bytes of an answer in one frame.
inline constexpr std::size_t max_piece = 1'000'000;

/// Takes the owner's AMQP messages; called and answered like commands::Ask.
using TakeAmqp = std::function<void(erlang::Amqp amqp, commands::Reply reply)>;

/// Takes the descriptors that the owner gave this process: standard input, and standard output
/// under a new number. Standard output itself is then redirected to standard error, so that a stray
/// print cannot get between two frames. Call before anything can print. Throws std::system_error.
PortOptions take_standard_descriptors();

class Port {
  public:
    /// `ask` is called on the io_context's threads, one request at a time. Its replies may come
    /// from any thread, also after the Port is destroyed, but not after the io_context is.
    /// `on_close` is called once, on the io_context's threads, when the owner closed its end,
    /// stopped reading, or sent bytes that cannot be a frame. The process must ignore SIGPIPE.
    Port(boost::asio::io_context& io, commands::Ask ask, TakeAmqp take_amqp,
         std::function<void()> on_close, PortOptions options);
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// Sends the hello and starts to read.
    void start();

    /// Sends a line for the owner's log, after the hello. From any thread. Lines are dropped, and
    /// counted in a later line, while the owner does not read.
    void log(erlang::Level level, std::string_view text);

    /// Sends an event for the owner to publish, when there is credit. From any thread.
    void publish(std::string exchange, std::string key, std::string body);

    /// How many events were dropped because too many waited.
    [[nodiscard]] std::uint64_t events_dropped() const noexcept;

    /// The process's exit code once on_close was called: 0 if the owner went away, 1 if its input
    /// was invalid (standard error has the reason by then).
    [[nodiscard]] int exit_code() const noexcept;

  private:
    class Session;
    std::shared_ptr<Session> session_;
};

}  // namespace ci::fronts
