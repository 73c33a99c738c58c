#include "broker/session.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <string_view>

namespace ci::broker {
namespace {

constexpr amqp_channel_t channel = 1;
constexpr int heartbeat = 30;             // seconds
constexpr int max_frame = 131'072;        // bytes
constexpr timeval connect_timeout{5, 0};  // for each of: connecting, logging in, an answer
constexpr int queue_ttl_ms = 60'000;      // these three and the exchanges: as Kazoo's inspector
constexpr int queue_length = 100;
constexpr std::uint16_t prefetch = 50;

amqp_bytes_t bytes(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}
std::string text(const amqp_bytes_t& bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}

/// "NOT_ALLOWED - vhost x not found"
std::string describe(const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        return text(static_cast<const amqp_connection_close_t*>(method.decoded)->reply_text);
    }
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        return text(static_cast<const amqp_channel_close_t*>(method.decoded)->reply_text);
    }
    if (method.id == AMQP_BASIC_CANCEL_METHOD) return "the queue was deleted";
    return amqp_method_name(method.id);
}

std::string describe(const amqp_rpc_reply_t& reply) {
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) return describe(reply.reply);
    return amqp_error_string2(reply.library_error);
}

amqp_socket_t* new_tls_socket(amqp_connection_state_t connection, const Options& options) {
    amqp_socket_t* socket = amqp_ssl_socket_new(connection);
    if (socket == nullptr) throw Broken("TLS cannot be had");
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    if (options.ca.empty()) {
        auto* context = static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket));
        if (SSL_CTX_set_default_verify_paths(context) != 1) throw Broken("the system has no CAs");
    } else if (amqp_ssl_socket_set_cacert(socket, options.ca.c_str()) != AMQP_STATUS_OK) {
        throw Broken("cannot use the CA file " + options.ca);
    }
    if (!options.certificate.empty() &&
        amqp_ssl_socket_set_key(socket, options.certificate.c_str(), options.key.c_str()) !=
            AMQP_STATUS_OK) {
        throw Broken("cannot use the certificate " + options.certificate + " with the key " +
                     options.key);
    }
    return socket;
}

}  // namespace

Session::Session(const Url& url, const Options& options) : connection_(amqp_new_connection()) {
    if (!connection_) throw Broken("no memory");
    amqp_socket_t* socket = url.is_tls ? new_tls_socket(connection_.get(), options)
                                       : amqp_tcp_socket_new(connection_.get());
    if (socket == nullptr) throw Broken("no memory");
    amqp_set_handshake_timeout(connection_.get(), &connect_timeout);
    amqp_set_rpc_timeout(connection_.get(), &connect_timeout);
    const int failed =
        amqp_socket_open_noblock(socket, url.host.c_str(), url.port, &connect_timeout);
    if (failed == AMQP_STATUS_SOCKET_ERROR) throw Broken("nobody accepts connections there");
    if (failed != AMQP_STATUS_OK) throw Broken(amqp_error_string2(failed));
}

void Session::login(const Url& url) {
    const auto reply = amqp_login(connection_.get(), url.vhost.c_str(), 0, max_frame, heartbeat,
                                  AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str());
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw Broken("login: " + describe(reply));
    amqp_channel_open(connection_.get(), channel);
    must("channel");
}

void Session::must(const char* what) const {
    const auto reply = amqp_get_rpc_reply(connection_.get());
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    throw Broken(std::string(what) + ": " + describe(reply));
}

void Session::consume(const std::string& queue) {
    amqp_connection_state_t connection = connection_.get();
    const amqp_bytes_t name = bytes(queue);
    struct Exchange {
        const char *name, *type;
        amqp_bytes_t binding;
    };
    const Exchange exchanges[] = {{"monitor", "topic", bytes("call_inspector.*")},
                                  {"targeted", "direct", name}};
    std::array<amqp_table_entry_t, 2> entries{};
    entries[0].key = bytes("x-message-ttl");
    entries[0].value.kind = AMQP_FIELD_KIND_I32;
    entries[0].value.value.i32 = queue_ttl_ms;
    entries[1].key = bytes("x-max-length");
    entries[1].value.kind = AMQP_FIELD_KIND_I32;
    entries[1].value.value.i32 = queue_length;
    const amqp_table_t arguments{entries.size(), entries.data()};
    amqp_queue_declare(connection, channel, name, 0, 0, 0, 1, arguments);
    must("queue");
    for (const Exchange& one : exchanges) {
        amqp_exchange_declare(connection, channel, bytes(one.name), bytes(one.type), 0, 0, 0, 0,
                              amqp_empty_table);
        must(one.name);
        amqp_queue_bind(connection, channel, name, bytes(one.name), one.binding, amqp_empty_table);
        must(one.name);
    }
    amqp_basic_qos(connection, channel, 0, prefetch, 0);
    must("prefetch");
    constexpr amqp_boolean_t no_local = 0, no_ack = 1, exclusive = 1;
    amqp_basic_consume(connection, channel, name, amqp_empty_bytes, no_local, no_ack, exclusive,
                       amqp_empty_table);
    must("consume");
}

void Session::publish(const Outgoing& outgoing) {
    using std::chrono::microseconds;
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_TIMESTAMP_FLAG;
    properties.content_type = bytes("application/json");
    properties.timestamp =
        static_cast<std::uint64_t>(std::chrono::duration_cast<microseconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());  // microseconds, as Kazoo has them
    amqp_table_entry_t to{};
    if (outgoing.deliver_to_pid) {
        to.key = bytes("Deliver-To-PID");
        to.value.kind = AMQP_FIELD_KIND_UTF8;
        to.value.value.bytes = bytes(*outgoing.deliver_to_pid);
        properties._flags |= AMQP_BASIC_HEADERS_FLAG;
        properties.headers = {1, &to};
    }
    const int failed =
        amqp_basic_publish(connection_.get(), channel, bytes(outgoing.exchange),
                           bytes(outgoing.key), 0, 0, &properties, bytes(outgoing.body));
    if (failed != AMQP_STATUS_OK) throw Broken(amqp_error_string2(failed));
}

std::optional<std::string> Session::next() {
    amqp_connection_state_t connection = connection_.get();
    while (true) {
        amqp_maybe_release_buffers(connection);
        amqp_envelope_t envelope{};
        const timeval at_once{0, 0};
        const auto reply = amqp_consume_message(connection, &envelope, &at_once, 0);
        if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
            std::string body = text(envelope.message.body);
            amqp_destroy_envelope(&envelope);
            return body;
        }
        if (reply.library_error == AMQP_STATUS_TIMEOUT) return std::nullopt;
        if (reply.library_error != AMQP_STATUS_UNEXPECTED_STATE) throw Broken(describe(reply));
        handle_frame();
    }
}

/// Takes a frame other than a message, mostly the broker's close.
void Session::handle_frame() {
    amqp_frame_t frame{};
    const int failed = amqp_simple_wait_frame(connection_.get(), &frame);
    if (failed != AMQP_STATUS_OK) throw Broken(amqp_error_string2(failed));
    if (frame.frame_type != AMQP_FRAME_METHOD) return;
    constexpr amqp_method_number_t ends[] = {AMQP_CONNECTION_CLOSE_METHOD,
                                             AMQP_CHANNEL_CLOSE_METHOD, AMQP_BASIC_CANCEL_METHOD};
    for (const auto end : ends) {
        if (frame.payload.method.id == end) throw Broken(describe(frame.payload.method));
    }
}

void Session::close() {
    (void)amqp_connection_close(connection_.get(), AMQP_REPLY_SUCCESS);
}

}  // namespace ci::broker
