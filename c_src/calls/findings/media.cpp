// What the session descriptions of a call tell: codec_mismatch, no_dtmf, held_to_the_end.
#include <algorithm>

#include "calls/findings/found.h"
#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

constexpr std::string_view dtmf = "telephone-event";

std::string_view encoding(std::string_view codec) {
    return codec.substr(0, codec.find('/'));
}

/// DTMF and comfort noise carry no speech.
bool carries_media(std::string_view codec) {
    const auto name = encoding(codec);
    return !sip::equal_without_case(name, dtmf) && !sip::equal_without_case(name, "CN");
}

bool has_dtmf(const sip::MediaStream& stream) {
    return std::any_of(stream.codecs.begin(), stream.codecs.end(), [](std::string_view codec) {
        return sip::equal_without_case(encoding(codec), dtmf);
    });
}

bool share_a_codec(const sip::MediaStream& a, const sip::MediaStream& b) {
    return std::any_of(a.codecs.begin(), a.codecs.end(), [&](std::string_view one) {
        return carries_media(one) &&
               std::any_of(b.codecs.begin(), b.codecs.end(), [&](std::string_view other) {
                   return sip::equal_without_case(encoding(one), encoding(other));
               });
    });
}

std::string codecs_text(const sip::MediaStream& stream) {
    std::vector<std::string> names;
    for (const auto codec : stream.codecs) {
        if (carries_media(codec)) names.emplace_back(encoding(codec));
    }
    return list_text(names);
}

bool is_secure(const sip::MediaStream& stream) {
    return stream.transport.find("SAVP") != std::string_view::npos;
}

/// Of a copy that was cut nobody knows what else was offered.
sip::SessionDescription description_in(const Transmitted& message) {
    if (message.sip.truncated) return {};
    return sip::parse_sdp(sip::sdp_in(message.sip.body));
}

bool is_made_by_its_to(const Course& course, const Transaction& one) {
    return std::none_of(one.behind.begin(), one.behind.end(), [&](std::size_t other) {
        const Transaction& next = course.transactions[other];
        return !next.is_other_leg &&
               std::any_of(next.finals.begin(), next.finals.end(),
                           [&](std::size_t m) { return course.messages[m].sip.status < 300; });
    });
}

/// Who took the answer refused the caller because of it.
void note_root(Found& found, Finding& finding, const Transaction& one, std::size_t answer_at) {
    const Course& course = found.course;
    const std::size_t t = course.messages[answer_at].transaction;
    const bool stops_call = found.attempt.is_failed(course) && !found.has_root &&
                            answer_at < found.attempt.answer && one.before != none &&
                            is_behind(course, t, found.attempt.last);
    if (!stops_call) return;
    finding.is_root = true;
    finding.status = found.attempt.status(course);
    found.has_root = true;
    found.explain(t);
}

/// `answerer`: the host that made the answer. True: something was told.
bool compare(Found& found, const Transaction& one, std::size_t offer_at, std::size_t answer_at,
             std::size_t answerer) {
    const Course& course = found.course;
    const auto offer = description_in(course.messages[offer_at]);
    const auto answer = description_in(course.messages[answer_at]);
    if (offer.streams.empty() || answer.streams.empty()) return false;
    const std::vector<std::size_t> proof = {offer_at, answer_at};
    const bool is_refused =
        std::all_of(answer.streams.begin(), answer.streams.end(),
                    [](const sip::MediaStream& stream) { return stream.port == 0; }) &&
        std::any_of(offer.streams.begin(), offer.streams.end(),
                    [](const sip::MediaStream& stream) { return stream.port != 0; });
    if (is_refused) {
        Finding& finding = found.add(
            Code::codec_mismatch, Severity::error,
            found.host(answerer) + " accepted the call and refused all its media (port 0)" +
                (is_secure(offer.streams.front()) ? "; SRTP was offered." : "."),
            proof, answerer);
        note_root(found, finding, one, answer_at);
        return true;
    }
    const std::size_t streams = std::min(offer.streams.size(), answer.streams.size());
    for (std::size_t i = 0; i < streams; ++i) {
        const auto& asked = offer.streams[i];
        const auto& got = answer.streams[i];
        if (got.port == 0 || asked.port == 0 || asked.codecs.empty() || got.codecs.empty())
            continue;
        if (asked.media != "audio" && asked.media != "video") continue;
        std::string why;
        if (!share_a_codec(asked, got)) {
            why = "answered with " + codecs_text(got) + ", and " + codecs_text(asked) +
                  " was offered";
        } else if (is_secure(asked) != is_secure(got)) {
            why = "answered with " + std::string(got.transport) + ", and " +
                  std::string(asked.transport) + " was offered";
        }
        if (!why.empty()) {
            Finding& finding =
                found.add(Code::codec_mismatch, Severity::error,
                          found.host(answerer) + ' ' + why + " (" + std::string(asked.media) + ").",
                          proof, answerer);
            note_root(found, finding, one, answer_at);
            return true;
        }
        if (asked.media == "audio" && has_dtmf(asked) && !has_dtmf(got)) {
            found.add(Code::no_dtmf, Severity::info,
                      found.host(answerer) +
                          " does not take telephone-event, which was offered: digits may not get "
                          "through.",
                      proof, answerer);
            return true;
        }
    }
    return false;
}

/// Without an offer in the INVITE the 2xx has it, and the ACK the answer (RFC 3264 4).
std::size_t late_answer(const Course& course, const Transaction& one) {
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& it = course.messages[m];
        const bool is_ack = it.sip.is_request && it.sip.method == "ACK" && it.leg == one.leg &&
                            it.sip.cseq && it.sip.cseq->number == one.number &&
                            it.src == one.from && it.dst == one.to;
        if (is_ack && !sip::sdp_in(it.sip.body).empty()) return m;
    }
    return none;
}

}  // namespace

void find_mismatches(Found& found) {
    const Course& course = found.course;
    // Once a call, nearest to the callee: others pass the description on.
    for (std::size_t t = course.transactions.size(); t-- > 0;) {
        const Transaction& one = course.transactions[t];
        if (one.method != "INVITE" || one.requests.empty() || !is_made_by_its_to(course, one)) {
            continue;
        }
        for (const std::size_t m : one.finals) {
            if (course.messages[m].sip.status >= 300) continue;
            const std::size_t asked = one.requests.front();
            const std::size_t ack = sip::sdp_in(course.messages[asked].sip.body).empty()
                                        ? late_answer(course, one)
                                        : none;
            const bool is_told = ack == none
                                     ? compare(found, one, asked, m, one.to)
                                     : compare(found, one, m, ack, who_asked(course, asked));
            if (is_told) return;
            break;
        }
    }
}

namespace {

bool is_on_hold(const sip::SessionDescription& sdp) {
    return !sdp.streams.empty() &&
           std::all_of(sdp.streams.begin(), sdp.streams.end(), [](const sip::MediaStream& stream) {
               // With ICE addresses come later, as candidates.
               const bool is_nowhere = !stream.has_ice &&
                                       stream.address.family == wire::Family::ipv4 &&
                                       stream.address == wire::Address{wire::Family::ipv4, {}};
               return stream.direction == sip::Direction::sendonly ||
                      stream.direction == sip::Direction::inactive || is_nowhere;
           });
}

void find_held(Found& found) {
    const Course& course = found.course;
    std::vector<std::size_t> held(course.legs, none);
    std::vector<bool> told(course.legs, false);
    for (std::size_t m = 0; m < course.messages.size(); ++m) {
        const Transmitted& one = course.messages[m];
        if (!one.sip.is_request) continue;
        if (one.sip.method == "REFER") held[one.leg] = none;  // held to be transferred
        const bool is_passed_on =
            one.transaction != none && course.transactions[one.transaction].before != none;
        const bool offers = (one.sip.method == "INVITE" || one.sip.method == "UPDATE") &&
                            !sip::to_tag(one.sip).empty();
        if (offers && one.transaction != none && !is_passed_on &&
            course.status(course.transactions[one.transaction]) / 100 == 2) {
            const auto sdp = description_in(one);
            if (!sdp.streams.empty()) held[one.leg] = is_on_hold(sdp) ? m : none;
        }
        if (one.sip.method != "BYE" || held[one.leg] == none || told[one.leg]) continue;
        std::fill(told.begin(), told.end(), true);  // the other leg was held along with it
        const Transmitted& hold = course.messages[held[one.leg]];
        found.add(Code::held_to_the_end, Severity::info,
                  found.host(hold.src) + " put the call on hold, and it ended so " +
                      time_text(one.at - hold.at) + " later.",
                  {held[one.leg], m}, hold.src);
    }
}

}  // namespace

void find_media(Found& found) {
    find_held(found);
}

}  // namespace ci::calls
