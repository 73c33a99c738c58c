#include "fronts/port.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "fronts/control_protocol.h"
#include "fronts/port_answers.h"
#include "fronts/port_events.h"

namespace ci::fronts {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t piece_size = 64UL * 1024;
constexpr int request_pipe_size = 1024 * 1024;  // Linux's limit for unprivileged processes
constexpr std::size_t max_unwritten_log = 256UL * 1024;

void append_outcome(erlang::Id id, const commands::Outcome& outcome, std::string& out) {
    switch (outcome.status) {
        case commands::Status::ok:
            return erlang::append_ok(id, outcome.text, out);
        case commands::Status::usage:
            return erlang::append_error(id, erlang::Failure::usage, outcome.text, out);
        case commands::Status::failed:
            return erlang::append_error(id, erlang::Failure::failed, outcome.text, out);
    }
}

}  // namespace

PortOptions take_standard_descriptors() {
    PortOptions options;
    options.in = STDIN_FILENO;
    options.out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (options.out < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        throw std::system_error(errno, std::generic_category(), "standard output");
    }
#ifdef F_SETPIPE_SZ
    // Room for a burst of requests: Erlang regards a port as busy when the pipe is full.
    (void)::fcntl(options.in, F_SETPIPE_SZ, request_pipe_size);
#endif
    return options;
}

// The strand guards all members but exit_code_ and the count of dropped events. Handlers own the
// session. Replies hold weak pointers, because a command may still run after the session ended.
class Port::Session : public std::enable_shared_from_this<Session> {
  public:
    Session(asio::io_context& io, commands::Ask ask, TakeAmqp take_amqp,
            std::function<void()> on_close, const PortOptions& options)
        : strand_(asio::make_strand(io)),
          in_(strand_, options.in),
          out_(strand_, options.out),
          ask_(std::move(ask)),
          take_amqp_(std::move(take_amqp)),
          on_close_(std::move(on_close)),
          options_(options),
          cutter_(options.max_frame),
          events_(options.max_events, options.max_event_bytes) {}

    void start() {
        asio::post(strand_, [self = shared_from_this()] {
            std::string hello;
            erlang::append_hello(static_cast<std::uint64_t>(::getpid()), hello);
            self->unwritten_.insert(0, hello);  // log lines may be queued already
            self->started_ = true;
            self->write();
            self->read();
        });
    }

    void log(erlang::Level level, std::string_view text) {
        std::string frame;
        erlang::append_log(level, text, frame);
        asio::post(strand_, [self = shared_from_this(), frame = std::move(frame)] {
            self->send_log(frame);
        });
    }

    /// After this nothing is read, written or asked, and on_close_ is not called.
    void abandon() {
        asio::post(strand_, [self = shared_from_this()] {
            self->on_close_ = nullptr;
            self->close(self->exit_code_);
        });
    }

    void publish(std::string exchange, std::string key, std::string body) {
        asio::post(strand_, [self = shared_from_this(), exchange = std::move(exchange),
                             key = std::move(key), body = std::move(body)]() mutable {
            if (self->closed_) return;
            const auto complaint = self->events_.add(std::move(exchange), std::move(key),
                                                     std::move(body), PortEvents::Clock::now());
            if (complaint) {
                std::string frame;
                erlang::append_log(erlang::Level::warning, *complaint, frame);
                self->send_log(frame);
            }
            self->write();
        });
    }
    [[nodiscard]] std::uint64_t events_dropped() const noexcept { return events_.dropped(); }

    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

  private:
    void read() {
        if (closed_ || reading_ || unwritten_bytes() > options_.max_unwritten ||
            asked_bytes_ > options_.max_asked) {
            return;
        }
        reading_ = true;
        in_.async_read_some(asio::buffer(piece_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                                self->reading_ = false;
                                self->take(error, size);
                            });
    }

    void take(error_code error, std::size_t size) {
        if (closed_) return;
        if (error) {
            if (cutter_.unfinished() > 0) {
                std::fputs("call_inspector: the port closed within a request\n", stderr);
            }
            close(0);
            return;
        }
        cutter_.append(std::as_bytes(std::span(piece_).first(size)));
        while (const auto frame = cutter_.next()) {
            request_bytes_ = frame->size();
            answer(*frame);
        }
        if (const auto length = cutter_.oversized()) {
            std::fprintf(stderr, "call_inspector: a request of %zu bytes, more than %zu\n", *length,
                         options_.max_frame);
            close(1);
            return;
        }
        write();
        read();
    }

    void answer(wire::Bytes frame) {
        auto incoming = erlang::decode_incoming(frame);
        if (!incoming) return refuse(incoming.error());
        std::visit([this](auto& message) { take(message); }, *incoming);
    }

    void take(erlang::Request& request) {
        std::size_t length = 0;
        for (const std::string& word : request.words) length += word.size() + 1;
        if (length > question_limit) {
            return erlang::append_error(request.id, erlang::Failure::usage, "question too long\n",
                                        unwritten_);
        }
        if (is_busy(request.id)) return;
        ask_(std::move(request.words), replying(request.id));
    }
    void take(erlang::AmqpRequest& request) {
        if (is_busy(request.id)) return;
        take_amqp_(std::move(request.amqp), replying(request.id));
    }
    void take(const erlang::Credit& credit) { events_.grant(credit.events); }

    bool is_busy(erlang::Id id) {
        const bool busy = outstanding_ >= options_.max_outstanding;
        if (busy) {
            erlang::append_error(id, erlang::Failure::failed, "busy\n", unwritten_);
        } else {
            ++outstanding_;
            asked_bytes_ += request_bytes_;
        }
        return busy;
    }

    commands::Reply replying(erlang::Id id) {
        return [weak = weak_from_this(), id, asked = request_bytes_](commands::Outcome outcome) {
            if (const auto self = weak.lock()) self->reply(id, asked, std::move(outcome));
        };
    }

    void refuse(const erlang::Malformed& malformed) {
        const auto text = erlang::describe(malformed);
        if (malformed.id) {
            erlang::append_error(*malformed.id, erlang::Failure::usage, text, unwritten_);
        } else {
            std::string frame;
            erlang::append_log(erlang::Level::warning, text, frame);
            send_log(frame);
        }
    }

    /// From any thread, which also encodes the answer unless it is long.
    void reply(erlang::Id id, std::size_t asked, commands::Outcome outcome) {
        const auto& text = outcome.text;
        if (outcome.status == commands::Status::ok && text.size() > max_piece &&
            text.size() <= erlang::max_text) {
            asio::post(strand_, [self = shared_from_this(), id, asked,
                                 answer = std::move(outcome.text)]() mutable {
                if (self->closed_) return;
                self->asked_bytes_ -= asked;
                self->take_long(id, std::move(answer));
                self->write();
            });
            return;
        }
        std::string frame;
        append_outcome(id, outcome, frame);
        asio::post(strand_, [self = shared_from_this(), id, asked, frame = std::move(frame)] {
            if (self->closed_) return;
            self->asked_bytes_ -= asked;
            if (self->has_room_for(frame.size())) {
                self->unwritten_ += frame;
                ++self->answers_unwritten_;
            } else {
                self->refuse_answer(id);
            }
            self->write();
        });
    }

    void take_long(erlang::Id id, std::string answer) {
        if (has_room_for(answer.size())) {
            long_answers_.add(id, std::move(answer));
        } else {
            refuse_answer(id);
        }
    }
    [[nodiscard]] bool has_room_for(std::size_t answer) const {
        const std::size_t others = unwritten_bytes();
        return others == 0 || others + answer <= options_.max_answers;
    }
    void refuse_answer(erlang::Id id) {
        erlang::append_error(id, erlang::Failure::failed,
                             "busy: too many answers are not read yet\n", unwritten_);
        ++answers_unwritten_;
    }

    void send_log(const std::string& frame) {
        if (closed_) return;
        if (unwritten_bytes() > max_unwritten_log) {
            ++log_dropped_;
            return;
        }
        if (log_dropped_ > 0) {
            const auto note = std::to_string(log_dropped_) + " log lines dropped: nobody read them";
            erlang::append_log(erlang::Level::warning, note, unwritten_);
            log_dropped_ = 0;
        }
        unwritten_ += frame;
        write();
    }

    /// Writes all waiting frames at once. Frames that are added meanwhile go out with the next
    /// write.
    void write() {
        if (closed_ || !started_ || !writing_.empty()) return;
        answers_unwritten_ += long_answers_.append_next(unwritten_);
        events_.append_granted(unwritten_);
        if (unwritten_.empty()) return;
        writing_.swap(unwritten_);
        const std::size_t answers = std::exchange(answers_unwritten_, 0);
        asio::async_write(out_, asio::buffer(writing_),
                          [self = shared_from_this(), answers](error_code error, std::size_t) {
                              self->writing_.clear();
                              self->outstanding_ -= answers;
                              if (error) return self->close(0);  // the owner closed its end
                              self->write();
                              self->read();
                          });
    }

    [[nodiscard]] std::size_t unwritten_bytes() const {
        return unwritten_.size() + writing_.size() + long_answers_.bytes();
    }

    void close(int exit_code) {
        if (std::exchange(closed_, true)) return;
        exit_code_ = exit_code;
        error_code ignored;
        in_.close(ignored);
        out_.close(ignored);
        if (const auto on_close = std::exchange(on_close_, nullptr)) on_close();
    }

    asio::strand<asio::io_context::executor_type> strand_;
    asio::posix::stream_descriptor in_, out_;
    commands::Ask ask_;
    TakeAmqp take_amqp_;
    std::function<void()> on_close_;
    PortOptions options_;
    erlang::FrameCutter cutter_;
    std::array<char, piece_size> piece_{};
    std::string unwritten_, writing_;
    LongAnswers long_answers_;
    PortEvents events_;
    std::size_t request_bytes_ = 0;      ///< of the request being decoded
    std::size_t asked_bytes_ = 0;        ///< of requests without an answer
    std::size_t outstanding_ = 0;        ///< requests whose answer is not written
    std::size_t answers_unwritten_ = 0;  ///< of these, answers in unwritten_
    std::size_t log_dropped_ = 0;
    bool started_ = false, reading_ = false, closed_ = false;
    std::atomic<int> exit_code_ = 0;
};

Port::Port(asio::io_context& io, commands::Ask ask, TakeAmqp take_amqp,
           std::function<void()> on_close, PortOptions options)
    : session_(std::make_shared<Session>(io, std::move(ask), std::move(take_amqp),
                                         std::move(on_close), options)) {}

Port::~Port() {
    session_->abandon();
}

void Port::start() {
    session_->start();
}

void Port::log(erlang::Level level, std::string_view text) {
    session_->log(level, text);
}

void Port::publish(std::string exchange, std::string key, std::string body) {
    session_->publish(std::move(exchange), std::move(key), std::move(body));
}

std::uint64_t Port::events_dropped() const noexcept {
    return session_->events_dropped();
}

int Port::exit_code() const noexcept {
    return session_->exit_code();
}

}  // namespace ci::fronts
