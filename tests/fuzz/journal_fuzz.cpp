// What a crash, a broken disk or a person leaves in the journal: a store that opens it does not
// fall over, puts whole numbered lines into the calls' files and nothing else, and once only.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "must.h"
#include "store/disk/directory_walk.h"
#include "store/disk/file_io.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "store/store.h"

namespace ci::fuzz {
namespace {

namespace fs = std::filesystem;

class Root {
  public:
    Root() {
        const fs::path memory = "/dev/shm";
        std::string name = ((fs::is_directory(memory) ? memory : fs::temp_directory_path()) /
                            "call_inspector_fuzz_XXXXXX")
                               .string();
        must(::mkdtemp(name.data()) != nullptr, "a directory can be made");
        path_ = name;
    }
    ~Root() {
        std::error_code failed;
        fs::remove_all(path_, failed);
    }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

store::Options quick() {
    store::Options options;
    options.call_file_writer.delay = std::chrono::milliseconds(0);
    return options;
}

/// All calls' files: each line is one of the journal's, at its own call's place. How many.
std::size_t check_files(const fs::path& root, const std::set<std::string>& lines) {
    std::size_t n = 0;
    store::for_each_file(root, [&](const std::string& relative, const store::File& file) {
        std::string text;
        must(store::read_whole(file, 1U << 30U, text) == 0, "files can be read");
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::string_view line = store::next_line(rest);
            must(line.ends_with('\n'), "lines are whole");
            must(store::seq_of(line).has_value(), "lines have numbers");
            must(lines.count(std::string(line)) > 0, "lines are the journal's");
            const std::string key(store::key_of(line));
            must(store::relative_path(store::call_id_for(key)) == relative, "of that call");
            ++n;
        }
        return true;
    });
    return n;
}

void journal_is_recovered(std::string_view bytes) {
    const Root root;
    const fs::path journal = root.path() / store::journal_name;
    fs::create_directories(journal);
    const fs::path segment = journal / "1795000000000000.jsonl";
    std::ofstream(segment, std::ios::binary) << bytes;

    std::set<std::string> lines;
    store::Seq last = 0;
    bool numbers_rise = true;  // as we write them
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::string_view line = store::next_line(rest);
        lines.emplace(line);
        const auto seq = store::seq_of(line);
        if (!seq) continue;
        numbers_rise = numbers_rise && *seq > last;
        last = *seq;
    }
    const auto deadline = store::Backlog::Clock::now() + std::chrono::seconds(20);
    std::size_t shelved = 0;
    {
        store::Store store(root.path(), quick());
        must(store.settle(deadline), "what was left comes to its files");
        const auto counts = store.counts();
        must(counts.waiting() == 0, "nothing waits");
        must(counts.recovered == counts.shelved + counts.flushed, "all is accounted for");
        shelved = check_files(root.path(), lines);
        must(shelved <= counts.shelved, "no line more than was told");
    }
    if (!numbers_rise) return;
    // The same again, as after a crash that left the segment: nothing comes twice.
    std::ofstream(segment, std::ios::binary) << bytes;
    store::Store again(root.path(), quick());
    must(again.settle(deadline), "what was left comes to its files again");
    must(check_files(root.path(), lines) == shelved, "and nothing comes twice");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ci::fuzz::journal_is_recovered({reinterpret_cast<const char*>(data), size});
    return 0;
}
