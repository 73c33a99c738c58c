// Files that the service writes for those who ask it: in one directory, never over another file,
// readable by the service's own user alone, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ci::commands {

/// The files of the directory together, in octets: whoever may ask could fill the disk otherwise.
inline constexpr std::uintmax_t most_exported = std::uintmax_t{1} << 30U;

/// A name of 200 letters, digits and .-_@+= at most, which neither begins with a dot nor hides an
/// option: it cannot lead out of the directory.
[[nodiscard]] bool is_export_name(std::string_view name) noexcept;

/// Writes a new file into `directory`, which is made if only it is missing. Returns why not; empty:
/// the file is there. Precondition: is_export_name(name).
[[nodiscard]] std::string export_file(const std::filesystem::path& directory,
                                      const std::string& name, std::string_view octets,
                                      std::uintmax_t most = most_exported);

/// Writes a new file anywhere, likewise.
[[nodiscard]] std::string write_new_file(const std::filesystem::path& path,
                                         std::string_view octets);

}  // namespace ci::commands
