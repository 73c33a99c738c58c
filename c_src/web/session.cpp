#include "web/session.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "web/carry_out.h"
#include "web/http/problem.h"
#include "web/line.h"
#include "web/routes.h"
#include "web/visit.h"
#include "web/wire_form.h"

namespace ci::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::size_t most_unread = 1U << 20U;  ///< octets of events that a listener has not read
constexpr std::size_t slowest = 32U << 10U;     ///< octets a second that an answer is read with
constexpr auto longest_handshake = 10s;
constexpr auto farewell = 2s;  ///< to read the refusal of what was not read whole

wire::Endpoint other_end(const Tcp::socket& socket) {
    Failure failure;
    const Tcp::endpoint end = socket.remote_endpoint(failure);
    wire::Endpoint from;
    if (failure) return from;
    from.address = wire::parse_address(end.address().to_string()).value_or(wire::Address{});
    from.port = end.port();
    return from;
}

wire::Micros wire_time() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

class Session : public fronts::Guest,
                public Listener,
                public std::enable_shared_from_this<Session> {
  public:
    Session(Tcp::socket socket, std::unique_ptr<net::TlsSession> tls, wire::Endpoint from,
            std::shared_ptr<Desk> desk)
        : line_(std::move(socket), std::move(tls)),
          from_(from),
          timer_(line_.get_executor()),
          desk_(std::move(desk)) {
        desk_->places.enter(*this);
        ++desk_->counters.open;
    }
    ~Session() override {
        leave_streams();
        desk_->places.leave(*this);
        --desk_->counters.open;
    }

    void begin() {
        if (!line_.is_secure()) return read();
        limit(longest_handshake);
        line_.async_handshake([self = shared_from_this()](Failure failure) {
            if (!failure) return self->read();
            if (!std::exchange(self->is_ended_, true)) self->handshake_failed();
        });
    }

    void read() {
        is_established_ = true;
        now(Doing::asking);
        parser_.emplace();
        parser_->header_limit(longest_header);
        parser_->body_limit(longest_body);
        limit(desk_->places.patience());
        http::async_read(line_, buffer_, *parser_,
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             failure ? self->refuse(failure) : self->take();
                         });
    }

    void end() override {
        is_ended_ = true;
        timer_.cancel();
        leave_streams();
        line_.close();
    }

    void send_away() override { end(); }

    void tell(const std::shared_ptr<const std::string>& events) override {
        if (unread_ + events->size() > most_unread) {
            ++desk_->counters.streams_dropped;
            return end();
        }
        unread_ += events->size();
        queue_.push_back(events);
        if (queue_.size() == 1) write_events();
    }

  private:
    void limit(std::chrono::steady_clock::duration patience) {
        timer_.expires_after(patience);
        timer_.async_wait([self = shared_from_this()](Failure failure) {
            if (failure) return;
            if (!self->is_established_) return self->handshake_failed();
            const bool is_idle = self->doing() == Doing::asking && !self->parser_->got_some();
            if (!is_idle) ++self->desk_->counters.slow;
            self->end();
        });
    }

    void handshake_failed() {
        ++desk_->counters.handshakes_failed;
        end();
    }

    /// What was not understood is answered, if it is the client's fault, and then nothing more is
    /// read: where one request ends and the next begins is not known.
    void refuse(Failure failure) {
        const auto status = status_of_failure(failure);
        if (!status) return end();
        ++desk_->counters.malformed;
        keep_ = false;
        answer(problem(status->first, status->second));
    }

    void take() {
        timer_.cancel();  // a worker may take any time
        auto message = parser_->release();
        keep_ = message.keep_alive();
        auto request = request_of(message);
        if (!request) {
            ++desk_->counters.malformed;
            keep_ = false;
            return answer(std::move(request.error()));
        }
        request_ = *std::move(request);
        request_.from = from_;
        is_head_ = request_.method == Method::head;
        now(Doing::waiting);
        Plan planned =
            plan(request_, desk_->pages, desk_->names, desk_->inspector, *desk_->door, visit_);
        // No secret is kept while the answer is on its way.
        request_.authorization.clear();
        request_.cookie.clear();
        request_.body.clear();
        if (auto* response = std::get_if<Response>(&planned)) return answer(std::move(*response));
        if (auto* task = std::get_if<Task>(&planned)) return carry_out(std::move(*task));
        follow(std::get<Following>(std::move(planned)));
    }

    void carry_out(Task task) {
        // The session must be destroyed on the event loop's thread: who replies gives it back.
        const auto held = std::make_shared<std::shared_ptr<Session>>(shared_from_this());
        const auto reply = [held, loop = line_.get_executor()](Response response) {
            auto self = std::move(*held);
            asio::post(loop, [self = std::move(self), response = std::move(response)]() mutable {
                self->answer(std::move(response));
            });
        };
        if (!desk_->offer(job_of(std::move(task), *desk_, request_.takes_gzip, reply))) {
            reply(problem(503, "busy: too many questions wait"));
        }
    }

    /// Of what the API was asked for; pages are no secret.
    void note(const Response& response) {
        if (desk_->access_log && !visit_.route.empty()) {
            desk_->access_log->add(line_of(visit_, request_, response, wire_time()));
        }
        visit_ = {};
    }

    void answer(Response response) {
        desk_->counters.answered(response.status);
        note(response);
        response_ = std::move(response);
        const std::string& body = response_.page ? *response_.page : response_.body;
        desk_->places.make_room_for(body.size());
        now(Doing::reading, body.size());
        limit(desk_->places.patience() + std::chrono::seconds(body.size() / slowest));
        head_ = head_of(response_, body.size(), keep_);
        std::array<asio::const_buffer, 2> pieces{asio::buffer(head_), asio::buffer(body)};
        if (is_head_) pieces[1] = {};
        asio::async_write(line_, pieces, [self = shared_from_this()](Failure failure, std::size_t) {
            failure ? self->end() : self->answered();
        });
    }

    void answered() {
        response_ = {};
        is_head_ = false;
        keep_ ? read() : take_leave();
    }

    /// A close with octets unread would be a reset, by which the answer is lost.
    void take_leave() {
        line_.end_writing();
        limit(farewell);
        drain();
    }
    void drain() {
        line_.async_read_some(asio::buffer(rest_),
                              [self = shared_from_this()](Failure failure, std::size_t) {
                                  failure ? self->end() : self->drain();
                              });
    }

    void follow(Following following) {
        if (desk_->streams->is_full()) {
            return answer(problem(503, "too many streams of events are open"));
        }
        if (is_head_) return answer(with_text("text/event-stream", ""));
        desk_->counters.answered(200);
        note({});
        ++desk_->counters.streams;
        is_stream_ = true;
        Response head = with_text("text/event-stream", "");
        tell(std::make_shared<const std::string>(head_of(head, std::nullopt, false) +
                                                 "retry: 2000\n\n"));
        desk_->streams->add(*this, std::move(following));
        listen_for_end();
    }

    void leave_streams() noexcept {
        if (!std::exchange(is_stream_, false)) return;
        desk_->streams->remove(*this);
        --desk_->counters.streams;
    }

    void write_events() {
        limit(desk_->places.patience());
        asio::async_write(line_, asio::buffer(*queue_.front()),
                          [self = shared_from_this()](Failure failure, std::size_t) {
                              if (failure) return self->end();
                              self->timer_.cancel();
                              self->unread_ -= self->queue_.front()->size();
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) self->write_events();
                          });
    }

    /// Nothing more is asked on such a connection.
    void listen_for_end() {
        line_.async_read_some(asio::buffer(rest_),
                              [self = shared_from_this()](Failure, std::size_t) { self->end(); });
    }

    Line line_;
    const wire::Endpoint from_;
    asio::steady_timer timer_;
    std::shared_ptr<Desk> desk_;
    boost::beast::flat_buffer buffer_{longest_header + longest_body};
    std::optional<http::request_parser<http::string_body>> parser_;
    bool is_established_ = false, is_ended_ = false;
    bool keep_ = false, is_head_ = false, is_stream_ = false;
    Request request_;
    Visit visit_;
    Response response_;
    std::string head_;
    std::array<char, 512> rest_{};
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::size_t unread_ = 0;  ///< octets in `queue_`
};

}  // namespace

void serve(Tcp::socket socket, std::unique_ptr<net::TlsSession> tls, std::shared_ptr<Desk> desk) {
    const wire::Endpoint from = other_end(socket);
    std::make_shared<Session>(std::move(socket), std::move(tls), from, std::move(desk))->begin();
}

}  // namespace ci::web
