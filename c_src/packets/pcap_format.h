// pcap: magic:4 version:2,2 zone:4 accuracy:4 snapshot:4 link type:4, then for each frame
// seconds:4 fraction:4 captured:4 length:4 and its octets.
#pragma once

#include <optional>

#include "packets/record.h"

namespace ci::packets {

class PcapFormat {
  public:
    PcapFormat() = default;

    /// Detects pcap by the first four octets. Empty: not pcap.
    static std::optional<PcapFormat> of(wire::Bytes magic);

    /// Reads the rest of the file header.
    bool begin(FileInput& input, std::string& trouble);
    RecordState next(FileInput& input, std::vector<std::byte>& frame, Record& record,
                     std::string& trouble);

    [[nodiscard]] int link_type() const noexcept { return link_type_; }

  private:
    enum class Lengths : std::uint8_t { captured_first, captured_last, unsure };

    ByteOrder order_;
    std::uint32_t per_micro_ = 1;  ///< units of the fraction in a microsecond
    std::size_t head_ = 16;        ///< octets of a frame's header
    Lengths lengths_ = Lengths::captured_first;
    int link_type_ = 0;
};

}  // namespace ci::packets
