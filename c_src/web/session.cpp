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
#include <deque>
#include <exception>
#include <optional>
#include <utility>

#include "web/http/gzip.h"
#include "web/http/problem.h"
#include "web/routes.h"
#include "web/wire_form.h"
#include "wire/patience.h"

namespace ci::web {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::size_t most_unread = 1U << 20U;  ///< octets of events that a listener has not read
constexpr std::size_t slowest = 32U << 10U;     ///< octets a second that an answer is read with
constexpr auto farewell = 2s;                   ///< to read the refusal of what was not read whole

/// Compressed in the worker's thread, not in the event loop's.
void pack(Response& response) {
    if (response.page || response.is_packed || response.body.size() < least_packed) return;
    constexpr int quick = 1;
    response.body = gzip(response.body, quick);
    response.is_packed = true;
    response.fields.emplace_back("Vary", "Accept-Encoding");
}

Response carried_out(const Task& task, const House& house, bool takes_gzip) {
    try {
        Response response = task.run(house);
        if (takes_gzip) pack(response);
        return response;
    } catch (const wire::TookTooLong&) {
        throw;
    } catch (const std::exception& error) {
        return problem(500, error.what());
    }
}

/// Empty: it is about no call.
std::optional<std::string_view> call_of_subject(std::string_view subject) {
    const std::string none = commands::subject_of_call("");
    if (!subject.starts_with(none)) return std::nullopt;
    return subject.substr(none.size());
}

class Session : public fronts::Guest,
                public Listener,
                public std::enable_shared_from_this<Session> {
  public:
    Session(Tcp::socket socket, std::shared_ptr<Desk> desk)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), desk_(std::move(desk)) {
        desk_->places.enter(*this);
        ++desk_->counters.open;
    }
    ~Session() override {
        leave_streams();
        desk_->places.leave(*this);
        --desk_->counters.open;
    }

    void read() {
        now(Doing::asking);
        parser_.emplace();
        parser_->header_limit(longest_header);
        parser_->body_limit(longest_body);
        limit(desk_->places.patience());
        http::async_read(socket_, buffer_, *parser_,
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             failure ? self->refuse(failure) : self->take();
                         });
    }

    void end() override {
        timer_.cancel();
        leave_streams();
        Failure ignored;
        socket_.close(ignored);
    }

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
            const bool is_idle = self->doing() == Doing::asking && !self->parser_->got_some();
            if (!is_idle) ++self->desk_->counters.slow;
            self->end();
        });
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
        is_head_ = request->method == Method::head;
        takes_gzip_ = request->takes_gzip;
        now(Doing::waiting);
        Plan planned = plan(*request, desk_->pages, desk_->names, desk_->inspector);
        if (auto* response = std::get_if<Response>(&planned)) return answer(std::move(*response));
        if (auto* task = std::get_if<Task>(&planned)) return carry_out(std::move(*task));
        follow(std::get<Following>(std::move(planned)));
    }

    void carry_out(Task task) {
        // The session must be destroyed on the event loop's thread: who replies gives it back.
        const auto held = std::make_shared<std::shared_ptr<Session>>(shared_from_this());
        const auto reply = [held, loop = socket_.get_executor()](Response response) {
            auto self = std::move(*held);
            asio::post(loop, [self = std::move(self), response = std::move(response)]() mutable {
                self->answer(std::move(response));
            });
        };
        commands::Job job;
        job.subject = task.subject;
        job.limited = task.limited;
        job.run = [reply, task = std::move(task), desk = desk_.get(), gzip = takes_gzip_] {
            const auto begun = Lookups::Clock::now();
            const House house{desk->inspector, desk->counters, *desk->traffic, desk->lookups};
            Response response = carried_out(task, house, gzip);
            if (const auto call_id = call_of_subject(task.subject)) {
                desk->lookups.add(*call_id, Lookups::Clock::now() - begun);
            }
            reply(std::move(response));
        };
        job.give_up = [reply](std::chrono::seconds after) {
            reply(problem(503,
                          "took too long: given up after " + std::to_string(after.count()) + " s"));
        };
        if (!desk_->offer(std::move(job))) reply(problem(503, "busy: too many questions wait"));
    }

    void answer(Response response) {
        desk_->counters.answered(response.status);
        response_ = std::move(response);
        const std::string& body = response_.page ? *response_.page : response_.body;
        desk_->places.make_room_for(body.size());
        now(Doing::reading, body.size());
        limit(desk_->places.patience() + std::chrono::seconds(body.size() / slowest));
        head_ = head_of(response_, body.size(), keep_);
        std::array<asio::const_buffer, 2> pieces{asio::buffer(head_), asio::buffer(body)};
        if (is_head_) pieces[1] = {};
        asio::async_write(socket_, pieces,
                          [self = shared_from_this()](Failure failure, std::size_t) {
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
        Failure ignored;
        socket_.shutdown(Tcp::socket::shutdown_send, ignored);
        limit(farewell);
        drain();
    }
    void drain() {
        socket_.async_read_some(asio::buffer(rest_),
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
        asio::async_write(socket_, asio::buffer(*queue_.front()),
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
        socket_.async_read_some(asio::buffer(rest_),
                                [self = shared_from_this()](Failure, std::size_t) { self->end(); });
    }

    Tcp::socket socket_;
    asio::steady_timer timer_;
    std::shared_ptr<Desk> desk_;
    boost::beast::flat_buffer buffer_{longest_header + longest_body};
    std::optional<http::request_parser<http::string_body>> parser_;
    bool keep_ = false, is_head_ = false, takes_gzip_ = false, is_stream_ = false;
    Response response_;
    std::string head_;
    std::array<char, 512> rest_{};
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::size_t unread_ = 0;  ///< octets in `queue_`
};

}  // namespace

void serve(Tcp::socket socket, std::shared_ptr<Desk> desk) {
    std::make_shared<Session>(std::move(socket), std::move(desk))->read();
}

}  // namespace ci::web
