// A capture file: the frames in it, whoever wrote it.
//
//   pcap     of either byte order, microseconds or nanoseconds, also Kuznetzov's with longer heads,
//            and the older versions that have a frame's two lengths turned
//   pcapng   any number of sections (of either byte order) and interfaces, each with its own link
//            type and units of time; blocks that are no frames are passed over
//
// Total: any bytes give frames or a reason. One frame is kept at a time.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "packets/file_input.h"
#include "packets/pcap_format.h"
#include "packets/pcapng_format.h"

namespace ci::packets {

class CaptureFile {
  public:
    explicit CaptureFile(FileInput::Read read) : input_(std::move(read)) {}

    /// Looks what it is. False: trouble() says why it cannot be read.
    bool open();

    /// failed: what came before is good, trouble() says what is wrong here.
    RecordState next(Record& frame);

    /// Of all frames; empty: each interface has its own.
    [[nodiscard]] std::optional<int> link_type() const;
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

  private:
    FileInput input_;
    std::variant<PcapFormat, PcapngFormat> format_;
    std::vector<std::byte> frame_;
    std::string trouble_;
};

}  // namespace ci::packets
