// Any bytes give a message or a reason; and a message, cut where it says that it ends, is the same.
// Masked, it keeps its length and its lines, and shows no response.
#include <algorithm>
#include <string>

#include "must.h"
#include "sip/mask.h"
#include "sip/message.h"
#include "wire/reader.h"

namespace ci::fuzz {
namespace {

void views_lie_within(const sip::Message& m, std::string_view bytes) {
    for (const auto view : {m.start_line, m.method, m.request_uri, m.headers, m.body, m.call_id,
                            m.cseq_value, sip::from_tag(m), sip::to_tag(m)}) {
        must(lies_within(view, bytes), "a message is made of its bytes");
    }
    for (const auto& via : sip::vias(m)) {
        for (const auto view : {via.transport, via.sent_by, via.branch, via.received, via.rport}) {
            must(lies_within(view, via.text), "a Via is made of its text");
        }
        must(lies_within(via.text, m.headers), "a Via is a header");
        must(!via.text.empty(), "an empty element is no Via");
    }
}

void same(const sip::Message& a, const sip::Message& b) {
    must(a.start_line == b.start_line && a.is_request == b.is_request, "start line");
    must(a.method == b.method && a.request_uri == b.request_uri && a.status == b.status, "method");
    must(a.headers == b.headers && a.body == b.body && a.size == b.size, "parts");
    must(a.call_id == b.call_id && a.duplicate_call_id == b.duplicate_call_id, "call id");
    must(a.cseq_value == b.cseq_value && a.cseq.has_value() == b.cseq.has_value(), "cseq");
    must(!a.cseq || (a.cseq->number == b.cseq->number && a.cseq->method == b.cseq->method),
         "cseq's parts");
    must(a.max_forwards == b.max_forwards && a.truncated == b.truncated, "the rest");
}

void headers_agree(const sip::Message& m) {
    std::string_view rest = m.headers;
    std::string_view call_id;
    while (true) {
        const std::size_t before = rest.size();
        const auto header = sip::next_header(rest);
        if (!header) break;
        must(rest.size() < before, "a header taken is gone");
        must(!header->name.empty(), "a header has a name");
        must(lies_within(header->name, m.headers) && lies_within(header->value, m.headers),
             "a header is made of the headers");
        if (call_id.empty() && sip::is_named(*header, "call-id", 'i')) call_id = header->value;
    }
    must(rest.empty(), "all headers can be taken");
    must(call_id.starts_with(m.call_id), "both ways find the same Call-ID");
}

void sip_is_total(std::string_view bytes) {
    const auto parsed = sip::parse(bytes);
    if (!parsed) {
        must(parsed.error().at <= bytes.size(), "a rejection points into the bytes");
        return;
    }
    const sip::Message& message = *parsed;
    must(message.size <= bytes.size(), "a message ends in its bytes");
    must(message.is_request == (message.status == 0), "a request or a response");
    must(!message.is_request || !message.method.empty(), "a request has a method");
    must(message.is_request || (message.status >= 100 && message.status <= 699), "a status");
    views_lie_within(message, bytes);
    headers_agree(message);
    const auto again = sip::parse(bytes.substr(0, message.size));
    must(bool(again), "a message without its padding is one");
    same(*again, message);
}

std::string masked(std::string_view text, const sip::Masking& what) {
    std::string out;
    if (!sip::mask(text, what, out)) return std::string(text);
    must(out != text, "what is masked is another text");
    return out;
}

void masking_keeps_the_shape(std::string_view bytes) {
    for (const sip::Masking what : {sip::Masking{true, false}, {false, true}, {true, true}}) {
        const std::string once = masked(bytes, what);
        must(once.size() == bytes.size(), "masking keeps the length");
        for (std::size_t i = 0; i < once.size(); ++i) {
            must(once[i] == bytes[i] || once[i] == '*', "a masked octet is an asterisk");
            const bool is_line_end = bytes[i] == '\r' || bytes[i] == '\n';
            must(!is_line_end || once[i] == bytes[i], "line ends stay");
        }
        must(masked(once, what) == once, "masking again changes nothing");
    }
}

/// The bytes are put in front of a response, in the same header.
void no_response_is_shown(std::string_view bytes) {
    constexpr std::string_view secret = "6629fae49393a053";
    std::string junk(bytes.substr(0, 512));
    std::replace(junk.begin(), junk.end(), '\n', ' ');
    std::replace(junk.begin(), junk.end(), '\r', ' ');
    if (junk.find(secret) != std::string::npos) return;
    for (const std::string_view value : {"\"6629fae49393a053\"", "6629fae49393a053"}) {
        for (const std::string_view name : {"\r\n response=", ",response =", "; rspauth= "}) {
            std::string text("REGISTER sip:a SIP/2.0\r\nAuthorization: Digest ");
            text.append(junk).append(name).append(value);
            must(masked(text, {}).find(secret) == std::string::npos, "no response is shown");
        }
    }
}

/// As JSON has it in strings, `times` deep.
std::string escaped(std::string text, int times) {
    for (; times > 0; --times) {
        std::string out;
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            if (c == '\r' || c == '\n') {
                out += c == '\r' ? "\\r" : "\\n";
            } else {
                out += c;
            }
        }
        text = std::move(out);
    }
    return text;
}

/// The bytes are what stands around a message within JSON; and masking it once is enough.
void no_wrapped_response_is_shown(std::string_view bytes) {
    constexpr std::string_view secret = "6629fae49393a053";
    const std::string junk(bytes.substr(0, 512));
    if (junk.find(secret) != std::string::npos) return;
    for (int times = 0; times <= 3; ++times) {
        const std::string message =
            "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest username=\"u\", "
            "response=\"6629fae49393a053\"\r\nX: " +
            junk + "\r\n";
        const std::string text =
            "{\"a\":\"" + escaped(junk, 1) + "\",\"m\":\"" + escaped(message, times) + "\"}";
        std::string once, twice;
        if (!sip::mask_event(text, {}, once)) once = text;
        must(once.size() == text.size(), "masking keeps the length of events");
        must(once.find(secret) == std::string::npos, "no wrapped response is shown");
        must(!sip::mask_event(once, {}, twice), "masking events again changes nothing");
    }
    std::string once, twice;
    if (!sip::mask_event(bytes, {}, once)) once = bytes;
    must(!sip::mask_event(once, {}, twice), "masking any event again changes nothing");
    if (sip::mask_summary(bytes, {}, once)) {
        must(!sip::mask_summary(once, {}, twice), "masking lines again changes nothing");
    }
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ci::fuzz::sip_is_total(bytes);
    ci::fuzz::masking_keeps_the_shape(bytes);
    ci::fuzz::no_response_is_shown(bytes);
    ci::fuzz::no_wrapped_response_is_shown(bytes);
    return 0;
}
