// Dialogues as an index knows them, in memory.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calls/dialogues.h"
#include "calls/key.h"
#include "calls/rules.h"
#include "wire/hash.h"

namespace ci::test {

class MemoryDialogues : public calls::Dialogues {
  public:
    explicit MemoryDialogues(calls::Rules rules = {}) : rules_(std::move(rules)) {}

    /// One message, in the order of arrival; returns its place.
    std::uint64_t add(const calls::Sighting& sighting, std::string_view bytes, wire::Micros at) {
        const std::uint64_t place = ++places_;
        Entry& entry = by_id_[std::string(sighting.call_id)];
        if (entry.is_new) entry.outline.start = at;
        entry.outline.last = std::max(entry.outline.last, at);
        std::vector<calls::Key> keys;
        const auto message = sip::parse(bytes);
        if (message && sighting.event.empty()) {
            keys = calls::keys_of(*message, sighting, rules_);
            outline(*message, at, entry);
        } else {
            keys = calls::keys_of_event(bytes, sighting, rules_);
        }
        entry.is_new = false;
        for (const auto& key : keys) hold(key, std::string(sighting.call_id), entry, at, place);
        return place;
    }

    std::vector<calls::Holder> holders(const calls::Key& key, wire::Micros from, wire::Micros until,
                                       std::size_t most) override {
        ++look_ups;
        std::vector<calls::Holder> found;
        const auto rows = holders_.find(text_of(key));
        if (rows == holders_.end()) return found;
        const auto first =
            std::partition_point(rows->second.begin(), rows->second.end(),
                                 [from](const calls::Holder& holder) { return holder.at < from; });
        for (auto row = first; row != rows->second.end() && row->at <= until; ++row) {
            if (found.size() == most) break;
            found.push_back(*row);
        }
        return found;
    }
    std::vector<calls::Held> keys(std::string_view call_id) override {
        ++look_ups;
        const auto found = by_id_.find(std::string(call_id));
        return found == by_id_.end() ? std::vector<calls::Held>() : found->second.keys;
    }
    std::optional<calls::Outline> outline(std::string_view call_id) override {
        ++look_ups;
        const auto found = by_id_.find(std::string(call_id));
        if (found == by_id_.end()) return std::nullopt;
        return found->second.outline;
    }

    std::size_t look_ups = 0;

  private:
    struct Entry {
        bool is_new = true, has_request = false;
        calls::Outline outline;
        std::vector<calls::Held> keys;
    };

    calls::Rules rules_;
    std::uint64_t places_ = 0;
    std::unordered_map<std::string, Entry, wire::TextHash> by_id_;
    std::unordered_map<std::string, std::vector<calls::Holder>, wire::TextHash> holders_;

    static std::string text_of(const calls::Key& key) {
        return std::string(calls::evidence_names[static_cast<std::size_t>(key.evidence)]) + ' ' +
               std::string(calls::role_names[static_cast<std::size_t>(key.role)]) + ' ' + key.value;
    }
    static void outline(const sip::Message& message, wire::Micros at, Entry& entry) {
        if (message.is_request && !entry.has_request) {
            entry.has_request = true;
            entry.outline.is_call = message.method == "INVITE";
            entry.outline.is_registration = message.method == "REGISTER";
        }
        const bool is_challenge = message.status == 401 || message.status == 407;
        if (message.method == "INVITE" && message.status >= 200 && !is_challenge &&
            !entry.outline.final_response) {
            entry.outline.final_response = at;
        }
    }
    void hold(const calls::Key& key, const std::string& call_id, Entry& entry, wire::Micros at,
              std::uint64_t place) {
        const bool is_held = std::any_of(entry.keys.begin(), entry.keys.end(),
                                         [&](const calls::Held& held) { return held.key == key; });
        if (is_held || entry.keys.size() >= calls::most_keys_of_dialogue) return;
        entry.keys.push_back({key, at, place});
        auto& rows = holders_[text_of(key)];
        const auto later = std::find_if(rows.rbegin(), rows.rend(), [&](const auto& row) {
                               return row.at <= at;
                           }).base();
        rows.insert(later, {call_id, at, place});
    }
};

}  // namespace ci::test
