// Reads the octets of a capture file in order and keeps none of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "wire/reader.h"

namespace ci::packets {

class FileInput {
  public:
    /// Fills the span and returns the octets read; fewer than its size only at the file's end.
    using Read = std::function<std::size_t(std::span<std::byte>)>;

    explicit FileInput(Read read) : read_(std::move(read)) {}

    /// False: the file ends first. Then is_between() tells whether it ended exactly here.
    bool fill(std::span<std::byte> to) {
        const std::size_t got = to.empty() ? 0 : read_(to);
        is_between_ = got == 0;
        is_over_ = is_over_ || got < to.size();
        at_ += got;
        return got == to.size();
    }
    bool skip(std::uint64_t count) {
        std::array<std::byte, 4'096> scratch{};
        while (count > 0) {
            const auto part =
                static_cast<std::size_t>(std::min<std::uint64_t>(count, scratch.size()));
            if (!fill(std::span(scratch).first(part))) return false;
            count -= part;
        }
        return true;
    }
    [[nodiscard]] bool is_between() const noexcept { return is_between_; }
    /// The file ended before octets that were asked for.
    [[nodiscard]] bool is_over() const noexcept { return is_over_; }
    /// Octets read so far.
    [[nodiscard]] std::uint64_t at() const noexcept { return at_; }

  private:
    Read read_;
    std::uint64_t at_ = 0;
    bool is_between_ = false, is_over_ = false;
};

/// Numbers of a file in the byte order of the machine that wrote it.
class ByteOrder {
  public:
    explicit ByteOrder(bool is_big = false) : is_big_(is_big) {}
    template <class Int>
    [[nodiscard]] Int at(wire::Bytes bytes, std::size_t place) const noexcept {
        return is_big_ ? wire::be_at<Int>(bytes, place) : wire::le_at<Int>(bytes, place);
    }

  private:
    bool is_big_;
};

}  // namespace ci::packets
