// The file of tokens, read again when it has changed.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "web/access/tokens.h"

namespace ci::web {

/// Told to the operator.
using Complaint = std::function<void(const std::string& text)>;

class TokensFile {
  public:
    /// Throws std::runtime_error with a line for the operator if it cannot be read, or has no
    /// token.
    TokensFile(std::filesystem::path path, Complaint complain);

    /// What is in it now. It is looked at once a second at most; a file that cannot be read has no
    /// tokens, as it may be there to shut somebody out.
    [[nodiscard]] const Tokens& now();

  private:
    void read();
    [[nodiscard]] std::string try_to_read(Tokens& tokens);

    const std::filesystem::path path_;
    const Complaint complain_;
    Tokens tokens_;
    struct stat seen_ {};
    std::string trouble_;  ///< why it cannot be read; empty: it can
    std::chrono::steady_clock::time_point looked_;
};

}  // namespace ci::web
