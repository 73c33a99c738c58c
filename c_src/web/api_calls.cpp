#include "web/api_calls.h"

#include <functional>
#include <utility>

#include "chunk/chunk.h"
#include "commands/export_file.h"
#include "commands/export_pcap.h"
#include "commands/ladder_options.h"
#include "commands/narrow_call.h"
#include "commands/read_call.h"
#include "commands/story.h"
#include "commands/whole_call.h"
#include "commands/workers.h"
#include "ladder/pictures.h"
#include "web/answer.h"
#include "web/http/problem.h"
#include "wire/visible.h"

namespace ci::web {
namespace {

using commands::Outcome;
using commands::WholeCall;
using Show = std::function<Response(inspector::Inspector&, const std::string&, const WholeCall&)>;

/// Reads the call and shows it, if there is one that may be seen: else the answer is the same as
/// for one that there is not.
Plan about_call(const Asked& asked, Show show) {
    const std::string& call_id = asked.parts[0];
    return Task{commands::subject_of_call(call_id), true,
                [call_id, show = std::move(show), sight = asked.who.sight()](const House& house) {
                    WholeCall call = commands::read_whole_call(house.inspector, call_id);
                    commands::narrow_call(call, call_id, *sight, house.inspector);
                    if (!call.error.empty()) return problem(500, "cannot read: " + call.error);
                    if (call.chunks.empty()) {
                        return problem(404,
                                       "no messages are stored for " + chunk::to_utf8(call_id));
                    }
                    Response response = show(house.inspector, call_id, call);
                    for (const calls::Leg& leg : call.legs) response.shown.push_back(leg.call_id);
                    return response;
                }};
}

template <Outcome (*show)(inspector::Inspector&, const std::string&, const WholeCall&)>
Response shown(inspector::Inspector& inspector, const std::string& call_id, const WholeCall& call) {
    return response_of(show(inspector, call_id, call), "application/json");
}

/// Of the whole answer what a list of messages needs.
Response messages_alone(inspector::Inspector& inspector, const std::string& call_id,
                        const WholeCall& call) {
    const Outcome all = commands::show_details(inspector, call_id, call);
    std::string body = "{";
    for (const std::string_view name : {"call-id", "incomplete", "messages", "events"}) {
        const auto member = chunk::find_member(all.text, name);
        if (!member) continue;
        if (body.size() > 1) body += ',';
        body.append("\"").append(name).append("\":").append(*member);
    }
    return json_response(body + "}\n");
}

/// A parameter and the words of the command that it stands for.
struct LadderParameter {
    std::string_view name, yes, no;
};
constexpr LadderParameter ladder_parameters[] = {
    {"ascii", "ascii", "unicode"}, {"open", "open", "folded"}, {"sdp", "sdp", "nosdp"}};

wire::expected<ladder::View, Response> ladder_view(const Asked& asked) {
    std::vector<std::string> words;
    if (asked.has("width")) words.emplace_back(asked.parameter("width"));
    for (const LadderParameter& one : ladder_parameters) {
        if (!asked.has(one.name)) continue;
        const std::string_view word = asked.parameter(one.name);
        if (word != "yes" && word != "no") {
            return problem(400, std::string(one.name) + " is yes or no");
        }
        words.emplace_back(word == "yes" ? one.yes : one.no);
    }
    for (const std::string name : {"legs", "hosts"}) {
        if (asked.has(name)) words.push_back(name + "=" + std::string(asked.parameter(name)));
    }
    auto view = commands::read_view(words);
    if (!view) return problem(400, view.error());
    return *std::move(view);
}

template <commands::Draw draw>
Plan picture(const Asked& asked, std::string_view type) {
    auto view = ladder_view(asked);
    if (!view) return std::move(view.error());
    return about_call(asked, [view = *std::move(view), type](inspector::Inspector& inspector,
                                                             const std::string& /*call_id*/,
                                                             const WholeCall& call) {
        return response_of(commands::show_picture(inspector, call, view, draw), type, 400);
    });
}

/// "call_CALLID.pcap": no character of a Call-ID that a header field or a shell could take amiss.
std::string file_name(std::string_view call_id, std::string_view ending) {
    constexpr std::size_t longest = 100;
    std::string name = "call_";
    for (const char c : call_id.substr(0, longest)) {
        const std::string_view one(&c, 1);
        name += commands::is_export_name("x" + std::string(one)) ? c : '_';
    }
    return name.append(".").append(ending);
}

template <synthesis::Format format>
Plan capture(const Asked& asked, std::string_view type, std::string_view ending) {
    return about_call(asked, [type, ending](inspector::Inspector& inspector,
                                            const std::string& call_id, const WholeCall& call) {
        Response response =
            with_text(std::string(type), commands::capture_of(inspector, call, format));
        response.fields.emplace_back("Content-Disposition",
                                     "attachment; filename=\"" + file_name(call_id, ending) + "\"");
        return response;
    });
}

}  // namespace

Plan call_details(const Asked& asked) {
    return about_call(asked, shown<commands::show_details>);
}

Plan call_legs(const Asked& asked) {
    return about_call(asked, shown<commands::show_legs>);
}

Plan call_messages(const Asked& asked) {
    return about_call(asked, messages_alone);
}

Plan call_story(const Asked& asked) {
    return about_call(asked, [](inspector::Inspector& inspector, const std::string& call_id,
                                const WholeCall& call) {
        return response_of(commands::show_story(inspector, call_id, call), plain_text);
    });
}

Plan call_ladder_text(const Asked& asked) {
    auto view = ladder_view(asked);
    if (!view) return std::move(view.error());
    return about_call(asked, [view = *std::move(view)](inspector::Inspector& inspector,
                                                       const std::string& call_id,
                                                       const WholeCall& call) {
        return response_of(commands::show_ladder(inspector, call_id, call, view), plain_text, 400);
    });
}

Plan call_ladder_svg(const Asked& asked) {
    return picture<ladder::svg>(asked, "image/svg+xml");
}

Plan call_pcap(const Asked& asked) {
    return capture<synthesis::Format::pcap>(asked, "application/vnd.tcpdump.pcap", "pcap");
}

Plan call_pcapng(const Asked& asked) {
    return capture<synthesis::Format::pcapng>(asked, "application/x-pcapng", "pcapng");
}

Plan call_ladder_mermaid(const Asked& asked) {
    return picture<ladder::mermaid>(asked, "text/vnd.mermaid; charset=utf-8");
}

}  // namespace ci::web
