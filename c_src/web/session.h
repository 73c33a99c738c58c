// One connection: reads a request, has it answered, then the next; or becomes a stream of events.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "fronts/control_places.h"
#include "net/tls.h"
#include "web/access/access_log.h"
#include "web/access/door.h"
#include "web/counters.h"
#include "web/lookups.h"
#include "web/pages.h"
#include "web/streams.h"
#include "web/traffic.h"

namespace ci::web {

/// What all connections have in common; the last of them destroys it.
struct Desk {
    Pages pages;
    std::vector<std::string> names;
    fronts::Places places;
    Streams::Offer offer;
    inspector::Inspector& inspector;
    std::shared_ptr<Streams> streams;
    std::shared_ptr<Traffic> traffic;
    std::shared_ptr<Door> door;
    std::unique_ptr<AccessLog> access_log;  ///< null: there is none
    Counters counters;
    Lookups lookups;
};

inline constexpr std::size_t longest_header = 16U << 10U;
inline constexpr std::size_t longest_body = 64U << 10U;

/// Serves the connection until its end. `tls` null: there is none.
void serve(boost::asio::ip::tcp::socket socket, std::unique_ptr<net::TlsSession> tls,
           std::shared_ptr<Desk> desk);

}  // namespace ci::web
