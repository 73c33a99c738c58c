#include "calls/findings/leg_media.h"

#include <algorithm>

#include "sip/sdp.h"
#include "sip/text.h"

namespace ci::calls {
namespace {

std::string_view codec_name(std::string_view codec) {
    return codec.substr(0, codec.find('/'));
}
bool is_dtmf(std::string_view codec) {
    return sip::equal_without_case(codec_name(codec), "telephone-event");
}

/// The stream that a person would call the call's.
const sip::MediaStream* main_stream(const sip::SessionDescription& sdp) {
    const auto audio =
        std::find_if(sdp.streams.begin(), sdp.streams.end(),
                     [](const sip::MediaStream& stream) { return stream.media == "audio"; });
    if (audio != sdp.streams.end()) return &*audio;
    return sdp.streams.empty() ? nullptr : &sdp.streams.front();
}

std::vector<std::string> codec_names(const sip::MediaStream& stream) {
    std::vector<std::string> names;
    for (const auto codec : stream.codecs) {
        if (!is_dtmf(codec) && !sip::equal_without_case(codec_name(codec), "CN")) {
            names.emplace_back(codec_name(codec));
        }
    }
    return names;
}

void note(const Course& course, const Transaction& one, LegMedia& media) {
    const auto offer = sip::parse_sdp(sip::sdp_in(course.messages[one.requests.front()].sip.body));
    const sip::MediaStream* asked = main_stream(offer);
    if (asked == nullptr) return;
    if (media.offered.empty()) media.offered = codec_names(*asked);
    media.is_secure = asked->transport.find("SAVP") != std::string_view::npos;
    const bool is_held = asked->direction == sip::Direction::sendonly ||
                         asked->direction == sip::Direction::inactive;
    const bool is_first = is_initial(course, one);
    for (const std::size_t m : one.finals) {
        if (course.messages[m].sip.status >= 300) continue;
        if (is_held && !is_first) ++media.holds;
        const auto answer = sip::parse_sdp(sip::sdp_in(course.messages[m].sip.body));
        const sip::MediaStream* got = main_stream(answer);
        if (got == nullptr || got->port == 0) return;
        const auto names = codec_names(*got);
        media.chosen = names.empty() ? std::string() : names.front();
        media.has_dtmf = std::any_of(got->codecs.begin(), got->codecs.end(), is_dtmf);
        return;
    }
}

}  // namespace

std::vector<LegMedia> media_of(const Course& course) {
    std::vector<LegMedia> all;
    for (const Transaction& one : course.transactions) {
        const bool is_outermost = one.before == none || one.is_other_leg;
        if (one.method != "INVITE" || one.requests.empty() || !is_outermost) continue;
        auto of_leg = std::find_if(all.begin(), all.end(),
                                   [&](const LegMedia& media) { return media.leg == one.leg; });
        if (of_leg == all.end()) of_leg = all.insert(all.end(), LegMedia{one.leg, {}, {}});
        note(course, one, *of_leg);
    }
    std::erase_if(all, [](const LegMedia& media) { return media.offered.empty(); });
    return all;
}

}  // namespace ci::calls
