// The web server: the site, its API, and streams of events (docs/web.md). It runs on the program's
// event loop and has questions answered by the workers, as the control socket does.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fronts/control_places.h"
#include "inspector/inspector.h"
#include "web/certificate.h"
#include "web/streams.h"
#include "wire/endpoint.h"

namespace ci::web {

struct Desk;

struct ServerOptions {
    wire::Endpoint listen;
    std::vector<std::string> names;    ///< that requests may call it by, beside those of loopback
    std::filesystem::path pages;       ///< empty: the API alone
    net::TlsFiles tls;                 ///< empty: no TLS
    std::filesystem::path tokens;      ///< who may look; empty: all who are on this machine
    std::filesystem::path access_log;  ///< empty: none
    fronts::ControlLimits limits;      ///< of connections
    Complaint complain = [](const std::string& /*text*/) {};  ///< from any thread
};

class Server {
  public:
    /// Throws std::runtime_error with a line for the operator: beyond this machine it serves by TLS
    /// alone, and those alone who have a token; or the address is in use, or a file is no good.
    Server(boost::asio::io_context& context, const ServerOptions& options, Streams::Offer offer,
           inspector::Inspector& inspector);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// "http://127.0.0.1:8070/", "https://192.0.2.1:8070/"
    [[nodiscard]] std::string address() const;

  private:
    void accept();
    void accept_later();
    void begin(boost::asio::ip::tcp::socket socket);

    std::unique_ptr<Certificate> certificate_;  ///< null: no TLS
    std::shared_ptr<Desk> desk_;                ///< sessions may outlive this object
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer again_;
};

}  // namespace ci::web
