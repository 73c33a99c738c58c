// The site's certificate and key, read again when they were renewed.
#pragma once

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <memory>

#include "net/tls.h"
#include "web/access/tokens_file.h"

namespace ci::web {

class Certificate {
  public:
    /// Throws std::runtime_error with a line for the operator.
    Certificate(net::TlsFiles files, Complaint complain);

    /// For a new connection, whose socket must not block; null: no memory. The files are looked at
    /// once a second at most. While they do not fit together, the last ones that did are used.
    [[nodiscard]] std::unique_ptr<net::TlsSession> session(int socket);

  private:
    using Stamps = std::array<timespec, 2>;
    [[nodiscard]] Stamps stamps() const noexcept;
    void look();

    const net::TlsFiles files_;
    const Complaint complain_;
    Stamps seen_;
    net::TlsContext context_;
    std::chrono::steady_clock::time_point looked_;
};

}  // namespace ci::web
