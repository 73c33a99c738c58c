#include "node/epmd.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "wire/endpoint.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

constexpr std::uint16_t usual_port = 4369;
constexpr auto soon = std::chrono::seconds(1);
constexpr auto longest_answer = std::chrono::seconds(5);
constexpr char registration = 120, answered = 121, answered_long = 118;
constexpr char hidden_node = 72, tcp_by_ipv4 = 0;

void append_u16(std::string& out, std::size_t value) {
    out.push_back(static_cast<char>(value >> 8U));
    out.push_back(static_cast<char>(value));
}

std::string registration_of(std::string_view name, std::uint16_t port) {
    std::string body(1, registration);
    append_u16(body, port);
    body.push_back(hidden_node);
    body.push_back(tcp_by_ipv4);
    append_u16(body, 6);  // the versions of the handshake: highest, lowest
    append_u16(body, 5);
    append_u16(body, name.size());
    body.append(name);
    append_u16(body, 0);
    std::string request;
    append_u16(request, body.size());
    return request.append(body);
}

/// Runs `epmd -daemon`, which leaves a daemon behind and ends. It gets no descriptor of ours and
/// nothing of our environment but what it reads. Its process number; 0: there is no `epmd`.
pid_t run_daemon() {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int descriptor : {0, 1, 2}) {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    std::vector<std::string> environment;
    for (const char* name : {"PATH", "HOME", "ERL_EPMD_PORT", "ERL_EPMD_ADDRESS"}) {
        const char* value = std::getenv(name);
        if (value != nullptr) environment.push_back(std::string(name) + "=" + value);
    }
    std::vector<char*> pointers;
    pointers.reserve(environment.size() + 1);
    for (std::string& one : environment) pointers.push_back(one.data());
    pointers.push_back(nullptr);
    std::string program = "epmd", option = "-daemon";
    char* const words[] = {program.data(), option.data(), nullptr};
    sigset_t usual;
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGXFSZ}) sigaddset(&usual, signal);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    const int failed =
        ::posix_spawnp(&child, "epmd", &actions, &attributes, words, pointers.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? child : 0;
}

}  // namespace

Epmd::Epmd(asio::io_context& io, std::string name, std::uint16_t port, inspector::Log log)
    : io_(io),
      socket_(io),
      timer_(io),
      name_(std::move(name)),
      port_(port),
      log_(std::move(log)),
      request_(registration_of(name_, port_)) {}

std::uint16_t Epmd::port() {
    const char* text = std::getenv("ERL_EPMD_PORT");
    return wire::parse_port(text == nullptr ? "" : text).value_or(usual_port);
}

void Epmd::start() {
    const char* text = std::getenv("ERL_EPMD_PORT");
    if (text != nullptr && *text != 0 && !wire::parse_port(text)) {
        log_(inspector::Level::warning,
             "node: ERL_EPMD_PORT is no port: " + wire::visible_line(text) +
                 "; EPMD is looked for at " + std::to_string(usual_port));
    }
    connect();
}

void Epmd::connect() {
    if (started_ != 0 && ::waitpid(started_, nullptr, WNOHANG) != 0) started_ = 0;
    socket_ = asio::ip::tcp::socket(io_);
    timer_.expires_after(longest_answer);
    timer_.async_wait([this](Failure aborted) {
        if (!aborted && !is_registered_) again(State::unreachable, no_answer());
    });
    const asio::ip::tcp::endpoint epmd(asio::ip::address_v4::loopback(), port());
    socket_.async_connect(epmd, [this](Failure failure) {
        if (failure == asio::error::operation_aborted) return;
        if (!failure) return send();
        start_daemon();
    });
}

void Epmd::start_daemon() {
    if (!has_started_daemon_) started_ = run_daemon();
    if (!has_started_daemon_ && started_ != 0) {
        has_started_daemon_ = true;
        log_(inspector::Level::info, "no EPMD runs here: started it");
        return again();
    }
    again(State::unreachable,
          "EPMD cannot be reached at port " + std::to_string(port()) +
              ": clients do not find this node by its name. Start epmd, or let them use port " +
              std::to_string(port_) + " (-erl_epmd_port)");
}

std::string Epmd::no_answer() {
    return "what listens at port " + std::to_string(port()) +
           " does not answer as EPMD: clients do not find this node by its name";
}

void Epmd::send() {
    asio::async_write(socket_, asio::buffer(request_), [this](Failure failure, std::size_t) {
        if (failure == asio::error::operation_aborted) return;
        failure ? again(State::unreachable, no_answer()) : read_answer();
    });
}

void Epmd::read_answer() {
    const auto has_all = [this](Failure failure, std::size_t size) -> std::size_t {
        if (failure) return 0;
        if (size == 0) return 1;
        const std::size_t length = answer_[0] == static_cast<unsigned char>(answered_long) ? 6 : 4;
        return length - size;
    };
    asio::async_read(
        socket_, asio::buffer(answer_), has_all, [this](Failure failure, std::size_t size) {
            if (failure == asio::error::operation_aborted) return;
            const bool is_answer =
                size >= 4 && (answer_[0] == answered || answer_[0] == answered_long);
            if (failure || !is_answer) {
                return again(State::unreachable, no_answer());
            }
            if (answer_[1] != 0) {
                return again(State::refused, "EPMD has another node of the name " +
                                                 wire::visible_line(name_) +
                                                 ": this one is not found by its name until that "
                                                 "one is gone");
            }
            hold();
        });
}

void Epmd::hold() {
    is_registered_ = true;
    timer_.cancel();
    has_started_daemon_ = false;
    ++registrations_;
    tell_registered();
    socket_.async_read_some(asio::buffer(answer_), [this](Failure failure, std::size_t) {
        if (failure == asio::error::operation_aborted) return;
        lost();
    });
}

/// An EPMD that ends registrations at once would fill the log.
void Epmd::lost() {
    is_registered_ = false;
    told_ = State::unknown;
    again();
}

void Epmd::tell_registered() {
    std::string line = "registered at EPMD as " + wire::visible_line(name_);
    if (registrations_ > 1) {
        line += " (" + std::to_string(registrations_) + " times: EPMD ended the others)";
    }
    if (tell(State::registered, inspector::Level::info, line)) return;
    timer_.expires_after(Rarely::between_lines);
    timer_.async_wait([this](Failure aborted) {
        if (!aborted && is_registered_) tell_registered();
    });
}

/// Each state is told once as long as it lasts. False: not yet.
bool Epmd::tell(State state, inspector::Level level, const std::string& line) {
    if (told_ == state) return true;
    if (!lines_.may_tell(Rarely::Clock::now())) return false;
    told_ = state;
    log_(level, line);
    return true;
}

/// The next try comes so soon that it tells what this one may not.
void Epmd::again(State trouble, const std::string& line) {
    tell(trouble, inspector::Level::warning, line);
    again();
}

void Epmd::again() {
    Failure ignored;
    socket_.close(ignored);
    timer_.expires_after(soon);
    timer_.async_wait([this](Failure aborted) {
        if (!aborted) connect();
    });
}

}  // namespace ci::node
