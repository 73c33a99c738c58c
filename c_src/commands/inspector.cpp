#include "commands/inspector.h"

#include <vector>

#include "commands/masking.h"

namespace ci::commands {

Inspector::Inspector(std::filesystem::path root, Log log, Settings settings)
    : log_(std::move(log)),
      settings_(std::move(settings)),
      store_(std::move(root)),
      parsers_([this](auto drafts) { return keep(drafts); }) {}

std::size_t Inspector::keep(std::span<const chunk::Draft> drafts) {
    thread_local std::string text;  // grows to the largest batch and stays: no allocation after
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
        lines.push_back({drafts[i].call_id, std::string_view(text).substr(begin, ends[i] - begin)});
    }
    const store::Appended appended = store_.append(lines);
    note_store(appended);
    return appended.stored;
}

/// One line when writing begins to fail and one when it works again: a full disk must not be
/// answered with a full log.
void Inspector::note_store(const store::Appended& appended) {
    const std::scoped_lock lock(failing_mutex_);
    if (appended.failed > 0) {
        if (failing_ == 0) log_(Level::error, "cannot store: " + appended.error);
        failing_ += appended.failed;
    } else if (failing_ > 0) {
        log_(Level::warning, "storing again; lost meanwhile: " + std::to_string(failing_));
        failing_ = 0;
    }
}

}  // namespace ci::commands
