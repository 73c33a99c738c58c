// The registration at EPMD, Erlang's port mapper daemon. It holds as long as the connection is
// open; if EPMD ends, this registers again as soon as it is back.
//
//   we    length:u16 120 port:u16 type protocol highest:u16 lowest:u16 length:u16 name 0:u16
//   EPMD  121 result creation:u16, or 118 result creation:u32; result 0 is success
//
// Source: "Distribution Protocol", ERTS reference manual, and epmd_srv.c.
#pragma once

#include <sys/types.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <string>

#include "inspector/inspector.h"
#include "node/rarely.h"

namespace ci::node {

class Epmd {
  public:
    /// `name` has no host.
    Epmd(boost::asio::io_context& io, std::string name, std::uint16_t port, inspector::Log log);

    void start();

    /// EPMD knows this node at the moment.
    [[nodiscard]] bool is_registered() const noexcept { return is_registered_; }

    /// The port at which this machine's EPMD listens: ERL_EPMD_PORT, or 4369.
    [[nodiscard]] static std::uint16_t port();

  private:
    enum class State : std::uint8_t { unknown, unreachable, refused, registered };

    void connect();
    void send();
    void read_answer();
    void hold();
    void lost();
    void again();
    void again(State trouble, const std::string& line);
    bool tell(State state, inspector::Level level, const std::string& line);
    void tell_registered();
    void start_daemon();
    static std::string no_answer();

    boost::asio::io_context& io_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    const std::string name_;
    const std::uint16_t port_;
    const inspector::Log log_;
    std::string request_;
    std::array<unsigned char, 6> answer_{};
    State told_ = State::unknown;
    Rarely lines_;
    std::uint64_t registrations_ = 0;
    bool is_registered_ = false;
    bool has_started_daemon_ = false;
    pid_t started_ = 0;  ///< `epmd -daemon`, until it has ended
};

}  // namespace ci::node
