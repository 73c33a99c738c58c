#include "inspector/inspector.h"

#include <chrono>
#include <vector>

#include "inspector/masking.h"
#include "sources/packet_import.h"

namespace ci::inspector {
namespace {

/// Requests that phones and proxies send all day without a call, and their answers.
bool is_chatter(const chunk::Draft& draft) {
    return draft.method == "OPTIONS" || draft.method == "REGISTER";
}

store::Notice notice_to(const Log& log) {
    return [log](bool trouble, const std::string& text) {
        log(trouble ? Level::error : Level::warning, text);
    };
}

void prepare(std::optional<index::Index>& index, const std::filesystem::path& root,
             const Settings& settings, const Log& log) {
    if (!settings.index.is_on) return;
    index::Options options;
    options.root = root;
    options.directory = settings.index.directory;
    options.group = settings.store.group;
    options.rules = settings.rules;
    options.analysis = CI_VERSION;
    options.notice = notice_to(log);
    index.emplace(std::move(options));
}

store::Options store_options(store::Options options, std::optional<index::Index>& index,
                             const std::filesystem::path& root, const Settings& settings,
                             const Log& log) {
    prepare(index, root, settings, log);
    options.notice = notice_to(log);
    if (!index) return options;
    options.shelved = [&index](const store::ShelvedLines& lines) { index->shelved(lines); };
    options.changed = [&index](std::string_view relative) { index->changed(relative); };
    return options;
}

Traps::Options trap_options(const std::filesystem::path& root, const Settings& settings,
                            const Log& log) {
    const auto notice = [log](bool is_trouble, const std::string& text) {
        log(is_trouble ? Level::warning : Level::info, text);
    };
    return {root, settings.store.group, settings.rules.hosts, notice};
}

}  // namespace

Inspector::Inspector(const std::filesystem::path& root, Log log, Settings settings)
    : log_(std::move(log)),
      settings_(std::move(settings)),
      store_(root, store_options(settings_.store, index_, root, settings_, log_)),
      traps_(trap_options(root, settings_, log_), store_, index()),
      clocks_(root, settings_.store.group, [this](auto text) { notice(text); }),
      analyst_(
          index(),
          [this](const std::string& call_id) {
              return findings_of_dialogue(store_, clocks_, settings_.rules, call_id);
          },
          [this](auto text) { notice(text); }),
      logs_(
          store_, settings_.store.group,
          [this](auto drafts, bool is_live) { return is_live ? keep_live(drafts) : keep(drafts); },
          settings_.store.room),
      parsers_([this](auto drafts) { return keep_live(drafts); }, logs_,
               [this](auto text) { notice(text); }) {
    if (index_) index_->start();
}

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
    const auto until = store::Backlog::Clock::now() + 30s;
    while (!is_ending() && store::Backlog::Clock::now() < until) {
        if (has_room_aside()) return;
        (void)store_.settle(store::Backlog::Clock::now() + 100ms);
    }
}

bool Inspector::has_room_aside() const {
    constexpr std::size_t quarter = 4;
    const store::Room& room = settings_.store.room;
    const auto counts = store_.counts();
    return counts.memory < room.bytes / quarter && counts.waiting() < room.waiting / quarter;
}

bool Inspector::keep_aside(const chunk::Draft& draft) {
    return has_room_aside() && keep({&draft, 1}) == 1;
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
    const std::size_t stored = append(drafts);
    keep_reports(drafts);
    return stored;
}

/// What messages tell of other calls is no message of its own, and nobody counts it.
void Inspector::keep_reports(std::span<const chunk::Draft> drafts) {
    for (const chunk::Draft& draft : drafts) {
        const auto report = reports_.take(draft);
        if (!report) continue;
        const chunk::Draft event = event_of(*report, draft);
        (void)append({&event, 1});
    }
}

std::size_t Inspector::append(std::span<const chunk::Draft> drafts) {
    thread_local std::string text;  // reused, so that it soon needs no more allocations
    struct Written {
        chunk::Place call_id;
        std::size_t end;
    };
    thread_local std::vector<Written> written;
    thread_local Masker masker;
    text.clear();
    written.clear();
    for (const chunk::Draft& draft : drafts) {
        const auto call_id = chunk::append_line(masker.apply(draft, settings_.masking), text);
        written.push_back({call_id, text.size()});
    }
    thread_local std::vector<store::Line> lines;
    lines.clear();
    const std::string_view all = text;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const auto& [call_id, end] = written[i];
        lines.push_back({all.substr(begin, end - begin), all.substr(call_id.at, call_id.size),
                         is_chatter(drafts[i])});
        begin = end;
    }
    return store_.append(lines).stored;
}

}  // namespace ci::inspector
