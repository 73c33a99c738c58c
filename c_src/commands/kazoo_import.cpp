#include "commands/kazoo_import.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <span>
#include <unordered_set>
#include <vector>

#include "commands/kazoo_object.h"
#include "inspector/masking.h"
#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "wire/hash.h"
#include "wire/text.h"

namespace ci::commands {
namespace {

using wire::npos;
constexpr std::size_t largest_file = 64U << 20U;
constexpr std::size_t largest_object = 1U << 20U;
constexpr std::string_view object_begin = "{object,";
constexpr std::string_view line_begin = "{\"";

using Texts = std::unordered_set<std::string, wire::TextHash>;

/// A line's content in a normal form: an earlier import may have written times with other decimals,
/// and characters unescaped that are escaped now.
std::string meaning(std::string_view line) {
    const auto chunk = chunk::read_line(line);
    auto object = nlohmann::json::parse(store::without_number(line), nullptr, false);
    if (!chunk || !object.is_object()) return std::string(line);
    object["timestamp"] = chunk->timestamp.value_or(0);
    object["ref_timestamp"] = chunk->ref_timestamp.value_or(0);
    return object.dump();
}

/// A part of a file. The concatenated parts are the file.
struct Piece {
    std::string_view text;
    std::string call_id, line;  ///< of a term that is a chunk: the line made of it
};

/// Splits a file into terms and other text, and makes lines of the terms.
class Reader {
  public:
    Reader(const sip::Masking& masking, ImportedCalls& result)
        : masking_(masking), result_(result) {}

    std::vector<Piece> read(std::string_view content) {
        std::vector<Piece> pieces;
        while (!content.empty()) {
            Piece piece;
            if (content.starts_with(object_begin)) {
                piece = next_object(content);
            } else {
                piece.text = next_other(content);
            }
            pieces.push_back(std::move(piece));
        }
        return pieces;
    }

  private:
    Piece next_object(std::string_view& content) {
        std::string_view rest = content.substr(0, largest_object);
        const std::size_t window = rest.size();
        const auto term = erlang::take_term_text(rest);
        if (!term) {
            ++result_.skipped["broken"];
            return {next_other(content), {}, {}};
        }
        std::size_t size = window - rest.size();
        if (content.substr(size).starts_with('\r')) ++size;
        if (content.substr(size).starts_with('\n')) ++size;
        Piece piece{content.substr(0, size), {}, {}};
        content.remove_prefix(size);
        chunk::Draft draft;
        if (const auto skip = read_kazoo_object(*term, texts_, draft)) {
            ++result_.skipped[std::string(kazoo_skip_names[static_cast<std::size_t>(*skip)])];
            return piece;
        }
        piece.call_id = texts_.call_id;
        chunk::append_line(masker_.apply(draft, masking_), piece.line);
        return piece;
    }

    /// Takes the text up to the next line that begins like a term or like a line of the store.
    static std::string_view next_other(std::string_view& content) {
        std::size_t at = 0;
        do {
            const auto end = content.find('\n', at);
            at = end == npos ? content.size() : end + 1;
            const auto next = content.substr(at);
            if (next.starts_with(object_begin) || next.starts_with(line_begin)) break;
        } while (at < content.size());
        const auto other = content.substr(0, at);
        content.remove_prefix(at);
        return other;
    }

    const sip::Masking& masking_;
    ImportedCalls& result_;
    inspector::Masker masker_;
    KazooTexts texts_;
};

class Import {
  public:
    Import(inspector::Inspector& inspector, bool is_own, ImportedCalls& result)
        : inspector_(inspector), is_own_(is_own), result_(result) {}

    bool import_file(const std::string& relative, const store::File& file) {
        if (inspector_.is_ending()) {
            result_.error = "the inspector ends; what is left can be imported again";
            return false;
        }
        std::string content;
        off_t size = 0;
        int failure = store::check_regular(file, size);
        if (failure == 0 && static_cast<std::size_t>(size) > largest_file) failure = EFBIG;
        if (failure == 0) failure = store::read_whole(file, largest_file, content);
        if (failure != 0) {
            ++result_.skipped[failure == EFBIG ? "too_large" : "unreadable"];
            return true;
        }
        if (!holds_terms(content)) return true;
        ++result_.files;
        auto pieces = Reader(inspector_.settings().masking, result_).read(content);
        if (!append(pieces, relative)) return false;
        if (!is_own_) return true;
        const store::Error error = inspector_.store().rewrite(
            relative, [&](std::string_view now) { return rewritten(now, relative); });
        result_.error = error.text();
        return !error;
    }

  private:
    static bool holds_terms(std::string_view content) {
        for (auto at = content.find(object_begin); at != npos;
             at = content.find(object_begin, at + 1)) {
            if (at == 0 || content[at - 1] == '\n') return true;
        }
        return false;
    }

    [[nodiscard]] bool stays_in_place(const Piece& piece, const std::string& relative) const {
        return is_own_ && store::relative_path(piece.call_id) == relative;
    }

    /// Stores the lines that belong into other files than this one.
    bool append(const std::vector<Piece>& pieces, const std::string& relative) {
        std::map<std::string_view, std::vector<store::Line>> calls;
        elsewhere_.clear();
        for (const Piece& piece : pieces) {
            if (piece.line.empty() || stays_in_place(piece, relative)) continue;
            calls[piece.call_id].push_back({piece.line, store::key_of(piece.line)});
        }
        for (auto& [call_id, lines] : calls) {
            const auto dialogue = inspector_.store().read(call_id);
            Texts there;
            for (const chunk::Chunk& chunk : dialogue.chunks) {
                there.insert(meaning(chunk.json));
            }
            for (const store::Line& line : lines) elsewhere_.emplace(line.text);
            const auto is_there = [&](const store::Line& line) {
                return there.contains(meaning(line.text));
            };
            result_.already += std::erase_if(lines, is_there);
            result_.error = dialogue.error ? dialogue.error.text() : store_all(lines);
            if (!result_.error.empty()) return false;
        }
        return true;
    }

    /// Stores lines of one call. Waits for room, because live calls have precedence.
    std::string store_all(std::span<const store::Line> lines) {
        inspector_.wait_for_room();
        const store::Appended appended = inspector_.store().append(lines);
        result_.imported += appended.stored;
        return appended.failed == 0 ? "" : "there is no room in the store";
    }

    /// The file's new content. The file may have grown since it was read.
    std::optional<std::string> rewritten(std::string_view now, const std::string& relative) {
        ImportedCalls counted_before;
        const auto pieces = Reader(inspector_.settings().masking, counted_before).read(now);
        Texts there;
        for (const Piece& piece : pieces) {
            if (!piece.line.empty() || !piece.text.starts_with(line_begin)) continue;
            there.insert(meaning(piece.text));
        }
        std::string text;
        bool has_changed = false;
        for (const Piece& piece : pieces) {
            if (piece.line.empty()) {
                text += piece.text;
                continue;
            }
            if (!stays_in_place(piece, relative)) {
                const bool is_elsewhere = elsewhere_.contains(piece.line);
                if (!is_elsewhere) text += piece.text;
                has_changed |= is_elsewhere;
                continue;
            }
            has_changed = true;
            if (there.contains(meaning(piece.line))) {
                ++result_.already;
                continue;
            }
            if (!text.empty() && text.back() != '\n') text += '\n';
            text += piece.line;
            ++result_.imported;
        }
        if (!has_changed) return std::nullopt;
        return text;
    }

    inspector::Inspector& inspector_;
    const bool is_own_;  ///< the directory is the store's own
    ImportedCalls& result_;
    Texts elsewhere_;  ///< lines of the current file that are now in other files
};

}  // namespace

ImportedCalls import_kazoo(inspector::Inspector& inspector,
                           const std::filesystem::path& directory) {
    ImportedCalls result;
    std::error_code none;
    const bool is_own = std::filesystem::equivalent(directory, inspector.store().root(), none);
    Import import(inspector, is_own, result);
    const store::Error error = store::for_each_file(
        directory,
        [&](const auto& relative, const auto& file) { return import.import_file(relative, file); });
    if (error) result.error = error.text();
    return result;
}

}  // namespace ci::commands
