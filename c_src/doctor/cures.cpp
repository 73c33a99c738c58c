#include "doctor/cures.h"

#include <algorithm>
#include <utility>

namespace ci::doctor {
namespace {

using hep::Maker;

/// Whom a line is for, and where it belongs.
struct Place {
    std::string_view program;
    std::string_view where;
    Maker maker = Maker::unknown;  ///< unknown: for whatever sender
};
constexpr Place kamailio{"kamailio", "kamailio.cfg", Maker::kamailio};
constexpr Place kamailio_shell{"kamailio", "shell", Maker::kamailio};
/// Kazoo's Kamailio; local.cfg is read before the files whose defaults it overrides.
constexpr Place kazoo{"kazoo", "/etc/kazoo/kamailio/local.cfg", Maker::kamailio};
constexpr Place kazoo_role{"kazoo", "/etc/kazoo/kamailio/sip_trace-role.cfg", Maker::kamailio};
constexpr Place freeswitch{"freeswitch", "autoload_configs/sofia.conf.xml, global_settings",
                           Maker::freeswitch};
constexpr Place freeswitch_profile{"freeswitch", "sip_profiles/*.xml, settings", Maker::freeswitch};
constexpr Place freeswitch_gateway{"freeswitch", "sip_profiles/*/*.xml, gateway",
                                   Maker::freeswitch};
constexpr Place freeswitch_shell{"freeswitch", "shell", Maker::freeswitch};
constexpr Place kazoo_freeswitch{
    "kazoo", "/etc/kazoo/freeswitch/autoload_configs/sofia.conf.xml, global_settings",
    Maker::freeswitch};
constexpr Place kazoo_profile{
    "kazoo", "/etc/kazoo/freeswitch/sip_profiles/sipinterface_1.xml, settings", Maker::freeswitch};
constexpr Place opensips{"opensips", "opensips.cfg", Maker::opensips};
constexpr Place sender_shell{"shell", "on the sender's host"};
constexpr Place shell{"shell", "on the inspector's host"};
constexpr Place sysctl{"sysctl", "/etc/sysctl.d/60-call_inspector.conf"};
constexpr Place systemd{"systemd", "the inspector's unit, [Service]"};
constexpr Place limits{"limits", "/etc/security/limits.d/call_inspector.conf"};
constexpr Place inspector_shell{"call_inspector", "shell"};
constexpr Place settings{"call_inspector", "the configuration file"};
constexpr Place settings_store{"call_inspector", "the configuration file, \"store\""};

constexpr std::string_view set = "set", remove = "remove", run = "run";

struct Row {
    Code code;
    Place place;
    std::string_view action;
    std::string_view line;  ///< with the members of Names in braces
};

constexpr std::string_view freeswitch_line =
    R"(<param name="capture-server" value="udp:{inspector};hep=3;capture_id={id}"/>)";
constexpr std::string_view freeswitch_large =
    R"(<param name="capture-server" value="udp:{inspector};hep=3;capture_id={id};bufsize=65000"/>)";
constexpr std::string_view freeswitch_on = R"(<param name="sip-capture" value="yes"/>)";
constexpr std::string_view freeswitch_off = R"(<param name="sip-capture" value="no"/>)";
constexpr std::string_view opensips_line =
    R"(modparam("proto_hep", "hep_id", "[inspector]{inspector};transport=udp;version=3"))";
constexpr std::string_view opensips_tcp =
    R"(modparam("proto_hep", "hep_id", "[inspector]{inspector};transport=tcp;version=3"))";
constexpr std::string_view opensips_hep2 =
    R"(modparam("proto_hep", "hep_id", "[inspector]{inspector};transport=udp;version=2"))";
constexpr std::string_view opensips_trace = R"(trace("tid", "d", "sip");)";
constexpr std::string_view capture_ipv6 = "call_inspector start_capture any 'ip6 and port 5060'";

constexpr Row lines[] = {
    {Code::no_inspector, inspector_shell, run, "call_inspector run --hep 0.0.0.0:9060"},
    {Code::no_parser, inspector_shell, run, "call_inspector start_hep_parser 0.0.0.0 9060"},

    {Code::capture_off, inspector_shell, run, "call_inspector capture on '{parser}'"},
    {Code::not_reading, inspector_shell, run, "call_inspector parser_stats '{parser}'"},

    {Code::no_traffic, shell, run, "tcpdump -ni any port {port}"},
    {Code::no_traffic, kamailio, set,
     R"(modparam("siptrace", "duplicate_uri", "sip:{inspector}{transport}"))"},
    {Code::no_traffic, kamailio, set, R"(modparam("siptrace", "trace_on", 1))"},
    {Code::no_traffic, kamailio, set, R"(modparam("siptrace", "trace_mode", 1))"},
    {Code::no_traffic, kazoo, set, R"(#!define SIP_TRACE_URI "sip:{inspector}{transport}")"},
    {Code::no_traffic, kazoo, set, "#!trydef SIP_TRACE_ALL_ROLE"},
    {Code::no_traffic, kazoo, set, "#!define KZ_TRACE 1"},
    {Code::no_traffic, freeswitch, set, freeswitch_line},
    {Code::no_traffic, freeswitch_profile, set, freeswitch_on},
    {Code::no_traffic, kazoo_freeswitch, set, freeswitch_line},
    {Code::no_traffic, kazoo_profile, set, freeswitch_on},
    {Code::no_traffic, opensips, set, opensips_line},
    {Code::no_traffic, opensips, set, R"(modparam("tracer", "trace_on", 1))"},

    {Code::firewall, shell, run, "nft insert rule {rule}"},

    {Code::not_hep, shell, run, "tcpdump -ni any -c 5 -X port {port}"},
    {Code::not_hep, kamailio, set, R"(modparam("siptrace", "hep_mode_on", 1))"},
    {Code::not_hep, kamailio, set, R"(modparam("siptrace", "hep_version", 3))"},
    {Code::not_hep, freeswitch, set, freeswitch_line},
    {Code::not_hep, opensips, set, opensips_line},

    {Code::not_allowed, settings, set, R"("allow": ["10.0.0.0/8", "192.0.2.1"])"},
    {Code::wrong_key, kamailio, set, R"(modparam("siptrace", "auth_key", "KEY"))"},
    {Code::wrong_key, inspector_shell, run,
     "call_inspector start_hep_parser {ip} {other_port} auth_key="},

    {Code::kernel_drops, sysctl, set, "net.core.rmem_max = 67108864"},
    {Code::kernel_drops, shell, run, "sysctl -w net.core.rmem_max=67108864"},
    {Code::small_buffer, sysctl, set, "net.core.rmem_max = 67108864"},
    {Code::small_buffer, shell, run, "sysctl -w net.core.rmem_max=67108864"},

    {Code::silent, sender_shell, run, "tcpdump -ni any port {port}"},
    {Code::silent, kamailio_shell, run, "kamcmd siptrace.status on"},
    {Code::silent, kamailio, set, R"(modparam("siptrace", "trace_on", 1))"},
    {Code::silent, kazoo, set, "#!define KZ_TRACE 1"},
    {Code::silent, freeswitch_shell, run, "fs_cli -x 'sofia global capture on'"},
    {Code::silent, opensips, set, R"(modparam("tracer", "trace_on", 1))"},

    {Code::old_hep, kamailio, set, R"(modparam("siptrace", "hep_mode_on", 1))"},
    {Code::old_hep, kamailio, set, R"(modparam("siptrace", "hep_version", 3))"},
    {Code::old_hep, kazoo_role, set, R"(modparam("siptrace", "hep_version", 3))"},
    {Code::old_hep, freeswitch, set, freeswitch_line},
    {Code::old_hep, kazoo_freeswitch, set, freeswitch_line},
    {Code::old_hep, opensips, set, opensips_line},

    {Code::clock_off, sender_shell, run, "timedatectl set-ntp true"},
    {Code::clock_off, sender_shell, run, "chronyc makestep"},

    {Code::two_clocks, kamailio, set, R"(modparam("siptrace", "hep_capture_id", {id}))"},
    {Code::two_clocks, kazoo, set, "#!define HEP_CAPTURE_ID {id}"},
    {Code::two_clocks, freeswitch, set, freeswitch_line},
    {Code::two_clocks, kazoo_freeswitch, set, freeswitch_line},
    {Code::two_clocks, opensips, set, R"(modparam("proto_hep", "hep_capture_id", {id}))"},
    {Code::shared_id, kamailio, set, R"(modparam("siptrace", "hep_capture_id", {id}))"},
    {Code::shared_id, kazoo, set, "#!define HEP_CAPTURE_ID {id}"},
    {Code::shared_id, freeswitch, set, freeswitch_line},
    {Code::shared_id, kazoo_freeswitch, set, freeswitch_line},
    {Code::shared_id, opensips, set, R"(modparam("proto_hep", "hep_capture_id", {id}))"},

    // sofia-sip copies four octets of an IPv6 address, in all its versions.
    {Code::empty_ipv6, inspector_shell, run, capture_ipv6},
    {Code::empty_ipv6, freeswitch_profile, set, freeswitch_off},
    {Code::empty_ipv6, kazoo_profile, set, freeswitch_off},

    // OpenSIPS before 3.1 writes the source twice, in HEP 3 only.
    {Code::same_ends, opensips, set, opensips_hep2},
    {Code::same_ends, kamailio, remove, R"(modparam("siptrace", "trace_local_ip", ...))"},

    {Code::truncated, freeswitch, set, freeswitch_large},
    {Code::truncated, kazoo_freeswitch, set, freeswitch_large},
    {Code::truncated, opensips, set, opensips_tcp},
    {Code::truncated, opensips, set, R"(modparam("proto_hep", "compressed_payload", 0))"},
    // Mirrors of the network's reads have pieces of what came by TCP.
    {Code::truncated, kamailio, set, R"(modparam("siptrace", "trace_mode", 0))"},
    {Code::truncated, kamailio, set, R"(modparam("siptrace", "trace_flag", 22))"},
    {Code::truncated, kamailio, set, "setflag(22); sip_trace();"},

    {Code::one_direction, kamailio, set, R"(modparam("siptrace", "trace_mode", 1))"},
    {Code::one_direction, kazoo, set, "#!trydef SIP_TRACE_ALL_ROLE"},
    {Code::one_direction, freeswitch_profile, set, freeswitch_on},
    {Code::one_direction, kazoo_profile, set, freeswitch_on},
    {Code::one_direction, opensips, set, opensips_trace},

    {Code::everything_twice, kamailio, remove, "sip_trace();"},
    {Code::everything_twice, kazoo, remove, "#!trydef SIP_TRACE_ROLE"},
    {Code::everything_twice, kazoo, set, "#!trydef SIP_TRACE_ALL_ROLE"},
    {Code::everything_twice, opensips, remove, opensips_trace},
    {Code::everything_twice, freeswitch_profile, remove, freeswitch_on},

    {Code::options_flood, kamailio, set,
     R"(event_route[siptrace:msg] { if (is_method("OPTIONS")) drop(); })"},
    {Code::options_flood, kazoo, set, "#!trydef SIP_TRACE_ALL_ROLE"},
    {Code::options_flood, kazoo, set, R"(#!define KZ_TRACE_IGNORED_METHODS "OPTIONS")"},
    {Code::options_flood, freeswitch_profile, set,
     R"(<param name="all-reg-options-ping" value="false"/>)"},
    {Code::options_flood, freeswitch_gateway, set, R"(<param name="ping" value="60"/>)"},
    {Code::options_flood, opensips, set, R"(if (!is_method("OPTIONS")) trace("tid", "d", "sip");)"},

    {Code::store_trouble, shell, run, "df -h {root}; ls -ld {root}"},
    {Code::disk_low, settings_store, set, R"("keep_bytes": "{space}")"},
    {Code::disk_low, settings_store, set, R"("compress_after": "1d")"},
    {Code::inodes_low, settings_store, set, R"("keep": "7d")"},
    {Code::few_descriptors, systemd, set, "LimitNOFILE=65536"},
    {Code::few_descriptors, limits, set, "* hard nofile 65536"},
    {Code::little_memory, systemd, set, "MemoryMax={memory}"},
    {Code::little_memory, settings_store, set, R"("memory": "16M")"},
};

void replace(std::string& text, std::string_view name, std::string_view value) {
    for (auto at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size())) {
        text.replace(at, name.size(), value);
    }
}

std::string filled(std::string_view line, const Names& names) {
    const std::size_t colon = names.inspector.rfind(':');
    const std::string port =
        colon == std::string::npos ? "9060" : names.inspector.substr(colon + 1);
    const std::pair<std::string_view, std::string_view> values[] = {
        {"{inspector}", names.inspector},
        {"{transport}", names.is_tls ? ";transport=tls" : ""},
        {"{ip}", names.listen},
        {"{port}", port},
        {"{parser}", names.parser},
        {"{other_port}", names.other_port},
        {"{id}", names.id},
        {"{root}", names.root},
        {"{space}", names.space},
        {"{rule}", names.rule},
        {"{memory}", names.memory},
    };
    std::string text(line);
    for (const auto& [name, value] : values) replace(text, name, value);
    return text;
}

/// Of the senders only Kamailio mirrors by TLS.
bool is_by_tls(const Row& row) {
    return row.place.maker == Maker::unknown || row.place.maker == Maker::kamailio ||
           row.line.find("{inspector}") == std::string_view::npos;
}

}  // namespace

std::vector<Cure> cures_of(Code code, Maker maker, const Names& names) {
    // A sender that is known has a way: a relay, perhaps.
    const bool is_new_by_tls = names.is_tls && maker == Maker::unknown;
    const auto add = [&](std::vector<Cure>& cures, bool all) {
        for (const Row& row : lines) {
            if (row.code != code || (is_new_by_tls && !is_by_tls(row))) continue;
            const bool fits = row.place.maker == Maker::unknown || row.place.maker == maker;
            if (!fits && !all) continue;
            cures.push_back(
                {row.place.program, row.action, row.place.where, filled(row.line, names)});
        }
    };
    std::vector<Cure> cures;
    add(cures, maker == Maker::unknown);
    if (cures.empty()) add(cures, true);  // nothing is known for that program: another's may help
    return cures;
}

}  // namespace ci::doctor
