// The front end for an Erlang process that owns this program as a port: requests on one pipe,
// answers on the other. Messages: erlang/port_terms.h.
//
// A long answer goes out in pieces, and others between them. What is to be published waits for the
// owner's credit; the oldest of too much is dropped.
//
// The reading side only cuts, decodes and asks, so that a slow command delays nobody. What is on
// its way is bounded: a request too many is answered `busy`; an owner that does not read its
// answers is not read from either, which it notices as a busy port, nor is one whose requests are
// many bytes that nobody has looked at yet; and answers that find no room beside those that are not
// read are replaced by an error.
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
    std::size_t max_outstanding = 1'000;  ///< requests without a written answer
    std::size_t max_frame = erlang::max_frame;
    std::size_t max_asked = 64UL * 1024 * 1024;        ///< bytes of requests; then reading pauses
    std::size_t max_unwritten = 64UL * 1024 * 1024;    ///< bytes of answers; then reading pauses
    std::size_t max_answers = 256UL * 1024 * 1024;     ///< likewise; one alone may have more
    std::size_t max_events = 1'000;                    ///< that wait for credit
    std::size_t max_event_bytes = 64UL * 1024 * 1024;  ///< all of those together
};

/// Bytes of an answer that go out at once.
inline constexpr std::size_t max_piece = 1'000'000;

/// What the owner says of AMQP; called and to be answered as commands::Ask.
using TakeAmqp = std::function<void(erlang::Amqp amqp, commands::Reply reply)>;

/// Takes the descriptors that the owner gave this process: standard input, and standard output
/// under a number that nobody else knows. Standard output itself then leads to standard error: a
/// stray print must not get between two frames. Call it before anything can print.
/// Throws std::system_error.
PortOptions take_standard_descriptors();

class Port {
  public:
    /// `ask` is called on the io_context's threads, one request at a time; its replies may come
    /// from any thread, also after the Port is gone, but not after the io_context is.
    /// `on_close` is called once, on the io_context's threads, when there is nothing more to do:
    /// the owner closed its end, stopped reading, or sent what cannot be a frame.
    /// The process must ignore SIGPIPE.
    Port(boost::asio::io_context& io, commands::Ask ask, TakeAmqp take_amqp,
         std::function<void()> on_close, PortOptions options);
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// Says hello and begins to read: the program is ready to be asked.
    void start();

    /// A line for the owner's log, after the hello. From any thread. Lines are dropped (and
    /// counted in a later one) while the owner does not read.
    void log(erlang::Level level, std::string_view text);

    /// An event for the owner to publish, once it takes one. From any thread.
    void publish(std::string exchange, std::string key, std::string body);

    /// How many of those went because too many waited.
    [[nodiscard]] std::uint64_t events_dropped() const noexcept;

    /// What the process should exit with once on_close was called: 0 when the owner went away, 1
    /// when what it sent made no sense (standard error has the reason by then).
    [[nodiscard]] int exit_code() const noexcept;

  private:
    class Session;
    std::shared_ptr<Session> session_;
};

}  // namespace ci::fronts
