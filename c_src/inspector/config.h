// The configuration file: JSON, in the shape of Kazoo's system_config/call_inspector.
//
//   {"root": "/var/log/kazoo/call_inspector",
//    "socket": "/run/call_inspector/control.sock",
//    "startup_parsers": {"NAME": {"type": "hep", "ip": "127.0.0.1", "port": 9060},
//                        "NAME": {"type": "capture", "interface": "eth1", "filter": "port 5060"},
//                        "NAME": {"type": "km_log", "logfile": PATH, "ip": IP, "port": 5060},
//                        "NAME": {"type": "fs_log", "logfile": PATH, "ip": IP, "port": 11000}},
//    "index": {"on": true, "directory": PATH}, "exports": PATH,
//    "hosts": {"NAME": ["10.0.0.10", "10.0.1.0/24", "203.0.113.5:5060"]},
//    "legs": {"headers": ["X-CID"], "affixes": ["*_b2b-#"]},
//    "logs": {"zone": "local", "begin": "place", "events": "info"},
//    "store": {"keep": "30d", "keep_bytes": "50G", "compress_after": "1d", "sync": "1s"},
//    "tls": {"certificate": PATH, "key": PATH, "client_ca": PATH},
//    "amqp": {"url": "amqp://USER:PASSWORD@HOST:5672", "ca": PATH, "certificate": PATH, "key":
//    PATH,
//             "node": "call_inspector@HOST", "gather_ms": 500},
//    "node": {"name": "call_inspector", "cookie_file": PATH, "listen": "10.0.0.5:4370",
//             "read": ["/var/log"], "write": [], "bind": ["127.0.0.0/8"], "capture": ["eth1"]},
//    "web": {"listen": "127.0.0.1:8070", "names": ["inspector.example.com"], "pages": PATH,
//            "certificate": PATH, "key": PATH, "tokens": PATH, "access_log": PATH},
//    "allow": ["10.0.0.0/8", "2001:db8::/32"], "auth_key": "KEY",
//    "max_connections": 1024, "mask_credentials": true, "mask_bodies": false}
//
// Every member may be missing; a port may be a string, a url an array of them; `web` may be "off".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inspector/settings.h"
#include "wire/result.h"

namespace ci::inspector {

struct Config {
    std::optional<std::string> root, socket;
    Settings settings;
    std::vector<std::vector<std::string>> startup;  ///< the commands that start the parsers
    std::vector<std::string> problems;              ///< unusable entries, each with name and reason
};

struct ConfigError {
    std::string why;
};

/// A bad entry does not stop the others. It is an error, however, if the text is not a JSON object;
/// if `allow` or `auth_key` for all parsers is bad, because the parsers would be open to everybody;
/// and if `mask_credentials` or `mask_bodies` is bad, because secrets would be written.
wire::expected<Config, ConfigError> read_config(std::string_view text);

/// One entry of `startup_parsers` alone: the command that starts the parser.
wire::expected<std::vector<std::string>, ConfigError> read_parser_entry(std::string_view text);

}  // namespace ci::inspector
