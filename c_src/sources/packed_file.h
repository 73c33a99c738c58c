// Reads a file's octets in order, and decompresses gzip and zstd on the way. Only one buffer is
// held at a time, however much the file expands to.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "net/socket_error.h"
#include "os/descriptor.h"
#include "wire/result.h"

namespace ci::sources {

class PackedFile {
  public:
    /// Undoes one kind of compression.
    class Unpacker {
      public:
        virtual ~Unpacker() = default;
        struct Step {
            std::size_t taken = 0, given = 0;
            bool is_broken = false;
        };
        virtual Step unpack(std::span<const std::byte> from, std::span<std::byte> to) = 0;
        /// True if the input may end here.
        [[nodiscard]] virtual bool is_whole() const = 0;
    };

    /// Opens a regular file. Once `stopped` requests it, reads return the end of the file.
    static wire::expected<PackedFile, net::SocketError> open(const std::string& path,
                                                             std::stop_token stopped);

    /// Returns fewer bytes than asked for only at the end; trouble() says if the end came too
    /// early.
    std::size_t read(std::span<std::byte> to);
    [[nodiscard]] bool is_packed() const noexcept { return unpacker_ != nullptr; }
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

  private:
    PackedFile(os::Descriptor descriptor, std::stop_token stopped)
        : descriptor_(std::move(descriptor)), stopped_(std::move(stopped)), buffer_(64UL * 1'024) {}
    bool refill();

    os::Descriptor descriptor_;
    std::stop_token stopped_;
    std::unique_ptr<Unpacker> unpacker_;  ///< empty: not compressed
    std::vector<std::byte> buffer_;
    std::size_t begin_ = 0, end_ = 0;  ///< the unread bytes in buffer_
    bool is_over_ = false;
    std::string trouble_;
};

}  // namespace ci::sources
