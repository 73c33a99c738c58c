// The server's side of TLS 1.2 and 1.3, over sockets that do not block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "net/socket_error.h"
#include "wire/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ci::net {

/// Paths of PEM files.
struct TlsFiles {
    std::string certificate;  ///< ours, and behind it those that it stands on
    std::string key;
    std::string client_ca;  ///< empty: any client may come; else only those whom these vouch for
};

class TlsSession {
  public:
    enum class State : std::uint8_t { bytes, wants_read, wants_write, ended, failed };
    struct Read {
        State state;
        std::size_t size = 0;
    };
    /// Does the handshake first, as far as it goes without waiting.
    [[nodiscard]] Read read(std::span<std::byte> room);

    /// Bytes that are here already: no poll will tell of them.
    [[nodiscard]] bool has_more() const noexcept;
    [[nodiscard]] bool is_established() const noexcept;

  private:
    friend class TlsContext;
    struct Free {
        void operator()(ssl_st* session) const noexcept;
    };
    explicit TlsSession(ssl_st* session) noexcept : session_(session) {}
    std::unique_ptr<ssl_st, Free> session_;
};

class TlsContext {
  public:
    /// Reads the files now and never again.
    static wire::expected<TlsContext, SocketError> load(const TlsFiles& files);

    /// `socket` stays the caller's. Null: no memory.
    [[nodiscard]] std::unique_ptr<TlsSession> accept(int socket) const;

  private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    explicit TlsContext(ssl_ctx_st* context) noexcept : context_(context) {}
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace ci::net
