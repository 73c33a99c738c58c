// The octets of one connection: as they are, or within TLS. A stream as Boost.Asio and Boost.Beast
// read and write it, so that requests need not know which it is.
//
// asio::ssl::stream is not used: it links the program to OpenSSL, which a question on the command
// line would have to load (os/library.h).
#pragma once

#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "net/tls.h"

namespace ci::web {

class Line {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using Failure = boost::system::error_code;

    /// `tls` null: octets go as they are.
    Line(Socket socket, std::unique_ptr<net::TlsSession> tls)
        : socket_(std::move(socket)), tls_(std::move(tls)) {}

    [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
    [[nodiscard]] const Socket& socket() const noexcept { return socket_; }
    [[nodiscard]] bool is_secure() const noexcept { return tls_ != nullptr; }

    void close() noexcept {
        Failure ignored;
        socket_.close(ignored);
    }
    /// Nothing more is written.
    void end_writing() noexcept {
        if (tls_) tls_->say_goodbye();
        Failure ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    /// Calls back with (Failure); at once where there is no TLS.
    template <class Handler>
    void async_handshake(Handler handler) {
        go_on([](net::TlsSession& tls) { return net::TlsSession::Read{tls.handshake()}; },
              [handler = std::move(handler)](Failure failure, std::size_t) mutable {
                  handler(failure);
              });
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(Failure, std::size_t)>(
            [this](auto handler, const Buffers& room) {
                if (!tls_) return socket_.async_read_some(room, std::move(handler));
                const boost::asio::mutable_buffer one = first<boost::asio::mutable_buffer>(room);
                const std::span<std::byte> octets(static_cast<std::byte*>(one.data()), one.size());
                go_on([octets](net::TlsSession& tls) { return tls.read(octets); },
                      std::move(handler));
            },
            token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(Failure, std::size_t)>(
            [this](auto handler, const Buffers& all) {
                if (!tls_) return socket_.async_write_some(all, std::move(handler));
                const boost::asio::const_buffer one = first<boost::asio::const_buffer>(all);
                const std::span<const std::byte> octets(static_cast<const std::byte*>(one.data()),
                                                        one.size());
                go_on([octets](net::TlsSession& tls) { return tls.write(octets); },
                      std::move(handler));
            },
            token, buffers);
    }

  private:
    /// The first buffer with something in it; empty: none has.
    template <class Buffer, class Buffers>
    static Buffer first(const Buffers& buffers) {
        for (auto one = boost::asio::buffer_sequence_begin(buffers);
             one != boost::asio::buffer_sequence_end(buffers); ++one) {
            const Buffer buffer(*one);
            if (buffer.size() > 0) return buffer;
        }
        return {};
    }

    static Failure failure_of(net::TlsSession::State state) {
        using State = net::TlsSession::State;
        if (state == State::ended) return boost::asio::error::eof;
        return state == State::failed ? boost::asio::error::connection_aborted : Failure();
    }

    /// Does a step of TLS until it has done something, and calls back from the event loop.
    template <class Step, class Handler>
    void go_on(Step step, Handler handler) {
        using Read = net::TlsSession::Read;
        auto run = [this, step = std::move(step), done = Read{}, is_done = false](
                       auto& self, Failure failure = {}) mutable {
            using State = net::TlsSession::State;
            if (failure || is_done) {
                return self.complete(failure ? failure : failure_of(done.state), done.size);
            }
            if (!socket_.is_open()) {
                done = {State::ended};
            } else {
                done = tls_ ? step(*tls_) : Read{State::bytes};
            }
            if (done.state == State::wants_read) {
                return socket_.async_wait(Socket::wait_read, std::move(self));
            }
            if (done.state == State::wants_write) {
                return socket_.async_wait(Socket::wait_write, std::move(self));
            }
            is_done = true;
            boost::asio::post(socket_.get_executor(), std::move(self));
        };
        boost::asio::async_compose<Handler, void(Failure, std::size_t)>(std::move(run), handler,
                                                                        socket_);
    }

    Socket socket_;
    std::unique_ptr<net::TlsSession> tls_;
};

}  // namespace ci::web
