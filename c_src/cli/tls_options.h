// --tls-certificate, --tls-key and --tls-client-ca, which `run` and `port` have in common.
#pragma once

#include "cli/options.h"
#include "commands/settings.h"

namespace ci::cli {

inline void add_tls_options(boost::program_options::options_description& description) {
    for (const char* name : {"tls-certificate", "tls-key", "tls-client-ca"}) {
        description.add_options()(name, boost::program_options::value<std::string>());
    }
}

/// What is given goes before what is in `files`.
inline void take_tls_options(const boost::program_options::variables_map& values,
                             sources::TlsFiles& files) {
    const auto take = [&](const char* name, std::string& path) {
        if (values.count(name) != 0) path = values[name].as<std::string>();
    };
    take("tls-certificate", files.certificate);
    take("tls-key", files.key);
    take("tls-client-ca", files.client_ca);
}

}  // namespace ci::cli
