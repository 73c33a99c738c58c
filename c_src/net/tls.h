// The server side of TLS 1.2 and 1.3, over non-blocking sockets.
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
    std::string certificate;  ///< the server's certificate, then its intermediate certificates
    std::string key;
    std::string client_ca;  ///< required of clients; empty: any client may connect
};

class TlsSession {
  public:
    enum class State : std::uint8_t { bytes, wants_read, wants_write, ended, failed };
    struct Read {
        State state;
        std::size_t size = 0;
    };
    /// Continues the handshake first, as far as possible without waiting.
    [[nodiscard]] Read read(std::span<std::byte> room);
    /// Likewise; `size` is how much of `octets` was taken. May only be called for a server that
    /// waits for its clients to read.
    [[nodiscard]] Read write(std::span<const std::byte> octets);
    /// The handshake alone; State::bytes: it is done.
    [[nodiscard]] State handshake();
    /// Tells the peer that nothing more comes, if that is possible without waiting.
    void say_goodbye() noexcept;

    /// True if decrypted bytes are buffered, which a poll of the socket does not report.
    [[nodiscard]] bool has_more() const noexcept;
    [[nodiscard]] bool is_established() const noexcept;

  private:
    friend class TlsContext;
    struct Free {
        void operator()(ssl_st* session) const noexcept;
    };
    explicit TlsSession(ssl_st* session) noexcept : session_(session) {}
    [[nodiscard]] State state_of(int result) noexcept;
    std::unique_ptr<ssl_st, Free> session_;
};

class TlsContext {
  public:
    /// Reads the files once, here.
    static wire::expected<TlsContext, SocketError> load(const TlsFiles& files);

    /// The caller keeps `socket`. Null: no memory.
    [[nodiscard]] std::unique_ptr<TlsSession> accept(int socket) const;

  private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    explicit TlsContext(ssl_ctx_st* context) noexcept : context_(context) {}
    std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace ci::net
