// The control socket, which offers the maintenance commands to a shell without Erlang.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "commands/outcome.h"
#include "fronts/control_places.h"

namespace ci::fronts {

class Control {
  public:
    /// Listens on `path` (mode 0660; a missing directory is created). The socket of a killed
    /// inspector is replaced. If another inspector still answers there, that is an error. Throws
    /// std::runtime_error with a line for the operator.
    Control(boost::asio::io_context& context, std::filesystem::path path, commands::Ask ask,
            const ControlLimits& limits = {});

    /// Removes the socket's file.
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

  private:
    void accept();
    void accept_later();

    std::filesystem::path path_;
    commands::Ask ask_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer again_;
    std::shared_ptr<Places> places_;  ///< sessions may outlive this object
};

}  // namespace ci::fronts
