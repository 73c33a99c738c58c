#include "commands/kazoo_export.h"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>

#include "commands/kazoo_term.h"
#include "store/calls/call_files.h"
#include "store/disk/directory_walk.h"
#include "store/disk/disk.h"
#include "store/disk/file.h"
#include "store/disk/file_io.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"

namespace ci::commands {
namespace {

constexpr std::chrono::seconds settling{10};

class Export {
  public:
    Export(inspector::Inspector& inspector, const std::filesystem::path& directory,
           Exported& result)
        : inspector_(inspector),
          files_(store::disk(), inspector.store().root(), {}),
          directory_(directory),
          result_(result) {}

    /// False: the export cannot continue.
    bool export_call(const std::string& relative) {
        if (inspector_.is_ending()) return stop("the inspector ends");
        const auto call_id = call_id_of(relative);
        if (!call_id) return skip("unreadable");
        const store::StoredCall dialogue = inspector_.store().read(*call_id);
        if (dialogue.error) return skip("unreadable");
        if (dialogue.chunks.empty()) return true;  // the call was removed meanwhile
        return write(dialogue);
    }

  private:
    [[nodiscard]] std::optional<std::string> call_id_of(const std::string& relative) const {
        std::string text;
        if (files_.read_begin(relative, text)) return std::nullopt;
        if (store::key_of(text).empty()) {  // a term that was not imported, or a torn line
            text.clear();
            if (files_.read(relative, text)) return std::nullopt;
        }
        for (std::string_view rest = text; !rest.empty();) {
            const auto key = store::key_of(store::next_line(rest));
            if (!key.empty()) return store::call_id_for(key);
        }
        return std::nullopt;
    }

    bool write(const store::StoredCall& dialogue) {
        const std::string call_id = kazoo_call_id(dialogue.chunks.front());
        std::string terms;
        std::size_t count = 0;
        for (const chunk::Chunk& chunk : dialogue.chunks) {
            if (const auto why = append_kazoo_object(chunk, call_id, terms)) {
                skip(kazoo_omission_names[static_cast<std::size_t>(*why)]);
            } else {
                ++count;
            }
        }
        if (count == 0) return true;
        const auto path = directory_ / store::path_of_octets(call_id);
        std::error_code error;
        std::filesystem::create_directories(path.parent_path(), error);
        if (error) return stop(path.parent_path().string() + ": " + error.message());
        constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
        constexpr ::mode_t mode = 0644;  // as Kazoo's files
        const store::File file(::open(path.c_str(), flags, mode));
        if (!file.is_open()) return stop(store::Error{errno, path}.text());
        const int failure = store::append_whole(store::disk(), file, 0, terms);
        if (failure != 0) return stop(store::Error{failure, path}.text());
        ++result_.calls;
        result_.messages += count;
        return true;
    }

    bool skip(std::string_view why) {
        ++result_.skipped[std::string(why)];
        return true;
    }
    bool stop(const std::string& why) {
        result_.error = why;
        return false;
    }

    inspector::Inspector& inspector_;
    const store::CallFiles files_;
    const std::filesystem::path& directory_;
    Exported& result_;
};

/// Passes "aa/bb/rest" of each call, compressed or not, to `visit` until `visit` returns false.
/// Returns how many directories could not be read.
std::size_t for_each_call(const std::filesystem::path& root,
                          const std::function<bool(const std::string&)>& visit) {
    std::size_t unreadable = 0;
    const auto names_in = [&](const std::filesystem::path& directory, store::IsOurs is_ours) {
        auto found = store::names_in(directory, is_ours);
        if (found.error) ++unreadable;
        return std::move(found.names);
    };
    for (const std::string& first : names_in(root, store::is_directory_name)) {
        for (const std::string& second : names_in(root / first, store::is_directory_name)) {
            std::set<std::string> names;
            for (const auto& name : names_in(root / first / second, store::is_file_name)) {
                names.insert(store::plain_name(name));
            }
            for (const std::string& name : names) {
                if (!visit(
                        std::string(first).append("/").append(second).append("/").append(name))) {
                    return unreadable;
                }
            }
        }
    }
    return unreadable;
}

}  // namespace

Exported export_kazoo(inspector::Inspector& inspector, const std::filesystem::path& directory) {
    Exported result;
    std::error_code error;
    if (std::filesystem::exists(directory, error) && !std::filesystem::is_empty(directory, error)) {
        result.error = directory.string() + ": it is not empty";
        return result;
    }
    // The newest calls may not be in a file yet.
    if (!inspector.store().settle(store::Backlog::Clock::now() + settling)) {
        result.error = inspector.store().trouble();
        if (!result.error.empty()) return result;
    }
    Export calls(inspector, directory, result);
    const std::size_t unreadable =
        for_each_call(inspector.store().root(),
                      [&](const std::string& relative) { return calls.export_call(relative); });
    if (unreadable > 0) result.skipped["unreadable"] += unreadable;
    return result;
}

std::string export_json(const Exported& exported) {
    const nlohmann::ordered_json object = {
        {"calls", exported.calls}, {"exported", exported.messages}, {"skipped", exported.skipped}};
    return object.dump() + "\n";
}

}  // namespace ci::commands
