// Reads a capture file as if it were captured now, but with the file's timestamps.
#pragma once

#include <stop_token>
#include <string>

#include "net/socket_error.h"
#include "sources/frame_counters.h"
#include "sources/source.h"
#include "wire/result.h"

namespace ci::sources {

class PacketImport : public Source {
  public:
    /// `takes_hep`: HEP in the file is treated as if it had been sent to this program.
    PacketImport(std::string path, bool takes_hep, const SwitchSettings& switches, Sink sink);

    /// Reads the file to its end, or until `stopped` requests the end. An error may occur after
    /// much was read; the counters tell how much. Call once.
    wire::expected<bool, net::SocketError> run(const std::stop_token& stopped);

    [[nodiscard]] std::string_view type() const override { return "import"; }
    [[nodiscard]] int receive_buffer() const override { return 0; }
    [[nodiscard]] std::optional<FrameStats> frames() const override {
        return frame_counters_.read();
    }

  private:
    std::string path_;
    bool takes_hep_;
    FrameCounters frame_counters_;
};

}  // namespace ci::sources
