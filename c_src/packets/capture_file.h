// Reads the frames of a capture file.
//
//   pcap     either byte order, microseconds or nanoseconds; also Kuznetzov's variant with longer
//            frame heads, and the older versions that swap a frame's two lengths
//   pcapng   any number of sections (of either byte order) and interfaces, each with its own link
//            type and unit of time; blocks that hold no frame are skipped
//
// Total: any bytes give frames or an error text. One frame is kept in memory at a time.
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

    /// Detects the format. False: trouble() says why the file cannot be read.
    bool open();

    /// failed: the frames before are good, and trouble() says what is wrong here.
    RecordState next(Record& frame);

    /// The link type of all frames (pcap). Empty: each interface has its own (pcapng).
    [[nodiscard]] std::optional<int> link_type() const;
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

  private:
    FileInput input_;
    std::variant<PcapFormat, PcapngFormat> format_;
    std::vector<std::byte> frame_;
    std::string trouble_;
};

}  // namespace ci::packets
