// pcapng (draft-ietf-opsawg-pcapng): blocks of kind:4 length:4 body length:4. Each section begins
// with a header block that sets the byte order, and numbers its interfaces anew.
#pragma once

#include <vector>

#include "packets/record.h"

namespace ci::packets {

class PcapngFormat {
  public:
    static constexpr std::uint32_t section_header = 0x0a0d0d0a;  ///< in either byte order
    static constexpr std::size_t max_interfaces = 65'536;        ///< of a section

    /// Reads the rest of the first block, behind its kind.
    bool begin(FileInput& input, std::string& trouble);
    RecordState next(FileInput& input, std::vector<std::byte>& frame, Record& record,
                     std::string& trouble);

  private:
    struct Interface {
        int link_type = 0;
        std::uint32_t snapshot = 0;  ///< snapshot length; 0: unlimited
        std::uint8_t resolution = 6;
        std::int64_t offset = 0;  ///< seconds
    };
    struct Block {
        std::uint32_t kind = 0;
        std::uint64_t left = 0;  ///< octets of its body not yet read
        std::uint32_t length = 0;
    };

    bool begin_section(FileInput& input, std::string& trouble);
    bool read(FileInput& input, Block& block, std::span<std::byte> to);
    bool end(FileInput& input, const Block& block, std::string& trouble);
    bool add_interface(FileInput& input, Block& block, std::string& trouble);
    void read_option(Interface& one, std::uint16_t code, wire::Bytes value) const;
    bool read_frame(FileInput& input, Block& block, std::vector<std::byte>& frame, Record& record,
                    std::string& trouble);
    static wire::Micros time_of(const Interface& one, std::uint64_t ticks);

    ByteOrder order_;
    std::vector<Interface> interfaces_;
    bool is_torn_ = false;   ///< the file ended behind a frame but within its block
    wire::Micros last_ = 0;  ///< time of the frame before, used for simple packets, which have none
};

}  // namespace ci::packets
