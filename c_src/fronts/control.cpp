#include "fronts/control.h"

#include <sys/stat.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "fronts/control_protocol.h"

namespace ci::fronts {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using Failure = boost::system::error_code;

constexpr auto patience = std::chrono::seconds(30);  // for one side to read or write
constexpr long most_sessions = 256;

/// One connection: reads a question, asks, writes the answer.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Protocol::socket socket, const commands::Ask& ask, std::shared_ptr<const char> place)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          ask_(ask),
          place_(std::move(place)) {}

    void start() {
        limit();
        asio::async_read(socket_, asio::buffer(head_),
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             if (!failure) self->read_body();
                         });
    }

  private:
    void limit() {
        timer_.expires_after(patience);
        timer_.async_wait([self = shared_from_this()](Failure failure) {
            Failure ignored;
            if (!failure) self->socket_.close(ignored);
        });
    }

    void read_body() {
        const auto length = decode_question_head(head_);
        if (!length) return answer({commands::Status::usage, "question too long\n"});
        body_.resize(*length);
        asio::async_read(socket_, asio::buffer(body_),
                         [self = shared_from_this()](Failure failure, std::size_t) {
                             if (!failure) self->ask();
                         });
    }

    void ask() {
        timer_.cancel();  // how long a command takes is its own affair
        auto words = decode_question(body_);
        if (!words) return answer({commands::Status::usage, "malformed question\n"});
        // Handed on, not copied: the session ends on the event loop's thread, where it lives.
        ask_(*std::move(words), [self = shared_from_this()](commands::Outcome outcome) mutable {
            const auto loop = self->socket_.get_executor();
            asio::post(loop, [self = std::move(self), outcome = std::move(outcome)]() mutable {
                self->answer(std::move(outcome));
            });
        });
    }

    void answer(commands::Outcome outcome) {
        answer_ = std::move(outcome.text);
        answer_head_ = encode_answer_head(outcome.status, answer_.size());
        limit();
        const std::array<asio::const_buffer, 2> pieces{asio::buffer(answer_head_),
                                                       asio::buffer(answer_)};
        asio::async_write(socket_, pieces, [self = shared_from_this()](Failure, std::size_t) {
            self->timer_.cancel();
            Failure ignored;
            self->socket_.shutdown(Protocol::socket::shutdown_both, ignored);
        });
    }

    Protocol::socket socket_;
    asio::steady_timer timer_;
    commands::Ask ask_;
    std::shared_ptr<const char> place_;  ///< one of those that Control counts
    std::array<char, question_head> head_{};
    std::string body_;
    std::array<char, answer_head> answer_head_{};
    std::string answer_;
};

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
        const mode_t before = ::umask(0117);  // nobody else may connect, from the first moment on
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

Control::Control(asio::io_context& context, std::filesystem::path path, commands::Ask ask)
    : path_(std::move(path)), ask_(std::move(ask)), acceptor_(listen(context, path_)) {
    accept();
}

Control::~Control() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void Control::accept() {
    acceptor_.async_accept([this](Failure failure, Protocol::socket socket) {
        if (failure == asio::error::operation_aborted) return;  // `this` is gone
        if (!failure && sessions_.use_count() <= most_sessions) {
            std::make_shared<Session>(std::move(socket), ask_, sessions_)->start();
        }
        accept();
    });
}

}  // namespace ci::fronts
