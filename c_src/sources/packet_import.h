// A capture file read at once, as if it were captured now; the times are those of the file.
#pragma once

#include <atomic>
#include <string>

#include "net/socket_error.h"
#include "sources/frame_counters.h"
#include "sources/source.h"
#include "wire/result.h"

namespace ci::sources {

class PacketImport : public Source {
  public:
    /// `takes_hep`: HEP in the file is taken as if it had been sent to us.
    PacketImport(std::string path, bool takes_hep, const SwitchSettings& switches, Sink sink);

    /// Reads all of it, or until `stopped`. An error may have come after much was read; the
    /// counters tell. Once.
    wire::expected<bool, net::SocketError> run(const std::atomic<bool>& stopped);

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
