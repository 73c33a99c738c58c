// Who is let in, and as whom: by a token in each request, or by a cookie after a login.
//
// All functions may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "calls/scope.h"
#include "os/mutex.h"
#include "web/access/sessions.h"
#include "web/access/tokens_file.h"
#include "web/access/tries.h"
#include "web/http/message.h"
#include "wire/result.h"

namespace ci::web {

/// One who was let in.
struct Who {
    std::shared_ptr<const Token> token;  ///< null: there is no login, and everybody may do all
    std::string session;                 ///< its key; empty: the request itself had the token

    [[nodiscard]] std::string_view name() const noexcept {
        return token ? std::string_view(token->name) : std::string_view();
    }
    [[nodiscard]] bool has(Right right) const noexcept { return !token || token->has(right); }
    [[nodiscard]] std::shared_ptr<const calls::Sight> sight() const;
};

inline constexpr std::string_view cookie_name = "__Host-call_inspector";

class Door {
  public:
    /// Open to everybody.
    Door() = default;
    /// Throws std::runtime_error, as TokensFile does.
    Door(const std::filesystem::path& tokens, Complaint complain);

    [[nodiscard]] bool is_open() const noexcept { return !file_; }

    /// Or 401, or 429 for one who tried too often. A token that is right is always let in: nobody
    /// can be locked out by one who shares an address.
    [[nodiscard]] wire::expected<Who, Response> admit(const Request& request);

    /// Likewise by what was typed into the login page. An empty `name`: the secret is a token. With
    /// a name it takes as long as a password does, whether there is such a name or not.
    [[nodiscard]] wire::expected<Who, Response> log_in(std::string_view name,
                                                       std::string_view secret,
                                                       const wire::Address& from);
    /// For a browser: what Set-Cookie says to begin a session, and to end it.
    [[nodiscard]] std::string begin_session(const Who& who);
    [[nodiscard]] std::string end_session(const Who& who);

    /// False: the token is gone, changed or over, or the session is.
    [[nodiscard]] bool is_valid(const Who& who);

    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
    [[nodiscard]] std::uint64_t held_off() const noexcept { return held_off_; }

  private:
    using TokenPointer = std::shared_ptr<const Token>;

    [[nodiscard]] wire::expected<Who, Response> by_secret(std::string_view secret,
                                                          const wire::Address& from);
    [[nodiscard]] std::optional<Who> by_cookie(std::string_view cookie);
    [[nodiscard]] TokenPointer of_session(const std::string& key) REQUIRES(mutex_);
    [[nodiscard]] Response refuse(const wire::Address& from, std::string_view why);

    os::Mutex mutex_;
    std::unique_ptr<TokensFile> file_;  ///< null: open; what it says is guarded by mutex_
    Sessions sessions_ GUARDED_BY(mutex_);
    Tries tries_ GUARDED_BY(mutex_);
    std::atomic<std::uint64_t> refused_{0}, held_off_{0};
};

}  // namespace ci::web
