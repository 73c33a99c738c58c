#include "node/session.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

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

}  // namespace
}  // namespace ci::node
