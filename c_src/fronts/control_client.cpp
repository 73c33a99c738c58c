#include "fronts/control_client.h"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <stdexcept>

#include "fronts/control_protocol.h"

namespace ci::fronts {

namespace asio = boost::asio;

std::filesystem::path default_socket() {
    if (const char* path = std::getenv("CALL_INSPECTOR_SOCKET"); path != nullptr && *path != '\0') {
        return path;
    }
    if (::geteuid() == 0) return "/run/call_inspector/control.sock";
    if (const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        runtime != nullptr && *runtime == '/') {
        return std::filesystem::path(runtime) / "call_inspector/control.sock";
    }
    return "/tmp/call_inspector-" + std::to_string(::geteuid()) + "/control.sock";
}

commands::Outcome ask(const std::filesystem::path& path, std::span<const std::string> words) {
    const auto question = encode_question(words);
    if (!question) throw std::runtime_error("arguments too long");
    asio::io_context context;
    asio::local::stream_protocol::socket socket(context);
    boost::system::error_code failure;
    socket.connect(path.string(), failure);
    if (failure) {
        throw NoInspector("no inspector answers at " + path.string() + ": " + failure.message());
    }
    std::string stream;
    // A write error is ignored: a refused client gets an answer, too.
    asio::write(socket, asio::buffer(*question), failure);
    asio::read(socket, asio::dynamic_buffer(stream), failure);
    auto answer = decode_answer(stream);
    if (!answer) throw std::runtime_error("the inspector at " + path.string() + " went away");
    return *std::move(answer);
}

}  // namespace ci::fronts
