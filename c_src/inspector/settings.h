// The operator's settings for all parsers.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/rules.h"
#include "logs/freeswitch.h"
#include "net/tls.h"
#include "sip/mask.h"
#include "sources/admission.h"
#include "sources/hep_listener.h"
#include "store/store.h"

namespace ci::inspector {

/// How AMQP queries are answered; and where, if this program has its own connection to a broker.
struct AmqpSettings {
    std::vector<std::string> urls;     ///< the nodes of one broker, tried in turn; empty: no AMQP
    std::string ca, certificate, key;  ///< PEM files, for amqps
    std::string node;                  ///< in answers; empty: call_inspector@HOST
    std::uint64_t gather_ms = 500;     ///< how long other inspectors' answers are awaited
};
inline constexpr std::uint64_t max_gather_ms = 60'000;

/// How logs are read (sources::LogOptions).
struct LogSettings {
    bool from_start = false;
    logs::Level events = logs::Level::info;
    std::optional<std::chrono::minutes> zone;
};

/// Where calls are searched (index::Options).
struct IndexSettings {
    bool is_on = true;
    std::filesystem::path directory;  ///< empty: below the store's root
};

/// This program as an Erlang node, and what who has its cookie may ask for.
struct NodeSettings {
    std::string name;  ///< "call_inspector", or with "@HOST" behind it; empty: no node
    std::string cookie_file;
    std::string listen;  ///< "IP", or "IP:PORT"; empty: loopback, and a port that is free
    std::vector<std::string> read{"/var/log"};  ///< directories whose logs and captures may be read
    std::vector<std::string> write;             ///< directories that may be exported into
    std::vector<std::string> bind{"127.0.0.0/8", "::1"};  ///< networks that may be listened on
    std::vector<std::string> capture;                     ///< interfaces that may be captured
};

/// The web server.
struct WebSettings {
    std::optional<wire::Endpoint> listen;  ///< empty: `run` listens where it usually does
    bool is_off = false;
    std::vector<std::string> names;    ///< that it is called by, beside those of loopback
    std::filesystem::path pages;       ///< empty: they are looked for
    std::string certificate, key;      ///< PEM files; empty: no TLS
    std::filesystem::path tokens;      ///< the file of those who may look; empty: no login
    std::filesystem::path access_log;  ///< empty: none
};
inline constexpr std::string_view usual_web = "127.0.0.1:8070";

struct Settings {
    net::TlsFiles tls;
    std::size_t max_connections = sources::HepOptions{}.max_connections;  ///< for one parser
    int max_descriptor = sources::HepOptions{}.max_descriptor;            ///< for connections
    sources::Admission admission;  ///< for parsers that are started without their own
    store::Options store;
    sip::Masking masking;  ///< applied before a line is stored
    AmqpSettings amqp;
    LogSettings logs;
    IndexSettings index;
    calls::Rules rules;  ///< what ties the dialogues of a call, and names of hosts
    NodeSettings node;
    WebSettings web;
    std::filesystem::path exports;  ///< where captures are written; empty: below the store's root
};

}  // namespace ci::inspector
