// SIGINT, SIGTERM and SIGHUP end the program in good order, however often they come.
//
// Boost's signal_set gives a signal its default action back when it is destroyed, so a second
// Ctrl-C in the last moments would kill a program that has ended well. Here further signals are
// ignored until the process is gone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace ci::cli {

/// At most one at a time.
class EndSignals {
  public:
    explicit EndSignals(boost::asio::io_context& io);
    /// From now on the signals are ignored.
    ~EndSignals();
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;

    /// The event loop calls `end` at the first of them. SIGHUP stays ignored if it was (nohup).
    void listen(std::function<void()> end);

  private:
    boost::asio::posix::stream_descriptor came_;
};

}  // namespace ci::cli
