// low_quality: media that was received badly, by those who told of it.
#include <cmath>
#include <set>

#include "calls/findings/found.h"
#include "calls/findings/sound.h"

namespace ci::calls {
namespace {

std::string tenths_text(double value) {
    const auto tenths = std::lround(value * 10);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace

void find_quality(Found& found) {
    std::set<std::string> told;
    for (const Sound& sound : sounds_of(found.course)) {
        const bool has_low_mos = sound.mos && *sound.mos < found.limits.low_mos;
        const bool has_loss = sound.loss && *sound.loss > found.limits.high_loss;
        if ((!has_low_mos && !has_loss) || !told.insert(sound.told_by).second) continue;
        std::string text = sound.told_by + " tells of bad sound";
        if (!sound.from.empty() && sound.from != sound.told_by) text += " from " + sound.from;
        text += " (" + sound.source + "):";
        if (has_low_mos) text += " MOS " + tenths_text(*sound.mos);
        if (has_low_mos && has_loss) text += ',';
        if (has_loss) text += ' ' + tenths_text(*sound.loss) + " % of the packets lost";
        Finding& finding = found.add(Code::low_quality, Severity::warning, text + '.', {});
        finding.messages = sound.events;
        finding.host = chunk::to_utf8(sound.told_by);
        finding.leg = sound.leg;
    }
}

}  // namespace ci::calls
