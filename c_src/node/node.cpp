#include "node/node.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <stdexcept>
#include <utility>

#include "erlang/handshake.h"
#include "node/cookie.h"
#include "node/login.h"
#include "node/names.h"
#include "node/session.h"
#include "wire/endpoint.h"
#include "wire/network.h"
#include "wire/visible.h"

namespace ci::node {
namespace {

namespace asio = boost::asio;
using Failure = boost::system::error_code;

constexpr auto before_next_try = std::chrono::milliseconds(100);
constexpr std::uint32_t least_creation = 4;  // 1 to 3 are those of old releases

/// Debian gives a host's own name the second of them.
constexpr std::array loopbacks{"127.0.0.1", "127.0.1.1"};
constexpr int most_tries = 20;

std::string hostname() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

std::string short_of(const std::string& host) {
    return host.substr(0, host.find('.'));
}

/// Erlang's rule for the part before the "@".
bool is_good_name(std::string_view name) {
    const std::string_view alive = name.substr(0, name.find('@'));
    const std::string_view host = name.substr(std::min(alive.size() + 1, name.size()));
    const bool has_host = alive.size() == name.size() || !host.empty();
    return !alive.empty() && erlang::is_node_name(name) && has_host &&
           host.find('@') == std::string_view::npos &&
           std::all_of(alive.begin(), alive.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
           });
}

struct Listen {
    wire::Address address;
    std::uint16_t port = 0;
};

/// "IP" or "IP:PORT".
Listen listen_of(const std::string& text) {
    if (const auto address = wire::parse_address(text)) return {*address, 0};
    if (const auto endpoint = wire::parse_endpoint(text)) {
        return {endpoint->address, endpoint->port};
    }
    throw std::runtime_error("node: " + wire::visible_line(text) + " is not an IP or IP:PORT");
}

bool is_loopback(const std::string& text) {
    if (text.empty()) return true;
    return asio::ip::make_address(to_string(listen_of(text).address)).is_loopback();
}

void check(const inspector::NodeSettings& settings, const std::string& cookie,
           const inspector::Log& log) {
    if (!is_good_name(settings.name)) {
        throw std::runtime_error(
            "node: " + wire::visible_line(settings.name) +
            " is not a node's name (letters, digits, _ and -; then, if wanted, @ and "
            "its host)");
    }
    if (const std::string why = trouble_with(cookie); !why.empty()) {
        throw std::runtime_error("node: " + why);
    }
    for (const std::string& network : settings.bind) {
        if (!wire::parse_network(network)) {
            throw std::runtime_error("node: bind: " + wire::visible_line(network) +
                                     " is not a network");
        }
    }
    for (const auto* directories : {&settings.read, &settings.write}) {
        for (const std::string& directory : *directories) {
            if (directory.starts_with('/')) continue;
            throw std::runtime_error("node: " + wire::visible_line(directory) +
                                     " is not the absolute path of a directory");
        }
    }
    if (!is_well_known(cookie)) return;
    if (!is_loopback(settings.listen)) {
        throw std::runtime_error(
            "node: the cookie is one that anybody would try: choose another, or listen on "
            "loopback");
    }
    log(inspector::Level::warning,
        "node: the cookie is one that anybody would try: all users of this machine can log in");
}

}  // namespace

Node::Node(asio::io_context& io, const inspector::NodeSettings& settings, std::string cookie,
           commands::AskUntil ask, inspector::Log log, const NodeLimits& limits)
    : house_(std::make_shared<House>(io, settings, std::move(cookie), std::move(ask),
                                     std::move(log), limits)) {
    check(settings, house_->cookie, house_->log);
    std::random_device random;
    house_->creation = std::max<std::uint32_t>(random(), least_creation);
    const std::string own = hostname();
    house_->host = short_of(own);
    if (own != house_->host) house_->full_host = own;
    listen();
    for (Door& door : doors_) accept(door);
    find_host();
    const std::string alive = settings.name.substr(0, settings.name.find('@'));
    epmd_ = std::make_unique<Epmd>(io, alive, port_, house_->log);
    epmd_->start();
}

Node::~Node() {
    for (auto* connections : {&house_->logins, &house_->sessions}) {
        for (Connection* connection : std::list(*connections)) connection->end();
    }
}

Failure Node::open(const asio::ip::address& address, std::uint16_t port) {
    Tcp::acceptor acceptor(house_->io);
    const Tcp::endpoint endpoint(address, port);
    Failure failure;
    acceptor.open(endpoint.protocol(), failure);
    if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (failure) return failure;
    port_ = acceptor.local_endpoint().port();
    doors_.push_back({std::move(acceptor), asio::steady_timer(house_->io)});
    return {};
}

void Node::listen() {
    const std::string& text = house_->settings.listen;
    if (!text.empty()) {
        const Listen wanted = listen_of(text);
        const Failure failure =
            open(asio::ip::make_address(to_string(wanted.address)), wanted.port);
        if (!failure) return;
        throw std::runtime_error("node: cannot listen on " + text + ": " + failure.message());
    }
    // One port on all of them: EPMD tells one.
    for (int i = 0; i < most_tries; ++i) {
        doors_.clear();
        port_ = 0;
        const bool are_open = std::all_of(
            loopbacks.begin(), loopbacks.end(),
            [&](const char* loopback) { return !open(asio::ip::make_address(loopback), port_); });
        if (are_open) return;
    }
    throw std::runtime_error("node: cannot listen on 127.0.0.1");
}

void Node::accept(Door& door) {
    door.acceptor.async_accept([this, &door](Failure failure, Tcp::socket socket) {
        if (failure == asio::error::operation_aborted) return;  // `this` is destroyed
        if (!failure) {
            enter(std::move(socket));
            return accept(door);
        }
        // There is no free descriptor: accept() would fail again at once.
        door.again.expires_after(before_next_try);
        door.again.async_wait([this, &door](Failure aborted) {
            if (!aborted) accept(door);
        });
    });
}

void Node::enter(Tcp::socket socket) {
    House& house = *house_;
    if (socket.native_handle() >= house.limits.descriptors) return refuse();
    if (house.logins.size() >= house.limits.logins) house.logins.front()->end();
    const auto login =
        std::make_shared<Login>(std::move(socket), house_, [house = house_](Welcome welcome) {
            // A client of that name that is still here has been started anew.
            for (Connection* old : std::list(house->sessions)) {
                if (old->peer() == welcome.peer) old->end();
            }
            if (house->sessions.size() >= house->limits.sessions) {
                const auto idle =
                    std::find_if(house->sessions.begin(), house->sessions.end(),
                                 [](const Connection* session) { return session->is_idle(); });
                if (idle == house->sessions.end()) {
                    return house->log(inspector::Level::warning,
                                      "node: too many clients: one more was turned away");
                }
                (*idle)->end();
            }
            std::make_shared<Session>(std::move(welcome), house)->start();
        });
    login->start();
}

/// The descriptors that are left are the store's: see cli/descriptors.h.
void Node::refuse() {
    ++house_->refused;
    if (!house_->refusals.may_tell(Rarely::Clock::now())) return;
    house_->log(inspector::Level::warning,
                "node: too few descriptors for a client (ulimit -n): connections refused so far: " +
                    std::to_string(house_->refused));
}

/// Asks the resolver for this machine's full name, and whether clients that use it find this node.
void Node::find_host() {
    resolver_ = std::make_unique<Tcp::resolver>(house_->io);
    const auto flags = Tcp::resolver::canonical_name;
    resolver_->async_resolve(
        house_->host, "", flags, [this](Failure failure, const Tcp::resolver::results_type& found) {
            if (failure == asio::error::operation_aborted) return;
            if (failure) {
                return house_->log(inspector::Level::warning,
                                   "node: this machine does not know its own name " + house_->host +
                                       ": sup will not find it (/etc/hosts)");
            }
            if (found.empty()) return;
            const std::string name = found.begin()->host_name();
            if (name.find('.') != std::string::npos) house_->full_host = name;
            const auto address = found.begin()->endpoint().address();
            if (house_->settings.listen.empty() && !address.is_loopback()) {
                house_->log(inspector::Level::warning,
                            "node: sup on this machine connects to " + address.to_string() + " (" +
                                house_->host + "), but the node listens on loopback only: " +
                                "--node-listen " + address.to_string());
            }
        });
}

}  // namespace ci::node
