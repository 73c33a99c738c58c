#include "inspector/inspector.h"

#include <chrono>
#include <vector>

#include "inspector/masking.h"
#include "sources/packet_import.h"

namespace ci::inspector {
namespace {

/// Requests that phones and proxies send all day without a call.
bool is_chatter(std::string_view c_seq) {
    return c_seq.ends_with("OPTIONS") || c_seq.ends_with("REGISTER");
}

store::Options with_log(store::Options options, const Log& log) {
    options.notice = [log](bool trouble, const std::string& text) {
        log(trouble ? Level::error : Level::warning, text);
    };
    return options;
}

}  // namespace

Inspector::Inspector(const std::filesystem::path& root, Log log, Settings settings)
    : log_(std::move(log)),
      settings_(std::move(settings)),
      store_(root, with_log(settings_.store, log_)),
      clocks_(root, settings_.store.group, [this](auto text) { notice(text); }),
      parsers_([this](auto drafts) { return keep_live(drafts); },
               [this](auto text) { notice(text); }) {}

Inspector::ImportedFile Inspector::import_file(const std::string& path, bool takes_hep) {
    sources::PacketImport import(path, takes_hep, parsers_.switches(), [this](auto drafts) {
        wait_for_room();
        return keep(drafts);
    });
    const auto alone = begin_import();
    ImportedFile imported;
    if (alone) {
        const auto read = import.run(end_.get_token());
        if (!read) imported.error = read.error().why;
    } else {
        imported.error = "another file is being imported";
    }
    imported.counted = sources::Parsers::snapshot(import);
    return imported;
}

void Inspector::wait_for_room() const {
    using namespace std::chrono_literals;
    constexpr std::size_t quarter = 4;
    const store::Room& room = settings_.store.room;
    const auto until = store::Backlog::Clock::now() + 30s;
    while (!is_ending() && store::Backlog::Clock::now() < until) {
        const auto counts = store_.counts();
        if (counts.memory < room.bytes / quarter && counts.waiting() < room.waiting / quarter)
            return;
        (void)store_.settle(store::Backlog::Clock::now() + 100ms);
    }
}

void Inspector::notice(std::string_view text) {
    log_(Level::warning, text);
}

/// Stores live messages. Only these teach clocks: the times in a capture file say nothing about the
/// clocks now.
std::size_t Inspector::keep_live(std::span<const chunk::Draft> drafts) {
    clocks_.learner().take(drafts);
    return keep(drafts);
}

std::size_t Inspector::keep(std::span<const chunk::Draft> drafts) {
    thread_local std::string text;  // reused, so that it soon needs no more allocations
    thread_local std::vector<std::size_t> ends;
    thread_local Masker masker;
    text.clear();
    ends.clear();
    for (const chunk::Draft& draft : drafts) {
        chunk::append_line(masker.apply(draft, settings_.masking), text);
        ends.push_back(text.size());
    }
    thread_local std::vector<store::Line> lines;
    lines.clear();
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const std::size_t begin = i == 0 ? 0 : ends[i - 1];
        lines.push_back(
            {std::string_view(text).substr(begin, ends[i] - begin), is_chatter(drafts[i].c_seq)});
    }
    return store_.append(lines).stored;
}

}  // namespace ci::inspector
