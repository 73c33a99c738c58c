#include "commands/export_pcap.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "commands/answers.h"
#include "commands/export_file.h"
#include "commands/plain_outcomes.h"
#include "commands/search.h"
#include "packets/synthesis/times.h"
#include "wire/base64.h"
#include "wire/patience.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;
using synthesis::Format;

/// A search's result may be any number of calls, all of which are in memory.
constexpr std::size_t most_octets = std::size_t{256} << 20U;

struct Wanted {
    std::string file;
    bool whole = false;
    Format format = Format::pcap;
};

std::filesystem::path directory_of(const inspector::Inspector& inspector,
                                   const std::filesystem::path& root) {
    const std::filesystem::path& set = inspector.settings().exports;
    return set.empty() ? root / ".exports" : set;
}

/// `words`: FILE and options.
wire::expected<Wanted, Outcome> read_wanted(inspector::Inspector& inspector,
                                            std::span<const std::string> words) {
    Wanted wanted;
    wanted.file = words[0];
    if (wanted.file != answer_itself && !is_export_name(wanted.file)) {
        return failed("not a file's name: " + as_atom(wanted.file) + ": files are written into " +
                      directory_of(inspector, inspector.store().root()).string() +
                      "; call_inspector export writes anywhere");
    }
    if (wanted.file.ends_with(".pcapng")) wanted.format = Format::pcapng;
    for (const std::string& word : words.subspan(1)) {
        if (word == "whole") {
            wanted.whole = true;
        } else if (word == "pcapng") {
            wanted.format = Format::pcapng;
        } else {
            return failed("unknown option: " + as_atom(word));
        }
    }
    return wanted;
}

WholeCall read_dialogue(inspector::Inspector& inspector, const std::string& call_id) {
    WholeCall call;
    store::StoredCall stored = inspector.store().read(call_id);
    call.legs.push_back({call_id, {}, {}});
    call.error = stored.error.text();
    call.chunks = std::move(stored.chunks);
    call.leg_of.assign(call.chunks.size(), 0);
    put_in_order(call, *inspector.clocks().priors());
    return call;
}

/// What is to be written, and what is told of it.
struct Export {
    std::vector<synthesis::Sent> sent;
    std::size_t calls = 0, left_out = 0, octets = 0;
    std::vector<std::string> not_exported;  ///< Call-IDs for which there was no room
    std::string incomplete;

    void add(CallPackets packets) {
        ++calls;
        left_out += packets.left_out;
        for (const auto& one : packets.sent) octets += one.octets.size() + one.comment.size();
        sent.insert(sent.end(), std::make_move_iterator(packets.sent.begin()),
                    std::make_move_iterator(packets.sent.end()));
    }
    void is_incomplete(const std::string& why) {
        if (why.empty() || incomplete.find(why) != std::string::npos) return;
        incomplete += (incomplete.empty() ? "" : "; ") + why;
    }
};

std::string base64_lines(std::string_view octets) {
    constexpr std::size_t line = 57;  // 76 characters
    std::string text;
    text.reserve(octets.size() / line * 77 + 100);
    for (; !octets.empty(); octets.remove_prefix(std::min(line, octets.size()))) {
        wire::append_base64(octets.substr(0, line), text);
        text += '\n';
    }
    return text;
}

/// Writes the capture, or answers with it.
Outcome finish(inspector::Inspector& inspector, const Wanted& wanted, const Export& exported) {
    if (exported.sent.empty()) {
        return failed("no SIP to export: " + std::to_string(exported.left_out) + " events");
    }
    const Capture capture = capture_of(exported.sent, wanted.format);
    if (wanted.file == answer_itself) return {Status::ok, base64_lines(capture.octets)};
    const auto directory = directory_of(inspector, inspector.store().root());
    const std::string why = export_file(directory, wanted.file, capture.octets);
    if (!why.empty()) return failed("cannot export: " + why);
    json answer = {{"file", (directory / wanted.file).string()},
                   {"calls", exported.calls},
                   {"messages", exported.sent.size()},
                   {"frames", capture.frames},
                   {"octets", capture.octets.size()},
                   {"left_out", exported.left_out}};
    if (!exported.not_exported.empty()) answer["not_exported"] = exported.not_exported;
    if (!exported.incomplete.empty()) answer["incomplete"] = exported.incomplete;
    return {Status::ok, answer.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

CallPackets packets_now(inspector::Inspector& inspector, const WholeCall& call, Format format) {
    const calls::Rules& rules = inspector.settings().rules;
    return packets_of(call, rules, limits_now(rules), format);
}

WholeCall read(inspector::Inspector& inspector, const std::string& call_id, bool whole) {
    return whole ? read_whole_call(inspector, call_id) : read_dialogue(inspector, call_id);
}

}  // namespace

Outcome export_pcap(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const auto wanted = read_wanted(inspector, arguments.subspan(1));
    if (!wanted) return wanted.error();
    const WholeCall call = read(inspector, arguments[0], wanted->whole);
    if (!call.error.empty()) return failed("cannot read: " + call.error);
    if (call.chunks.empty()) return failed("no messages are stored for " + arguments[0]);
    Export exported;
    exported.incomplete = call.incomplete;
    exported.add(packets_now(inspector, call, wanted->format));
    return finish(inspector, *wanted, exported);
}

Outcome export_search(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    // N may stand behind FILE, as in search.
    std::vector<std::string> searched{arguments[0]};
    std::vector<std::string> words(arguments.begin() + 1, arguments.end());
    if (words.size() > 1 && words[1].find_first_not_of("0123456789") == std::string::npos) {
        searched.push_back(words[1]);
        words.erase(words.begin() + 1);
    }
    const auto wanted = read_wanted(inspector, words);
    if (!wanted) return wanted.error();
    const auto found = found_call_ids(inspector, searched);
    if (!found) return found.error();
    if (found->call_ids.empty()) return failed("no calls were found");
    Export exported;
    exported.is_incomplete(found->incomplete);
    std::set<std::string> done;
    for (const std::string& call_id : found->call_ids) {
        wire::may_go_on();
        if (done.contains(call_id)) continue;
        if (exported.octets >= most_octets) {
            exported.not_exported.push_back(chunk::to_utf8(call_id));
            continue;
        }
        const WholeCall call = read(inspector, call_id, wanted->whole);
        for (const calls::Leg& leg : call.legs) done.insert(leg.call_id);
        if (!call.error.empty()) {
            exported.is_incomplete("cannot read: " + call.error);
            continue;
        }
        exported.is_incomplete(call.incomplete);
        exported.add(packets_now(inspector, call, wanted->format));
    }
    synthesis::keep_apart(exported.sent);
    return finish(inspector, *wanted, exported);
}

std::string capture_of(inspector::Inspector& inspector, const WholeCall& call, Format format) {
    return capture_of(packets_now(inspector, call, format).sent, format).octets;
}

wire::expected<std::string, OrderError> capture_of_texts(std::string_view text, Format format) {
    auto elements = chunk::split_array(text);
    if (!elements) {
        elements.emplace();
        for (; !text.empty(); text.remove_prefix(std::min(text.find('\n') + 1, text.size()))) {
            const std::string_view line = text.substr(0, text.find('\n'));
            if (!line.empty()) elements->push_back(line);
            if (line.size() == text.size()) break;
        }
    }
    auto texts = read_chunk_texts(*elements);
    if (!texts) return texts.error();
    WholeCall call;
    call.chunks = std::move(texts->chunks);
    call.flow = order::order(call.chunks, texts->priors);
    call.leg_of = legs_by_beginning(call.chunks, call.flow);
    const std::size_t legs =
        call.leg_of.empty() ? 0 : *std::max_element(call.leg_of.begin(), call.leg_of.end()) + 1;
    call.legs.resize(legs);
    const CallPackets packets = packets_of(call, {}, {}, format);
    if (packets.sent.empty()) return OrderError{"no SIP to export"};
    return capture_of(packets.sent, format).octets;
}

}  // namespace ci::commands
