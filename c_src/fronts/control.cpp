#include "fronts/control.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "fronts/control_protocol.h"

namespace ci::fronts {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using Failure = boost::system::error_code;

constexpr auto soon = std::chrono::milliseconds(100);

/// One connection: reads a question, asks, and writes the answer; then the next question, if the
/// client said that there may be one. Questions sent meanwhile stay in the kernel's buffer, whose
/// size bounds them.
class Session : public Guest, public std::enable_shared_from_this<Session> {
  public:
    Session(Protocol::socket socket, const commands::Ask& ask, std::shared_ptr<Places> places)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          ask_(ask),
          places_(std::move(places)) {
        places_->enter(*this);
    }
    ~Session() override { places_->leave(*this); }

    void start() {
        limit();
        asio::async_read(socket_, asio::buffer(head_),
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             failure ? self->end() : self->read_body();
                         });
    }

    void end() override {
        timer_.cancel();
        Failure ignored;
        socket_.close(ignored);
    }

  private:
    void limit() {
        timer_.expires_after(places_->patience());
        timer_.async_wait([self = shared_from_this()](Failure failure) {
            if (!failure) self->end();
        });
    }

    void read_body() {
        const auto head = decode_question_head(head_);
        after_ = head ? head->after : After::end;
        if (!head) return answer({commands::Status::usage, "question too long\n"});
        body_.resize(head->length);
        asio::async_read(socket_, asio::buffer(body_),
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             failure ? self->end() : self->ask();
                         });
    }

    void ask() {
        timer_.cancel();  // a command may take any time
        auto words = decode_question(body_);
        if (!words) return answer({commands::Status::usage, "malformed question\n"});
        now(Doing::waiting);
        // Moved, not copied: the session must be destroyed on the event loop's thread.
        ask_(*std::move(words), [self = shared_from_this()](commands::Outcome outcome) mutable {
            const auto loop = self->socket_.get_executor();
            asio::post(loop, [self = std::move(self), outcome = std::move(outcome)]() mutable {
                self->answer(std::move(outcome));
            });
        });
    }

    void answer(commands::Outcome outcome) {
        places_->make_room_for(outcome.text.size());
        answer_ = std::move(outcome.text);
        answer_head_ = encode_answer_head(outcome.status, answer_.size());
        now(Doing::reading, answer_.size());
        limit();
        const std::array<asio::const_buffer, 2> pieces{asio::buffer(answer_head_),
                                                       asio::buffer(answer_)};
        asio::async_write(socket_, pieces,
                          [self = shared_from_this()](Failure failure, std::size_t) {
                              failure ? self->end() : self->answered();
                          });
    }

    void answered() {
        std::string().swap(answer_);
        if (after_ == After::more) {
            now(Doing::asking);
            return start();
        }
        timer_.cancel();
        Failure ignored;
        socket_.shutdown(Protocol::socket::shutdown_both, ignored);
    }

    Protocol::socket socket_;
    asio::steady_timer timer_;
    commands::Ask ask_;
    std::shared_ptr<Places> places_;
    std::array<char, question_head> head_{};
    After after_ = After::end;
    std::string body_;
    std::array<char, answer_head> answer_head_{};
    std::string answer_;
};

/// Moves the socket to the lowest free descriptor. A descriptor's number tells how many are in use
/// only while low numbers are used first.
void lower(Protocol::socket& socket) {
    const int now = socket.native_handle();
    const int lower = ::fcntl(now, F_DUPFD_CLOEXEC, 0);
    if (lower < 0) return;
    Failure failure;
    if (lower > now) {
        ::close(lower);
        return;
    }
    socket.close(failure);
    socket.assign(Protocol(), lower, failure);
}

/// Sends a short refusal, which fits into any socket buffer.
void refuse(Protocol::socket& socket) {
    constexpr std::string_view why = "busy: too many questions wait\n";
    const auto head = encode_answer_head(commands::Status::failed, why.size());
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head),
                                                   asio::buffer(why.data(), why.size())};
    Failure ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(pieces, ignored);
}

bool answers(asio::io_context& context, const std::filesystem::path& path) {
    Protocol::socket socket(context);
    Failure failure;
    socket.connect(path.string(), failure);
    return !failure;
}

Protocol::acceptor listen(asio::io_context& context, const std::filesystem::path& path) {
    const auto complain = [&](const std::string& why) {
        return std::runtime_error("cannot open control socket " + path.string() + ": " + why);
    };
    std::error_code failed;
    if (path.has_parent_path() && !std::filesystem::exists(path.parent_path(), failed)) {
        std::filesystem::create_directories(path.parent_path(), failed);
        if (failed) throw complain(failed.message());
        std::filesystem::permissions(path.parent_path(), std::filesystem::perms(0750), failed);
    }
    if (std::filesystem::is_socket(path, failed)) {
        if (answers(context, path)) throw complain("an inspector is running there already");
        std::filesystem::remove(path, failed);
    }
    try {
        Protocol::acceptor acceptor(context);
        acceptor.open();
        const mode_t before = ::umask(0117);  // mode 0660 from the start
        Failure failure;
        acceptor.bind(path.string(), failure);
        ::umask(before);
        if (failure) throw complain(failure.message());
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error& error) {
        throw complain(error.code().message());
    }
}

}  // namespace

Control::Control(asio::io_context& context, std::filesystem::path path, commands::Ask ask,
                 const ControlLimits& limits)
    : path_(std::move(path)),
      ask_(std::move(ask)),
      acceptor_(listen(context, path_)),
      again_(context),
      places_(std::make_shared<Places>(limits)) {
    accept();
}

Control::~Control() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void Control::accept() {
    acceptor_.async_accept([this](Failure failure, Protocol::socket socket) {
        if (failure == asio::error::operation_aborted) return;  // `this` is destroyed
        if (failure) return accept_later();
        if (places_->make_room(socket.native_handle())) {
            lower(socket);
            std::make_shared<Session>(std::move(socket), ask_, places_)->start();
        } else {
            refuse(socket);
        }
        accept();
    });
}

/// There is no free descriptor or no memory. The connection stays pending, so accept() would fail
/// again at once and occupy the event loop.
void Control::accept_later() {
    places_->end_one();
    again_.expires_after(soon);
    again_.async_wait([this](Failure aborted) {
        if (!aborted) accept();
    });
}

}  // namespace ci::fronts
