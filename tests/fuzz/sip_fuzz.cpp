// Any bytes give a message or a reason; and a message, cut where it says that it ends, is the same.
#include "must.h"
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

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ci::fuzz::sip_is_total({reinterpret_cast<const char*>(data), size});
    return 0;
}
