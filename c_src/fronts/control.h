// The control socket: the maintenance commands for those who have a shell and no Erlang.
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
    /// Listens on `path` (mode 0660; its directory is made if missing). A socket left behind by a
    /// killed inspector is replaced; where one still answers, that is an error.
    /// Throws std::runtime_error with a line for the operator.
    Control(boost::asio::io_context& context, std::filesystem::path path, commands::Ask ask,
            const ControlLimits& limits = {});

    /// Takes the socket's file away.
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
    std::shared_ptr<Places> places_;  ///< sessions may outlive us
};

}  // namespace ci::fronts
