// A connection whose client knows the cookie: its calls, and the messages that go to and fro.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "erlang/distribution.h"
#include "node/call.h"
#include "node/house.h"
#include "node/login.h"

namespace ci::node {

class Session : public Connection, public std::enable_shared_from_this<Session> {
  public:
    Session(Welcome welcome, std::shared_ptr<House> house);
    ~Session() override;

    void start();
    void end() override;
    [[nodiscard]] bool is_idle() const override { return calls_.empty(); }
    [[nodiscard]] const std::string& peer() const override { return peer_; }
    [[nodiscard]] std::size_t unread() const override {
        return has_ended_ ? 0 : writing_.size() + to_write_.size();
    }
    void end_unread() override;

  private:
    using CallPtr = std::shared_ptr<Call>;

    void read();
    void read_payload();
    void take(wire::Bytes payload);
    void take_to_process(const erlang::Packet& packet, erlang::RawTerm to);
    void take_to_name(const erlang::Packet& packet);
    void take_monitor(const erlang::Packet& packet);
    void take_spawn(const erlang::Packet& packet);
    void take_exit(const erlang::Packet& packet);
    void begin(erlang::RemoteCall asked);
    void ask(const CallPtr& call, std::vector<std::string> words);
    void ask_later(const CallPtr& call, std::vector<std::string> words);
    void carried_out(const CallPtr& call, commands::Outcome outcome);
    void cancel(const CallPtr& call);
    void look_at_calls();
    [[nodiscard]] CallPtr call_of(erlang::RawTerm process) const;
    [[nodiscard]] std::uint32_t next_process();
    void send(const std::string& packets);
    void make_room();
    void write();
    void look_after();

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<House> house_;
    const std::string peer_;
    const erlang::Self self_;
    std::array<std::byte, 4> length_{};
    std::vector<std::byte> payload_;
    std::string writing_, to_write_;
    std::vector<commands::Room::Shared> unwritten_;  ///< of texts in them
    std::size_t written_ = 0;                        ///< octets of writing_
    std::list<CallPtr> calls_;
    std::uint32_t last_process_ = 0;
    Call::Clock::time_point wrote_ = Call::Clock::now();
    bool has_ended_ = false;
    bool has_told_of_device_ = false;
};

}  // namespace ci::node
