#include "node/login.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <random>
#include <utility>

#include "node/cookie.h"
#include "node/names.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

wire::Address address_of(const asio::ip::tcp::endpoint& endpoint) {
    return wire::parse_address(endpoint.address().to_string()).value_or(wire::Address{});
}

}  // namespace

Login::Login(Socket socket, std::shared_ptr<House> house, std::function<void(Welcome)> welcome)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      pause_(socket_.get_executor()),
      house_(std::move(house)),
      welcome_(std::move(welcome)) {
    house_->logins.push_back(this);
}

Login::~Login() {
    house_->logins.remove(this);
}

void Login::start() {
    Failure failure;
    from_ = address_of(socket_.remote_endpoint(failure));
    to_ = address_of(socket_.local_endpoint(failure));
    deadline_.expires_after(house_->limits.login);
    deadline_.async_wait([self = shared_from_this()](Failure aborted) {
        if (!aborted) self->end();
    });
    const auto wait = house_->failed.wait(to_string(from_), Logins::Clock::now());
    pause_.expires_after(wait);
    pause_.async_wait([self = shared_from_this()](Failure aborted) {
        if (!aborted) self->read(&Login::take_name);
    });
}

void Login::end() {
    deadline_.cancel();
    pause_.cancel();
    Failure ignored;
    socket_.close(ignored);
}

void Login::fail(const std::string& why) {
    const std::string from = to_string(from_);
    const auto report = house_->failed.failed(from, Logins::Clock::now());
    if (report.is_due) {
        std::string line = "node: " + from + " could not log in";
        if (!client_.name.empty()) line += " as " + wire::visible_line(client_.name);
        line += ": " + why;
        if (report.since > 1)
            line += " (" + std::to_string(report.since) + " times since last told)";
        house_->log(inspector::Level::warning, line);
    }
    end();
}

void Login::read(Next next) {
    asio::async_read(socket_, asio::buffer(length_),
                     [self = shared_from_this(), next](Failure failure, std::size_t) {
                         if (failure) return self->end();
                         const std::size_t length =
                             static_cast<std::size_t>(self->length_[0]) << 8U | self->length_[1];
                         if (length == 0 || length > erlang::max_handshake_message) {
                             return self->fail("what it sent is no handshake");
                         }
                         self->payload_.resize(length);
                         asio::async_read(self->socket_, asio::buffer(self->payload_),
                                          [self, next](Failure broken, std::size_t) {
                                              broken ? self->end() : (*self.*next)(self->payload_);
                                          });
                     });
}

void Login::write(std::string message, std::function<void()> then) {
    out_ = std::move(message);
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this(), then = std::move(then)](
                          Failure failure, std::size_t) { failure ? self->end() : then(); });
}

void Login::take_name(wire::Bytes payload) {
    auto client = erlang::decode_name(payload);
    if (!client) return fail("what it sent is no handshake");
    client_ = *std::move(client);
    if (!client_.is_able()) return fail("its release of Erlang is too old");
    std::string status = erlang::encode_status("ok");
    if (client_.has(erlang::name_me) && !client_.is_version_5) {
        const auto number = static_cast<std::uint32_t>(house_->names());
        client_.name = given_name(client_.name, number);
        status = erlang::encode_named(client_.name, number | 4U);
    }
    self_ = {name_for(house_->settings.name,
                      {client_.name, from_, to_, house_->host, house_->full_host}),
             house_->creation};
    if (!erlang::is_node_name(self_.node)) return fail("its host's name is too long");
    challenge_ = std::random_device{}();
    status += erlang::encode_challenge(client_, self_.node, challenge_, house_->creation);
    const bool has_complement = client_.is_version_5 && client_.takes_version_6();
    write(std::move(status), [this, has_complement] {
        read(has_complement ? &Login::take_complement : &Login::take_reply);
    });
}

void Login::take_complement(wire::Bytes payload) {
    const auto flags = erlang::decode_complement(payload);
    if (!flags) return fail("what it sent is no handshake");
    client_.flags |= *flags;
    read(&Login::take_reply);
}

void Login::take_reply(wire::Bytes payload) {
    const auto reply = erlang::decode_challenge_reply(payload);
    if (!reply) return fail("what it sent is no handshake");
    if (!is_equal(reply->digest, digest_of(house_->cookie, challenge_))) {
        return fail("its cookie is another");
    }
    write(erlang::encode_challenge_ack(digest_of(house_->cookie, reply->challenge)), [this] {
        deadline_.cancel();
        welcome_({std::move(socket_), client_.name, self_});
    });
}

}  // namespace ci::node
