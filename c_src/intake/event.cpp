#include "intake/event.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "hep/json.h"
#include "hep/payload.h"
#include "intake/secrets.h"
#include "sip/text.h"

namespace ci::intake {
namespace {

/// HEP field 11 as senders use it: Homer's specification, revision 37, and the additions of
/// OpenSIPS (86 to 89, 96), Kamailio's sipcapture (32, 99) and Horaclifix (38).
constexpr struct {
    std::uint8_t type;
    std::string_view name;
} names[] = {{3, "sdp"},     {4, "rtp"},     {5, "rtcp"},     {32, "report"}, {34, "report"},
             {35, "report"}, {38, "report"}, {58, "rtcp"},    {86, "log"},    {87, "mi"},
             {88, "rest"},   {89, "net"},    {96, "control"}, {99, "report"}, {100, "log"}};

void name_type(hep::PayloadType type, std::string& out) {
    const auto number = static_cast<std::uint8_t>(type);
    const auto* found = std::find_if(std::begin(names), std::end(names),
                                     [number](const auto& row) { return row.type == number; });
    out = found != std::end(names) ? std::string(found->name) : "type-" + std::to_string(number);
}

/// Writes one line. A run of blanks and control characters becomes one blank.
class Label {
  public:
    explicit Label(std::string& out) : out_(out) { out_.clear(); }

    Label& operator<<(std::string_view text) {
        for (const char c : text) {
            if (out_.size() > longest_label) break;
            const auto byte = static_cast<unsigned char>(c);
            if (byte > ' ' && byte != 0x7f) {
                out_ += c;
            } else if (!out_.empty() && out_.back() != ' ') {
                out_ += ' ';
            }
        }
        return *this;
    }
    /// A string member of the payload, unescaped.
    Label& operator<<(const hep::JsonMember& member) {
        std::string text;
        hep::append_unescaped(member.value.substr(0, 4 * longest_label), text);
        return *this << text;
    }
    /// Writes " value" for each member that is present.
    Label& with(std::string_view object, std::initializer_list<std::string_view> members) {
        for (const auto name : members) {
            const auto member = hep::find_member(object, name);
            if (member && !member->value.empty()) *this << " " << *member;
        }
        return *this;
    }
    void end() {
        if (out_.size() > longest_label) {
            constexpr std::string_view cut = "...";
            std::size_t to = longest_label - cut.size();
            while (to > 0 && (static_cast<unsigned char>(out_[to]) & 0xc0U) == 0x80) --to;
            out_.resize(to);
            out_ += cut;
        }
        while (out_.ends_with(' ')) out_.pop_back();
    }

  private:
    std::string& out_;
};

/// OpenSIPS in Homer 5 mode writes the level, a delimiter that is configurable, and the text.
std::string_view next_level(std::string_view& text) {
    constexpr std::string_view levels[] = {"ALERT",  "CRITICAL", "ERROR", "WARNING",
                                           "NOTICE", "INFO",     "DEBUG", "DBG"};
    for (const auto level : levels) {
        if (!text.starts_with(level)) continue;
        auto rest = text.substr(level.size());
        if (rest.empty() || sip::is_token(rest.front())) continue;  // only a longer word
        rest.remove_prefix(rest.front() == ':' ? 1 : 0);
        text = rest;
        return level;
    }
    return {};
}

void describe_log(std::string_view payload, Label& label) {
    std::string level, text;
    if (hep::begins_with_json(payload)) {
        for (const auto name : {"Event", "level"}) {
            const auto member = hep::find_member(payload, name);
            if (member && level.empty()) hep::append_unescaped(member->value, level);
        }
        if (const auto member = hep::find_member(payload, "text")) {
            hep::append_unescaped(member->value, text);
            payload = text;
        }
    } else {
        level = next_level(payload);
    }
    if (level.empty()) {
        label << "log: " << payload;
    } else {
        label << "xlog " << level << ": " << payload;
    }
}

void describe_mi(std::string_view object, Label& label) {
    label << "MI";
    if (hep::find_member(object, "command")) {
        label.with(object, {"command", "parameters"});
        if (const auto backend = hep::find_member(object, "backend")) {
            label << " (" << *backend << ")";
        }
    } else {
        label << " reply:";
        label.with(object, {"code", "reason", "reply"});
    }
}

void describe_rtcp(std::string_view object, Label& label) {
    struct Kind {
        std::string_view number, name;
    };
    constexpr Kind kinds[] = {{"200", "sender report"},
                              {"201", "receiver report"},
                              {"202", "source description"},
                              {"203", "goodbye"},
                              {"207", "extended report"}};
    label << "RTCP";
    if (const auto type = hep::find_member(object, "type")) {
        for (const auto& kind : kinds) {
            if (type->value == kind.number) label << " " << kind.name;
        }
    }
    if (const auto ssrc = hep::find_member(object, "ssrc")) label << ", ssrc " << *ssrc;
}

void describe_links(const Memory& memory, Label& label) {
    label << "control:";
    std::string_view before = " ";
    for (const auto& link : memory.links) {
        label << before << link.protocol << " " << link.id;
        before = ", ";
    }
}

void describe(hep::PayloadType type, std::string_view name, std::string_view payload,
              const Memory& memory, Label& label) {
    const bool is_json = hep::begins_with_json(payload);
    if (name == "log") {
        describe_log(payload, label);
    } else if (name == "mi" && is_json) {
        describe_mi(payload, label);
    } else if (name == "rest" && is_json) {
        label << "REST";
        label.with(payload, {"first_line"});
    } else if (name == "net" && is_json) {
        label << "net";
        label.with(payload, {"Protocol", "Event", "Status", "Message"});
    } else if (name == "rtcp" && is_json) {
        describe_rtcp(payload, label);
    } else if (name == "control" && payload.empty()) {
        describe_links(memory, label);
    } else if (name == "mi") {
        label << "MI " << payload;
    } else if (name == "rest" || type == hep::PayloadType::sdp || name == "rtcp") {
        std::string upper(name);
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](char c) { return static_cast<char>(c - 'a' + 'A'); });
        label << upper << " " << payload;
    } else {
        label << name << " " << payload;
    }
}

/// Line ends become CRLF, which separates a chunk's lines. Binary payloads, with NULs, stay as they
/// are.
void append_lines(std::string_view text, std::string& out) {
    if (text.find('\0') != std::string_view::npos) {
        out += text;
        return;
    }
    while (true) {
        const auto end = text.find('\n');
        out += text.substr(0, end);
        if (end == std::string_view::npos) return;
        if (!out.ends_with('\r')) out += '\r';
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Event event_of(hep::PayloadType type, std::string_view payload, Memory& memory) {
    name_type(type, memory.event);
    std::string lines, clean;
    append_lines(payload, lines);
    append_without_secrets(lines, clean);
    memory.message.clear();
    if (memory.event == "net") {
        append_without_keys(clean, memory.message);
    } else {
        memory.message = std::move(clean);
    }
    Label label(memory.label);
    describe(type, memory.event, memory.message, memory, label);
    label.end();
    if (memory.message.empty()) memory.message = memory.label;
    return {memory.event, memory.label, memory.message};
}

Event event_of_unreadable(std::string_view payload) {
    constexpr std::string_view label = "payload not readable";
    return {"unreadable", label, payload.empty() ? label : payload};
}

Event event_of_no_sip(std::string_view payload, Memory& memory) {
    std::string clean;  // `payload` may point into memory.message, which is overwritten below
    append_without_secrets(payload, clean);
    memory.message = std::move(clean);
    Label label(memory.label);
    label << "not SIP: " << std::string_view(memory.message).substr(0, memory.message.find('\n'));
    label.end();
    return {"bad", memory.label, memory.message};
}

}  // namespace ci::intake
