#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <system_error>

#include "os/library.h"

namespace ci::net {
namespace {

CI_LATE(os::openssl, ERR_clear_error);
CI_LATE(os::openssl, ERR_get_error);
CI_LATE(os::openssl, ERR_reason_error_string);
CI_LATE(os::openssl, SSL_CTX_ctrl);
CI_LATE(os::openssl, SSL_CTX_free);
CI_LATE(os::openssl, SSL_CTX_load_verify_file);
CI_LATE(os::openssl, SSL_CTX_new);
CI_LATE(os::openssl, SSL_CTX_set_client_CA_list);
CI_LATE(os::openssl, SSL_CTX_set_default_passwd_cb);
CI_LATE(os::openssl, SSL_CTX_set_num_tickets);
CI_LATE(os::openssl, SSL_CTX_set_options);
CI_LATE(os::openssl, SSL_CTX_set_verify);
CI_LATE(os::openssl, SSL_CTX_use_PrivateKey_file);
CI_LATE(os::openssl, SSL_CTX_use_certificate_chain_file);
CI_LATE(os::openssl, SSL_do_handshake);
CI_LATE(os::openssl, SSL_free);
CI_LATE(os::openssl, SSL_get_error);
CI_LATE(os::openssl, SSL_is_init_finished);
CI_LATE(os::openssl, SSL_load_client_CA_file);
CI_LATE(os::openssl, SSL_new);
CI_LATE(os::openssl, SSL_pending);
CI_LATE(os::openssl, SSL_read_ex);
CI_LATE(os::openssl, SSL_set_accept_state);
CI_LATE(os::openssl, SSL_set_fd);
CI_LATE(os::openssl, SSL_shutdown);
CI_LATE(os::openssl, SSL_write_ex);
CI_LATE(os::openssl, TLS_server_method);

/// One failure may leave several errors; the first names the cause.
SocketError tls_error(const std::string& what) {
    const auto error = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(error)) {
        return {"TLS: " + what + ": " + std::system_category().message(ERR_GET_REASON(error))};
    }
    const char* reason = ERR_reason_error_string(error);
    return {"TLS: " + what + ": " + (reason != nullptr ? reason : "unknown error")};
}

/// A key with a passphrase is an error; the default would ask on the terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
    return 0;
}

void only_what_is_needed(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // Senders often close without close_notify. A packet cut short by that is noticed by its
    // length.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // No tickets: the server never writes to a sender, which might not read.
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // There are many idle connections, so their buffers are released.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    // What a full socket did not take is offered again, from another place perhaps.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_default_passwd_cb(context, no_password);
}

bool require_clients_of(SSL_CTX* context, const std::string& client_ca) {
    if (SSL_CTX_load_verify_file(context, client_ca.c_str()) != 1) return false;
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(client_ca.c_str()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return true;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}
void TlsSession::Free::operator()(ssl_st* session) const noexcept {
    SSL_free(session);
}

wire::expected<TlsContext, SocketError> TlsContext::load(const TlsFiles& files) {
    if (files.certificate.empty() || files.key.empty()) {
        return SocketError{"TLS needs a certificate and a key, and none are configured"};
    }
    TlsContext result(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const context = result.context_.get();
    if (context == nullptr) return tls_error("no context");
    only_what_is_needed(context);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
        return tls_error("cannot use certificate " + files.certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return tls_error("cannot use key " + files.key);
    }
    if (!files.client_ca.empty() && !require_clients_of(context, files.client_ca)) {
        return tls_error("cannot use client CA " + files.client_ca);
    }
    return result;
}

std::unique_ptr<TlsSession> TlsContext::accept(int socket) const {
    auto session = std::unique_ptr<TlsSession>(new TlsSession(SSL_new(context_.get())));
    SSL* const ssl = session->session_.get();
    if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) return nullptr;
    SSL_set_accept_state(ssl);
    return session;
}

TlsSession::State TlsSession::state_of(int result) noexcept {
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return State::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return State::wants_write;
        case SSL_ERROR_ZERO_RETURN:
        case SSL_ERROR_SYSCALL:  // the peer closed the connection
            return State::ended;
        default:
            ERR_clear_error();
            return State::failed;
    }
}

TlsSession::Read TlsSession::read(std::span<std::byte> room) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(session_.get(), room.data(), room.size(), &size);
    return result == 1 ? Read{State::bytes, size} : Read{state_of(result)};
}

TlsSession::Read TlsSession::write(std::span<const std::byte> octets) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(session_.get(), octets.data(), octets.size(), &size);
    return result == 1 ? Read{State::bytes, size} : Read{state_of(result)};
}

TlsSession::State TlsSession::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    return result == 1 ? State::bytes : state_of(result);
}

void TlsSession::say_goodbye() noexcept {
    ERR_clear_error();
    if (is_established()) SSL_shutdown(session_.get());
    ERR_clear_error();
}

bool TlsSession::has_more() const noexcept {
    return SSL_pending(session_.get()) > 0;
}

bool TlsSession::is_established() const noexcept {
    return SSL_is_init_finished(session_.get()) == 1;
}

}  // namespace ci::net
