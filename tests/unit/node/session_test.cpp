#include "node/session.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <thread>
#include <vector>

namespace ci::node {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using erlang::TermWriter;

const erlang::Self client{"c@127.0.0.1", 5};

/// {Pid, {call, call_inspector_maintenance, list_active_parsers, [], send_stdout_to_caller}} to rex
std::string call_of_erl_call() {
    TermWriter control, message;
    control.tuple(4).number(6).process(client, 1).atom("").atom("rex");
    message.tuple(2).process(client, 1).tuple(5).atom("call").atom("call_inspector_maintenance");
    message.atom("list_active_parsers").nil().atom("send_stdout_to_caller");
    return erlang::encode_packet(control.bytes(), message.bytes());
}

std::string next_packet(Tcp::socket& socket) {
    std::array<std::byte, 4> length{};
    asio::read(socket, asio::buffer(length));
    std::string packet(wire::read_be<std::uint32_t>(length), '\0');
    asio::read(socket, asio::buffer(packet));
    return packet;
}

TEST(Session, AnAnswerLargerThanWhatMayBeLeftUnreadArrives) {
    asio::io_context io;
    NodeLimits limits;
    limits.unwritten = 100'000;
    const std::string text(5'000'000, 'x');
    const auto house = std::make_shared<House>(
        io, inspector::NodeSettings{}, "cookie",
        [&](const std::vector<std::string>&, const std::stop_token&, const commands::Reply& reply) {
            reply({commands::Status::ok, text});
        },
        [](inspector::Level, std::string_view line) { ADD_FAILURE() << line; }, limits);
    Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    Tcp::socket theirs(io);
    theirs.connect(acceptor.local_endpoint());
    const auto session = std::make_shared<Session>(
        Welcome{acceptor.accept(), client.node, {"i@127.0.0.1", 4}}, house);
    session->start();
    const std::jthread loop([&] { io.run(); });
    for (int i = 0; i < 2; ++i) {
        asio::write(theirs, asio::buffer(call_of_erl_call()));
        std::size_t printed = 0;
        std::string packet = next_packet(theirs);
        for (; packet.find("rex_stdout") != std::string::npos; packet = next_packet(theirs)) {
            printed += packet.size();
        }
        EXPECT_GT(printed, text.size());
        EXPECT_NE(packet.find("no_return"), std::string::npos);
    }
    theirs.close();
}

/// Whoever asks is answered `text`; it is not read.
class Mute {
  public:
    Mute(const std::shared_ptr<House>& house, const std::string& name) : theirs_(house->io) {
        Tcp::acceptor acceptor(house->io, {asio::ip::address_v4::loopback(), 0});
        theirs_.connect(acceptor.local_endpoint());
        std::make_shared<Session>(Welcome{acceptor.accept(), name, {"i@127.0.0.1", 4}}, house)
            ->start();
    }
    void ask() { asio::write(theirs_, asio::buffer(call_of_erl_call())); }

  private:
    Tcp::socket theirs_;
};

TEST(Session, WhoeverLeavesMostUnreadGoesWhenAllTogetherLeaveTooMuch) {
    asio::io_context io;
    NodeLimits limits;
    limits.unwritten = limits.answers = 100UL << 20U;
    limits.all_unwritten = 30UL << 20U;
    std::vector<std::string> lines;
    const auto house = std::make_shared<House>(
        io, inspector::NodeSettings{}, "cookie",
        [](const std::vector<std::string>&, const std::stop_token&, const commands::Reply& reply) {
            reply({commands::Status::ok, std::string(10UL << 20U, 'x')});
        },
        [&](inspector::Level, std::string_view line) { lines.emplace_back(line); }, limits);
    Mute little(house, "little@h"), much(house, "much@h");
    const auto answered = [&](Mute& client, std::size_t sessions) {
        client.ask();
        const auto before = house->sessions.back()->unread() + house->sessions.front()->unread();
        while (house->sessions.size() == sessions &&
               house->sessions.back()->unread() + house->sessions.front()->unread() == before) {
            if (io.run_one_for(std::chrono::seconds(60)) == 0) FAIL() << "no answer";
        }
    };
    answered(little, 2);
    answered(much, 2);
    EXPECT_TRUE(lines.empty());
    answered(much, 2);
    io.run_for(std::chrono::milliseconds(1));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "node: much@h does not read what it asked for: disconnected");
    for (Connection* session : std::list(house->sessions)) session->end();
    io.run();
}

}  // namespace
}  // namespace ci::node
