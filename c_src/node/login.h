// A connection until its client has proved that it knows the cookie.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "erlang/handshake.h"
#include "erlang/term_writer.h"
#include "node/house.h"
#include "wire/endpoint.h"

namespace ci::node {

/// Who has logged in, and who this node is for it.
struct Welcome {
    boost::asio::ip::tcp::socket socket;
    std::string peer;
    erlang::Self self;
};

class Login : public Connection, public std::enable_shared_from_this<Login> {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    Login(Socket socket, std::shared_ptr<House> house, std::function<void(Welcome)> welcome);
    ~Login() override;

    void start();
    void end() override;
    [[nodiscard]] bool is_idle() const override { return true; }
    [[nodiscard]] const std::string& peer() const override { return client_.name; }

  private:
    using Next = void (Login::*)(wire::Bytes);

    void read(Next next);
    void write(std::string message, std::function<void()> then);
    void take_name(wire::Bytes payload);
    void take_complement(wire::Bytes payload);
    void take_reply(wire::Bytes payload);
    void fail(const std::string& why);

    Socket socket_;
    boost::asio::steady_timer deadline_, pause_;
    std::shared_ptr<House> house_;
    std::function<void(Welcome)> welcome_;
    wire::Address from_, to_;
    std::array<unsigned char, 2> length_{};
    std::vector<std::byte> payload_;
    std::string out_;
    erlang::ClientName client_;
    erlang::Self self_;
    std::uint32_t challenge_ = 0;
};

}  // namespace ci::node
