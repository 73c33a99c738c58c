// A capture file's octets: pcap with nanoseconds, or pcapng with a comment for each frame.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "packets/synthesis/sent.h"

namespace ci::synthesis {

enum class Format : std::uint8_t { pcap, pcapng };

class CaptureText {
  public:
    /// `comment`: on the whole file, in pcapng. Valid UTF-8, as those of frames.
    CaptureText(Format format, std::string_view comment);

    /// Times beyond what the format can hold become its last one: in pcap the year 2106.
    void add(const Frame& frame);

    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    void add_record(const Frame& frame);
    void add_block(std::uint32_t kind, std::string_view body);

    Format format_;
    std::string text_;
};

}  // namespace ci::synthesis
