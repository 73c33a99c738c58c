// What is wrong with the machine, as far as the inspector needs it.
#include <algorithm>

#include "doctor/judges.h"

namespace ci::doctor {
namespace {

constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30U;
/// Of a large disk five per cent is much.
constexpr std::uint64_t much_space = 20 * gibibyte;
constexpr std::uint64_t many_inodes = 100'000;
constexpr std::uint64_t enough_descriptors = 4'096;
/// What the program takes besides the messages that wait: answers, the index, clocks.
constexpr std::uint64_t other_memory = gibibyte / 2;

constexpr bool is_low(std::uint64_t free, std::uint64_t all, std::uint64_t much) {
    return all > 0 && free < all / 20 && free < much;
}

/// Two at least: less is soon too little again.
constexpr std::uint64_t enough_gibibytes(std::uint64_t bytes) {
    return std::max<std::uint64_t>((bytes + gibibyte - 1) / gibibyte, 2);
}

}  // namespace

void judge_machine(const Facts& facts, Diagnoses& diagnoses) {
    const Host& host = facts.host;
    Names names;
    names.root = facts.root;
    const auto add = [&](Code code, std::string what) {
        diagnoses.push_back(
            {code, "", "", std::move(what), cures_of(code, hep::Maker::unknown, names)});
    };
    const bool is_running = facts.no_inspector.empty();
    if (!is_running) add(Code::no_inspector, "Of the inspector: " + facts.no_inspector + ".");
    if (is_running && facts.parsers.empty()) {
        add(Code::no_parser, "The inspector listens nowhere: no parser runs.");
    }
    if (!facts.store_trouble.empty()) {
        add(Code::store_trouble, "Messages cannot be written: " + facts.store_trouble + ".");
    }
    if (const auto& volume = host.volume) {
        if (is_low(volume->bytes_free, volume->bytes, much_space)) {
            names.space =
                std::to_string(std::max<std::uint64_t>(volume->bytes * 3 / 4 >> 20U, 1)) + "M";
            add(Code::disk_low, "The disk of " + facts.root + " has " +
                                    size_text(volume->bytes_free) + " left, of " +
                                    size_text(volume->bytes) + ".");
        }
        if (is_low(volume->inodes_free, volume->inodes, many_inodes)) {
            add(Code::inodes_low, "The disk of " + facts.root + " has room for " +
                                      std::to_string(volume->inodes_free) +
                                      " more files (inodes): each call is one.");
        }
    }
    if (host.descriptors > 0 && host.descriptors < enough_descriptors) {
        add(Code::few_descriptors, "A process may have " + std::to_string(host.descriptors) +
                                       " descriptors only: each connection of a sender takes one.");
    }
    if (host.memory && *host.memory < facts.store_memory + other_memory) {
        names.memory = std::to_string(enough_gibibytes(facts.store_memory + other_memory)) + "G";
        add(Code::little_memory, "Its control group may have " + size_text(*host.memory) +
                                     " of memory; with the setting memory it may need " +
                                     size_text(facts.store_memory + other_memory) +
                                     ", and would be killed.");
    }
}

std::vector<Diagnosis> diagnoses_of(const Facts& facts) {
    Diagnoses diagnoses;
    FreeIds ids(facts);
    for (const Parser& parser : facts.parsers) {
        judge_parser(facts, parser, ids, diagnoses);
        judge_senders(facts, parser, ids, diagnoses);
    }
    judge_machine(facts, diagnoses);
    std::stable_sort(diagnoses.begin(), diagnoses.end(),
                     [](const Diagnosis& a, const Diagnosis& b) { return a.code < b.code; });
    return diagnoses;
}

std::string name_of(const Sender& sender, std::string_view parser) {
    std::string_view name = sender.observer;
    if (name.size() > parser.size() && name.ends_with(parser)) {
        name.remove_suffix(parser.size() + 1);
    }
    return std::string(name);
}

}  // namespace ci::doctor
