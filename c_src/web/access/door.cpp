#include "web/access/door.h"

#include <ctime>
#include <utility>

#include "sip/text.h"
#include "web/access/secret.h"
#include "web/http/problem.h"

namespace ci::web {
namespace {

using Clock = Sessions::Clock;

std::int64_t unix_time() noexcept {
    return std::time(nullptr);
}

Response not_let_in(std::string_view why) {
    Response response = problem(401, why);
    response.fields.emplace_back("WWW-Authenticate", "Bearer realm=\"call_inspector\"");
    return response;
}

/// Without blanks; empty: another scheme.
std::string_view bearer(std::string_view authorization) noexcept {
    constexpr std::string_view scheme = "bearer ";
    if (!sip::equal_without_case(authorization.substr(0, scheme.size()), scheme)) return {};
    authorization.remove_prefix(scheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    return authorization;
}

/// Of a Cookie header (RFC 6265 5.4); empty: it has none of that name.
std::string_view cookie_in(std::string_view header) noexcept {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(';'), header.size());
        std::string_view one = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        const std::size_t equals = one.find('=');
        if (equals != std::string_view::npos && one.substr(0, equals) == cookie_name) {
            return one.substr(equals + 1);
        }
    }
    return {};
}

std::string set_cookie(const std::string& value, std::string_view more) {
    return std::string(cookie_name) + "=" + value + "; Path=/; Secure; HttpOnly; SameSite=Strict" +
           std::string(more);
}

/// Of nobody: what is tried for a name that there is not, so that it takes as long.
const std::string& nobodys_password() {
    static const std::string kept = scrypt_of(new_secret());
    return kept;
}

}  // namespace

std::shared_ptr<const calls::Sight> Who::sight() const {
    static const auto everything =
        std::make_shared<const calls::Sight>(calls::Sight{{true, {}, {}, {}}, true});
    return token ? token->sight : everything;
}

Door::Door(const std::filesystem::path& tokens, Complaint complain)
    : file_(std::make_unique<TokensFile>(tokens, std::move(complain))) {}

Response Door::refuse(const wire::Address& from, std::string_view why) {
    const auto now = Clock::now();
    const os::MutexLock lock(mutex_);
    const bool are_too_many = tries_.are_too_many(from, now);
    if (!are_too_many) tries_.failed(from, now);
    ++(are_too_many ? held_off_ : refused_);
    if (!are_too_many) return not_let_in(why);
    Response response = problem(429, "too many wrong tries from your address");
    response.fields.emplace_back("Retry-After", "60");
    return response;
}

wire::expected<Who, Response> Door::by_secret(std::string_view secret, const wire::Address& from) {
    TokenPointer found;
    if (is_secret(secret)) {
        const std::string hash = sha256(secret);
        const os::MutexLock lock(mutex_);
        for (const TokenPointer& one : file_->now().all) {
            if (are_equal(one->sha256, hash)) found = one;
        }
    }
    if (found && !found->is_over(unix_time())) return Who{std::move(found), {}};
    return refuse(from, "this token is not known, or is over");
}

Door::TokenPointer Door::of_session(const std::string& key) {
    const Tokens& tokens = file_->now();
    const std::string* const line = sessions_.line_of(key, Clock::now());
    if (line == nullptr) return nullptr;
    for (const TokenPointer& one : tokens.all) {
        if (one->line == *line && !one->is_over(unix_time())) return one;
    }
    return nullptr;
}

std::optional<Who> Door::by_cookie(std::string_view cookie) {
    if (!is_secret(cookie)) return std::nullopt;
    std::string key = sha256(cookie);
    const os::MutexLock lock(mutex_);
    TokenPointer token = of_session(key);
    if (!token) return std::nullopt;
    return Who{std::move(token), std::move(key)};
}

wire::expected<Who, Response> Door::admit(const Request& request) {
    if (is_open()) return Who{};
    if (!request.authorization.empty()) {
        return by_secret(bearer(request.authorization), request.from.address);
    }
    auto who = by_cookie(cookie_in(request.cookie));
    // A cookie that is over is nobody's try at anything.
    if (!who) return not_let_in("log in, or send Authorization: Bearer TOKEN");
    const bool reads = request.method == Method::get || request.method == Method::head;
    const bool is_of_page = !request.origin.empty() || !request.fetch_site.empty();
    if (!reads && !is_of_page) {
        return problem(403, "with a cookie only this site's own pages may do that");
    }
    return *std::move(who);
}

wire::expected<Who, Response> Door::log_in(std::string_view name, std::string_view secret,
                                           const wire::Address& from) {
    if (is_open()) return problem(409, "there is no login here");
    if (name.empty()) return by_secret(secret, from);
    TokenPointer found;
    bool is_held_off = false;
    {
        const os::MutexLock lock(mutex_);
        is_held_off = tries_.are_too_many(from, Clock::now());
        for (const TokenPointer& one : file_->now().all) {
            if (one->name == name && !one->scrypt.empty()) found = one;
        }
    }
    constexpr std::string_view why = "name or password is wrong, or they are over";
    if (is_held_off) return refuse(from, why);  // and the password is not even looked at
    const bool is_right = is_password(secret, found ? found->scrypt : nobodys_password());
    if (is_right && found && !found->is_over(unix_time())) return Who{std::move(found), {}};
    return refuse(from, why);
}

std::string Door::begin_session(const Who& who) {
    const std::string cookie = new_secret();
    const os::MutexLock lock(mutex_);
    sessions_.begin(sha256(cookie), who.token->line, Clock::now());
    return set_cookie(cookie, "");
}

std::string Door::end_session(const Who& who) {
    const os::MutexLock lock(mutex_);
    sessions_.end(who.session);
    return set_cookie("", "; Max-Age=0");
}

bool Door::is_valid(const Who& who) {
    if (!who.token) return true;
    if (who.token->is_over(unix_time())) return false;
    const os::MutexLock lock(mutex_);
    if (!who.session.empty()) return of_session(who.session) != nullptr;
    for (const TokenPointer& one : file_->now().all) {
        if (one->line == who.token->line) return true;
    }
    return false;
}

}  // namespace ci::web
