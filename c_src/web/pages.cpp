#include "web/pages.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include "web/http/gzip.h"
#include "web/http/problem.h"

namespace ci::web {
namespace {

namespace fs = std::filesystem;

struct Kind {
    std::string_view extension, type;
    bool is_packed;
};
constexpr Kind kinds[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".json", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".png", "image/png", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
    {".webmanifest", "application/manifest+json", true},
};
constexpr std::uintmax_t largest = 16U << 20U;

const Kind* kind_of(const fs::path& path) {
    const auto* found = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& kind) {
        return path.extension() == kind.extension;
    });
    return found == std::end(kinds) ? nullptr : found;
}

/// The same for the same octets, over restarts as well.
std::string tag_of(std::string_view octets) {
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const char c : octets) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    constexpr char digits[] = "0123456789abcdef";
    std::string tag = std::to_string(octets.size()) + "-";
    for (unsigned shift = 64; shift > 0; shift -= 4) tag += digits[(hash >> (shift - 4)) & 15U];
    return tag;
}

std::string joined(const std::vector<std::string>& path) {
    std::string name;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i].find('/') != std::string::npos) return "/";  // no file has such a name
        if (i > 0) name += '/';
        name += path[i];
    }
    return name.empty() || name.ends_with('/') ? name + "index.html" : name;
}

}  // namespace

Pages::Pages(const fs::path& directory) {
    std::error_code failed;
    for (fs::recursive_directory_iterator entry(directory, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        const std::string name = entry->path().lexically_relative(directory).generic_string();
        if (entry->path().filename().string().starts_with('.')) {
            entry.disable_recursion_pending();
        } else if (entry->symlink_status(failed).type() == fs::file_type::regular) {
            add(entry->path(), name);
        }
    }
}

void Pages::add(const fs::path& path, const std::string& name) {
    const Kind* const kind = kind_of(path);
    std::error_code failed;
    if (kind == nullptr || fs::file_size(path, failed) > largest || failed) return;
    std::ifstream stream(path, std::ios::binary);
    std::string octets(std::istreambuf_iterator<char>(stream), {});
    if (stream.bad()) return;
    File file{kind->type, tag_of(octets), {}, {}};
    if (kind->is_packed && octets.size() >= least_packed) {
        constexpr int smallest = 9;
        file.packed = std::make_shared<const std::string>(gzip(octets, smallest));
    }
    file.plain = std::make_shared<const std::string>(std::move(octets));
    files_[name] = std::move(file);
}

Response Pages::answer(const Request& request) const {
    const auto found = files_.find(joined(request.target.path));
    if (found == files_.end()) return problem(404, "there is nothing at this address");
    const File& file = found->second;
    const bool is_packed = request.takes_gzip && file.packed;
    const std::string tag = "\"" + file.tag + (is_packed ? "-gz\"" : "\"");
    Response response = with_text(std::string(file.type), {});
    response.fields = {{"ETag", tag}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}};
    if (names_tag(request.if_none_match, tag)) {
        response.status = 304;
        return response;
    }
    response.page = is_packed ? file.packed : file.plain;
    response.is_packed = is_packed;
    return response;
}

fs::path find_pages() {
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
    if (failed) return {};
    constexpr std::array places{"www", "../../priv/www", "../share/call_inspector/www"};
    for (const char* const place : places) {
        fs::path directory = (program / place).lexically_normal();
        if (fs::is_directory(directory, failed)) return directory;
    }
    return {};
}

}  // namespace ci::web
