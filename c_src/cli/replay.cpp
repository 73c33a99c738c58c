#include "sources/replay.h"

#include <iomanip>
#include <iostream>

#include "cli/print.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"

namespace ci::cli {
namespace {

int fail(const std::string& why) {
    complain(why);
    return 2;
}

}  // namespace

Options replay_options() {
    Options options;
    auto add = options.table.add_options();
    add("file", one("FILE.bin")->required(), "the recording (docs/formats.md)");
    add("to", one("IP:PORT")->required(), "where to send it");
    add("rate", po::value<double>()->value_name("N"),
        "datagrams a second; 0: as fast as possible; default: with the pauses of the recording");
    add("loop", po::value<std::size_t>()->default_value(1)->value_name("N"), "send it N times");
    options.positional = "file";
    return options;
}

int replay(const po::variables_map& values) {
    const auto& path = values["file"].as<std::string>();
    const auto& to = values["to"].as<std::string>();
    const auto endpoint = wire::parse_endpoint(to);
    if (!endpoint || endpoint->port == 0) throw UsageError("not an IP:PORT: " + to);
    const auto file = read_file(path);
    if (!file) return fail("cannot read " + path);
    const auto records = sources::read_recording(*file);
    if (!records) {
        return fail(path + " is not a recording: the record at byte " +
                    std::to_string(records.error().at) + " is cut short");
    }
    if (records->empty()) return fail(path + " holds no datagrams");

    sources::Pace pace;
    if (values.count("rate") != 0) pace.rate = values["rate"].as<double>();
    pace.loops = values["loop"].as<std::size_t>();
    const auto replayed = sources::replay(*records, *endpoint, pace);
    if (!replayed) return fail("cannot send to " + to + ": " + replayed.error().why);
    std::cout << "sent " << replayed->sent << " datagrams, " << replayed->bytes << " bytes, in "
              << std::fixed << std::setprecision(3) << replayed->seconds << " s\n";
    return 0;
}

}  // namespace ci::cli
