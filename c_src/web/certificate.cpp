#include "web/certificate.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ci::web {
namespace {

net::TlsContext loaded(const net::TlsFiles& files) {
    auto context = net::TlsContext::load(files);
    if (!context) throw std::runtime_error(context.error().why);
    return *std::move(context);
}

}  // namespace

Certificate::Certificate(net::TlsFiles files, Complaint complain)
    : files_(std::move(files)),
      complain_(std::move(complain)),
      seen_(stamps()),
      context_(loaded(files_)),
      looked_(std::chrono::steady_clock::now()) {}

/// A file that is not there has none. Renewed files are new ones, or written anew: either way their
/// state changed.
Certificate::Stamps Certificate::stamps() const noexcept {
    Stamps stamps{};
    struct stat seen {};
    if (::stat(files_.certificate.c_str(), &seen) == 0) stamps[0] = seen.st_ctim;
    if (::stat(files_.key.c_str(), &seen) == 0) stamps[1] = seen.st_ctim;
    return stamps;
}

void Certificate::look() {
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ < std::chrono::seconds(1)) return;
    looked_ = now;
    const Stamps stamps = this->stamps();
    const bool is_same =
        std::equal(stamps.begin(), stamps.end(), seen_.begin(), [](const auto& a, const auto& b) {
            return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
        });
    if (is_same) return;
    seen_ = stamps;
    auto context = net::TlsContext::load(files_);
    if (context) {
        context_ = *std::move(context);
        complain_("the renewed certificate is in use");
    } else {
        complain_("the renewed certificate cannot be used: " + context.error().why);
    }
}

std::unique_ptr<net::TlsSession> Certificate::session(int socket) {
    look();
    return context_.accept(socket);
}

}  // namespace ci::web
