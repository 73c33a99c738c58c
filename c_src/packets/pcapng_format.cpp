#include "packets/pcapng_format.h"

#include <algorithm>
#include <array>

namespace ci::packets {
namespace {

constexpr std::uint32_t block_frame = 12;  ///< kind, length, and the repeated length
enum BlockType : std::uint32_t { interface = 1, old_packet = 2, simple_packet = 3, packet = 6 };

constexpr bool is_packet(std::uint32_t kind) {
    return kind == BlockType::old_packet || kind == BlockType::simple_packet ||
           kind == BlockType::packet;
}

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    for (unsigned i = 0; i < exponent; ++i) power *= 10;
    return power;
}

}  // namespace

bool PcapngFormat::begin(FileInput& input, std::string& trouble) {
    return begin_section(input, trouble);
}

bool PcapngFormat::begin_section(FileInput& input, std::string& trouble) {
    constexpr std::uint32_t magic = 0x1a2b3c4d;
    constexpr std::uint32_t least = 28;
    std::array<std::byte, 8> head{};  // length and magic
    if (!input.fill(head)) {
        trouble = "truncated dump file: it ends within its head";
        return false;
    }
    const bool is_big = wire::be_at<std::uint32_t>(head, 4) == magic;
    if (!is_big && wire::le_at<std::uint32_t>(head, 4) != magic) {
        trouble = "unknown file format";
        return false;
    }
    order_ = ByteOrder(is_big);
    interfaces_.clear();
    Block block{section_header, 0, order_.at<std::uint32_t>(head, 0)};
    if (block.length < least) {
        trouble = damaged_at(input.at());
        return false;
    }
    block.left = block.length - block_frame - 4;
    return end(input, block, trouble);
}

/// Reads octets of the block's body. False: the file ends, or the body is too short.
bool PcapngFormat::read(FileInput& input, Block& block, std::span<std::byte> to) {
    if (block.left < to.size() || !input.fill(to)) return false;
    block.left -= to.size();
    return true;
}

/// Skips the rest of the block. Its length is rounded up to a multiple of four.
bool PcapngFormat::end(FileInput& input, const Block& block, std::string& trouble) {
    std::array<std::byte, 4> length{};
    const std::uint64_t padding = (4 - block.length % 4) % 4;
    if (!input.skip(block.left + padding) || !input.fill(length)) {
        trouble = "truncated dump file: it ends within a block";
        return false;
    }
    const auto again = order_.at<std::uint32_t>(length, 0);
    if (again == block.length || again == block.length + padding) return true;
    trouble = damaged_at(input.at() - length.size());
    return false;
}

RecordState PcapngFormat::next(FileInput& input, std::vector<std::byte>& frame, Record& record,
                               std::string& trouble) {
    for (;;) {
        std::array<std::byte, 4> word{};
        if (is_torn_) {
            trouble = ends_within;
            return RecordState::failed;
        }
        if (!input.fill(word)) {
            if (input.is_between()) return RecordState::end;
            trouble = ends_within;
            return RecordState::failed;
        }
        Block block;
        block.kind = order_.at<std::uint32_t>(word, 0);
        if (block.kind == section_header) {
            if (!begin_section(input, trouble)) return RecordState::failed;
            continue;
        }
        if (!input.fill(word)) {
            trouble = ends_within;
            return RecordState::failed;
        }
        block.length = order_.at<std::uint32_t>(word, 0);
        if (block.length < block_frame) {
            trouble = damaged_at(input.at() - word.size());
            return RecordState::failed;
        }
        block.left = block.length - block_frame;
        if (block.kind == BlockType::interface && !add_interface(input, block, trouble)) {
            return RecordState::failed;
        }
        const bool is_frame = is_packet(block.kind);
        if (is_frame && !read_frame(input, block, frame, record, trouble)) {
            return RecordState::failed;
        }
        if (end(input, block, trouble)) {
            if (is_frame) return RecordState::frame;
            continue;
        }
        if (!is_frame) return RecordState::failed;
        // The frame is whole even if its block is not.
        trouble.clear();
        is_torn_ = input.is_over();
        return RecordState::frame;
    }
}

bool PcapngFormat::add_interface(FileInput& input, Block& block, std::string& trouble) {
    std::array<std::byte, 8> head{};
    const std::string damaged = damaged_at(input.at());
    const auto refuse = [&] {
        trouble = input.is_over() ? ends_within : damaged;
        return false;
    };
    if (interfaces_.size() >= max_interfaces || !read(input, block, head)) return refuse();
    Interface one;
    one.link_type = order_.at<std::uint16_t>(head, 0);
    one.snapshot = order_.at<std::uint32_t>(head, 4);
    constexpr std::uint16_t end_of_options = 0;
    std::array<std::byte, 4> option{};
    while (block.left >= option.size()) {
        if (!read(input, block, option)) return refuse();
        const auto code = order_.at<std::uint16_t>(option, 0);
        const std::uint64_t length = order_.at<std::uint16_t>(option, 2);
        if (code == end_of_options) break;
        const std::uint64_t padded = std::min((length + 3) / 4 * 4, block.left);
        std::array<std::byte, 8> value{};
        const auto known =
            static_cast<std::size_t>(std::min<std::uint64_t>({length, value.size(), padded}));
        if (!read(input, block, std::span(value).first(known)) || !input.skip(padded - known)) {
            return refuse();
        }
        block.left -= padded - known;
        read_option(one, code, wire::Bytes(value).first(known));
    }
    interfaces_.push_back(one);
    return true;
}

void PcapngFormat::read_option(Interface& one, std::uint16_t code, wire::Bytes value) const {
    constexpr std::uint16_t resolution = 9, offset = 14;
    if (code == resolution && !value.empty()) {
        one.resolution = std::to_integer<std::uint8_t>(value[0]);
    }
    if (code == offset && value.size() == 8) {
        one.offset = static_cast<std::int64_t>(order_.at<std::uint64_t>(value, 0));
    }
}

bool PcapngFormat::read_frame(FileInput& input, Block& block, std::vector<std::byte>& frame,
                              Record& record, std::string& trouble) {
    const std::uint64_t begin = input.at();
    std::array<std::byte, 20> head{};
    const bool is_simple = block.kind == BlockType::simple_packet;
    const bool has_head = block.left >= (is_simple ? 4U : head.size());
    if (has_head && !read(input, block, std::span(head).first(is_simple ? 4 : head.size()))) {
        trouble = ends_within;
        return false;
    }
    const std::size_t number = is_simple ? 0
                               : block.kind == BlockType::old_packet
                                   ? order_.at<std::uint16_t>(head, 0)
                                   : order_.at<std::uint32_t>(head, 0);
    if (!has_head || number >= interfaces_.size()) {
        trouble = has_head ? "damaged dump file: a frame of an interface that it does not describe"
                           : damaged_at(begin);
        return false;
    }
    const Interface& one = interfaces_[number];
    record.link_type = one.link_type;
    std::uint32_t captured = 0;
    if (is_simple) {
        // A simple packet only has its original length; octets beyond it are padding.
        captured = order_.at<std::uint32_t>(head, 0);
        if (one.snapshot != 0) captured = std::min(captured, one.snapshot);
        captured = static_cast<std::uint32_t>(std::min<std::uint64_t>(captured, block.left));
        record.at = last_;
    } else {
        captured = order_.at<std::uint32_t>(head, 12);
        record.at = last_ = time_of(one, std::uint64_t{order_.at<std::uint32_t>(head, 4)} << 32U |
                                             order_.at<std::uint32_t>(head, 8));
    }
    if (captured > block.left || captured > max_frame) {
        trouble = damaged_at(begin);
        return false;
    }
    block.left -= captured;
    if (read_octets(input, captured, frame, record)) return true;
    trouble = ends_within;
    return false;
}

wire::Micros PcapngFormat::time_of(const Interface& one, std::uint64_t ticks) {
    constexpr unsigned million_exponent = 6;
    constexpr unsigned max_exponent = 19;  // the highest power of ten in 64 bits
    constexpr unsigned fits = 44;          // bits of a number that a million times fits 64 bits
    constexpr std::uint64_t million = 1'000'000;
    const unsigned exponent = one.resolution & 0x7fU;
    std::uint64_t seconds = 0;
    std::uint64_t micros = 0;
    if ((one.resolution & 0x80U) != 0) {
        seconds = exponent < 64 ? ticks >> exponent : 0;
        std::uint64_t part = exponent < 64 ? ticks - (seconds << exponent) : ticks;
        const unsigned unused = exponent > fits ? exponent - fits : 0;
        part = unused < 64 ? part >> unused : 0;
        micros = exponent == 0 ? 0 : part * million >> std::min(exponent, fits);
    } else if (exponent <= max_exponent) {
        const std::uint64_t second = power_of_ten(exponent);
        seconds = ticks / second;
        const std::uint64_t part = ticks % second;
        micros = exponent > million_exponent ? part / power_of_ten(exponent - million_exponent)
                                             : part * power_of_ten(million_exponent - exponent);
    } else {
        const unsigned beyond = exponent - million_exponent;
        micros = beyond <= max_exponent ? ticks / power_of_ten(beyond) : 0;
        seconds = micros / million;
        micros %= million;
    }
    const auto whole = static_cast<std::int64_t>(std::min<std::uint64_t>(seconds, latest_second));
    const std::int64_t offset = std::clamp(one.offset, -latest_second, latest_second);
    return std::clamp<std::int64_t>(whole + offset, 0, latest_second) * 1'000'000 +
           static_cast<std::int64_t>(micros);
}

}  // namespace ci::packets
