#include "commands/commands.h"

#include <algorithm>

#include "commands/answers.h"
#include "commands/compare.h"
#include "commands/doctor.h"
#include "commands/export_pcap.h"
#include "commands/follow.h"
#include "commands/gathered_call.h"
#include "commands/gathered_compare.h"
#include "commands/ladder_options.h"
#include "commands/messages.h"
#include "commands/parsers.h"
#include "commands/plain_outcomes.h"
#include "commands/search.h"
#include "commands/start_parsers.h"
#include "commands/store_commands.h"
#include "commands/story.h"
#include "commands/traps.h"
#include "commands/whole_call.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

Outcome clocks(inspector::Inspector& inspector, std::span<const std::string> /*none*/) {
    return {Status::ok, clocks_json(inspector.clocks().learner().table().known())};
}

Outcome amqp_stats(inspector::Inspector& inspector, std::span<const std::string> /*none*/) {
    std::string stats = inspector.amqp_stats();
    if (stats.empty()) return failed("AMQP is not configured");
    return {Status::ok, std::move(stats)};
}

Outcome no_others(inspector::Inspector& /*inspector*/, std::span<const std::string> /*all*/) {
    return failed("AMQP is not configured: there are no other inspectors to ask");
}

constexpr Command commands[] = {
    {"start_hep_parser", "IP PORT [OPTION] [OPTION]", 2, 4,
     "Listen for HEP (versions 1, 2, 3) on this address, UDP and TCP.\n"
     "IP may have tls: in front: then by TLS only.\n"
     "OPTION: allow=NETWORK,... (10.0.0.0/8,192.0.2.1) takes packets from there only;\n"
     "auth_key=KEY takes HEP with that key only.\n"
     "Starting one that runs already changes nothing.",
     start_hep_parser},
    {"start_capture", "INTERFACE [FILTER] [hep]", 1, 3,
     "Take the SIP that passes this network interface: a mirror port, or our own traffic.\n"
     "FILTER as tcpdump has it, in one argument (pcap-filter(7)); without it everything is\n"
     "looked at. hep: HEP that passes is taken as if it had been sent to us.\n"
     "Starting one that runs already changes nothing. Needs CAP_NET_RAW.",
     start_capture},
    {"start_kamailio_parser", "LOGFILE IP PORT", 3, 3,
     "Read the log of a Kamailio with Kazoo's configuration: from its beginning, then as it "
     "grows.\n"
     "An absolute path; IP and PORT are the proxy's where the log does not tell them.\n"
     "A restart goes on where it stopped. Starting one that runs already changes nothing.",
     start_kamailio_parser},
    {"start_freeswitch_parser", "LOGFILE IP PORT", 3, 3,
     "Read FreeSWITCH's log with SIP trace (sofia global siptrace on), likewise.\n"
     "IP and PORT are FreeSWITCH's own, as the trace names the other end only.",
     start_freeswitch_parser},
    {"import_pcap", "FILE [hep]", 1, 2,
     "Store the SIP of a capture file (pcap, pcapng); show as JSON what became of every packet.\n"
     "An absolute path; the inspector reads it. Importing a file twice changes no answer.\n"
     "hep: HEP in it is taken as if it had been sent to us (what was captured at a collector).",
     import_pcap},
    {"list_active_parsers", "", 0, 0, "List what listens, newest first, one id a line.",
     list_active_parsers},
    {"stop_active_parser", "ID", 1, 1, "Stop the parser of that id (127.0.0.1:9060).",
     stop_active_parser},
    {"parser_stats", "[ID]", 0, 1,
     "Show as JSON what became of every packet: stored, or refused and why.\n"
     "An array of all parsers, or the object of one.",
     parser_stats},
    {"capture", "on|off|check [ID]", 1, 2,
     "Store what comes in, or only count it; or show which: of one parser, or of all.\n"
     "Of all means also those that are started later.",
     capture},
    {"capture_bad_msgs", "on|off|check [ID]", 1, 2,
     "Keep SIP that names no call or is none, or refuse it; or show which.\n"
     "It is kept under @bad/sip_no_call_id and @bad/sip_no_start_line.",
     capture_bad_msgs},
    {"callid_details", "CALLID", 1, 1,
     "Show the messages of a call as a JSON array, in the order in which they happened.",
     call_id_details, Turn::of_call},
    {"inspect_call_id", "CALLID", 1, 1,
     "Show a call as one JSON object: messages, who takes part, analysis.", inspect_call,
     Turn::of_call},
    {"call_legs", "CALLID", 1, 1,
     "Show as JSON the legs of the whole call that CALLID is one of, and what shows that they are.",
     call_legs, Turn::of_call},
    {"call_details", "CALLID", 1, 1,
     "Show the messages of all legs of a call in one order, as JSON: as inspect_call_id, with "
     "legs.",
     call_details, Turn::of_call},
    {"ladder", "CALLID [WIDTH] [OPTION...]", 1, most_ladder_words,
     "Draw a call with all its legs as a ladder diagram.\n"
     "WIDTH: cells of a line, 60 to 1000 (120). OPTION: color, ascii; open: each retransmission\n"
     "is a row; nosdp; legs=A,C and hosts=NAME,... show these only.",
     ladder, Turn::of_call},
    {"story", "CALLID", 1, 1,
     "Tell a call with all its legs in a dozen sentences or fewer, then what is wrong with it and\n"
     "what to look at next.",
     story, Turn::of_call},
    {"message", "CALLID N", 2, 2,
     "Show one message of a call whole, with who sent it to whom and who saw it when.\n"
     "N: its place in the messages of call_details, from 0.",
     message, Turn::of_call},
    {"diff", "CALLID N [M]", 2, 3,
     "Show what differs between messages N and M of a call: start line, headers, SDP, body.\n"
     "Without M: between N and what the host that got it made of it, on the next hop or leg.",
     diff, Turn::of_call},
    {"compare", "CALLID [OTHER]", 1, 2,
     "Show where a call differs from another one: the flow, then the INVITE and the final\n"
     "response. Without OTHER: from the last answered call before it between the same parties, or\n"
     "else over the same two hosts.",
     compare, Turn::of_call},
    {"export_pcap", "CALLID FILE [whole] [pcapng]", 2, 4,
     "Write a call as a capture for Wireshark, tshark and sngrep, in the true order.\n"
     "FILE: the name of a new file in the directory of exports (setting exports); - answers with\n"
     "the octets in base64. whole: all its legs. pcapng: with comments on each message; also if\n"
     "FILE ends so. call_inspector export writes anywhere.",
     export_pcap, Turn::of_call},
    {"export_search", "EXPRESSION FILE [N] [whole] [pcapng]", 2, 5,
     "Write the newest 20 calls, or N, that search finds for EXPRESSION, likewise into one file.",
     export_search, Turn::search},
    {"call_legs_all", "CALLID", 1, 1,
     "As call_legs, over all inspectors at the broker, which may keep different legs.", no_others,
     Turn::of_call, call_legs_all},
    {"call_details_all", "CALLID", 1, 1,
     "As call_details, over all inspectors at the broker: their messages in one order.", no_others,
     Turn::of_call, call_details_all},
    {"ladder_all", "CALLID [WIDTH] [OPTION...]", 1, most_ladder_words,
     "As ladder, over all inspectors at the broker.", no_others, Turn::of_call, ladder_all},
    {"story_all", "CALLID", 1, 1, "As story, over all inspectors at the broker.", no_others,
     Turn::of_call, story_all},
    {"message_all", "CALLID N", 2, 2,
     "As message, over all inspectors at the broker. N: its place in call_details_all.", no_others,
     Turn::of_call, message_all},
    {"diff_all", "CALLID N [M]", 2, 3,
     "As diff, over all inspectors at the broker. N, M: their places in call_details_all.",
     no_others, Turn::of_call, diff_all},
    {"compare_all", "CALLID [OTHER]", 1, 2,
     "As compare, over all inspectors at the broker, which also look for the good call.", no_others,
     Turn::of_call, compare_all},
    {"clocks", "", 0, 0,
     "Show as JSON how far every observer's clock is off, how sure that is, and how late its\n"
     "messages arrive.",
     clocks},
    {"doctor", "[json] [silent=SECONDS]", 0, 2,
     "Tell what is wrong with the senders and with this machine, and which lines mend it.\n"
     "json: for programs. silent: from when on silence is told (300).\n"
     "Where no inspector runs, on the command line, this machine alone is looked at.",
     doctor, Turn::alone},
    {"list_calls", "[N]", 0, 1,
     "Show as JSON the calls that began last, the newest first: 20 of them, or N (at most 1000).",
     list_calls, Turn::alone},
    {"search", "EXPRESSION [N]", 1, 2,
     "Show the newest 20 calls, or N (at most 10000), for which all words of EXPRESSION hold, one\n"
     "JSON object a line: from=alice to~123 user=+4930123 ip=10.0.0.0/24 status=5xx,486\n"
     "outcome=busy kind=registration since=2d until=2026-11-29 duration>90s. A bare word is a\n"
     "number, a user, an address or a part of a Call-ID. docs/search.md has all fields.",
     search, Turn::search},
    {"search_all", "EXPRESSION [N]", 1, 2,
     "As search, over all inspectors at the broker: their rows together, the newest first, each\n"
     "with the inspectors that have it. The last line says who did not answer.",
     no_others, Turn::search, search_all},
    {"calls", "[N]", 0, 1,
     "Show the whole calls that began last, the newest first: 20 of them, or N. One JSON object a\n"
     "line: what search tells of the first leg, and the Call-IDs of all legs.",
     calls, Turn::search},
    {"follow", "EXPRESSION [SECONDS]", 1, 2,
     "Show dialogues for which EXPRESSION holds, as they begin and when their outcome changes, as\n"
     "search does; until 60 seconds are over, or SECONDS (at most 3600).",
     follow},
    {"follow_next", "CURSOR EXPRESSION", 2, 2,
     "For programs: what follow would show since CURSOR, at once; the first line is the next\n"
     "CURSOR. The first one is the first word that follow answers such a program.",
     follow_next, Turn::alone},
    {"rebuild_index", "", 0, 0,
     "Make the index that search asks anew from the calls' files, in the background; or show how\n"
     "far that is. Searches are answered meanwhile, and say what is missing.",
     rebuild_index},
    {"store_stats", "", 0, 0, "Show as JSON what became of all messages, and how much is stored.",
     store_stats},
    {"amqp_stats", "", 0, 0,
     "Show as JSON what became of the questions that came by AMQP, and who else answers them.",
     amqp_stats},
    {"pin", "CALLID", 1, 1, "Keep a call, whatever its age, until it is unpinned.", pin},
    {"unpin", "CALLID", 1, 1, "Unpin a call: it is deleted when its time comes, as others are.",
     unpin},
    {"trap", "EXPRESSION COUNT [SECONDS]", 2, 3,
     "Pin the next COUNT calls (at most 1000), with all their legs, for which EXPRESSION holds "
     "when\n"
     "they end; for a day, or SECONDS. Shows the trap as JSON.",
     trap},
    {"traps", "", 0, 0, "Show as JSON the traps that are set and what they caught, one a line.",
     traps},
    {"untrap", "ID", 1, 1, "End a trap; what it pinned stays pinned.", untrap},
    {"flush", "[CALLID]", 0, 1, "Forget one call, or everything that is stored.", flush,
     Turn::alone},
    {"import_kazoo", "DIR", 1, 1,
     "Take over the calls that Kazoo's Call Inspector stored below DIR, an absolute path.\n"
     "In the inspector's own directory its files are replaced. Importing again adds nothing.",
     import_from_kazoo},
    {"export_kazoo", "DIR", 1, 1,
     "Write all calls into DIR, an absolute path, as Kazoo's Call Inspector reads them.\n"
     "DIR must not be there, or be empty.",
     export_to_kazoo},
};

}  // namespace

std::span<const Command> table() noexcept {
    return commands;
}

const Command* find(std::string_view name) noexcept {
    const auto* found = std::find_if(std::begin(commands), std::end(commands),
                                     [&](const Command& c) { return c.name == name; });
    return found == std::end(commands) ? nullptr : found;
}

Job job_of(std::span<const std::string> words) {
    const Command* command = words.empty() ? nullptr : find(words.front());
    Job job;
    if (command == nullptr || command->turn == Turn::any) return job;
    job.subject = subject_of_command(command->name);
    job.limited = command->turn == Turn::search;
    if (command->turn != Turn::of_call || words.size() < 2) return job;
    job.subject = subject_of_call(words[1]);
    job.limited = true;
    return job;
}

std::optional<Step> begin(inspector::Inspector& inspector, std::span<const std::string> words) {
    const Command* command = words.empty() ? nullptr : find(words.front());
    if (command == nullptr || command->ask_all == nullptr) return std::nullopt;
    const auto arguments = words.subspan(1);
    if (arguments.size() < command->least || arguments.size() > command->most) return std::nullopt;
    return command->ask_all(inspector, arguments);
}

Outcome run(inspector::Inspector& inspector, std::span<const std::string> words) {
    if (words.empty()) return {Status::usage, "no command\n"};
    const Command* command = find(words.front());
    if (command == nullptr) {
        return {Status::usage,
                "no such command: " + wire::visible_line(chunk::to_utf8(words.front())) + "\n"};
    }
    const auto arguments = words.subspan(1);
    if (arguments.size() < command->least || arguments.size() > command->most) {
        std::string usage = "usage: " + std::string(command->name);
        if (!command->arguments.empty()) usage += " " + std::string(command->arguments);
        return {Status::usage, usage + "\n"};
    }
    Outcome outcome = command->run(inspector, arguments);
    make_visible(outcome);
    return outcome;
}

void make_visible(Outcome& outcome) {
    outcome.text = outcome.is_coloured ? wire::visible_coloured(outcome.text)
                                       : wire::visible(std::move(outcome.text));
}

}  // namespace ci::commands
