#include "calls/story/story.h"

#include <algorithm>

#include "calls/findings/found.h"
#include "calls/story/narrator.h"

namespace ci::calls {
namespace {

/// More names than that nobody reads.
constexpr std::size_t most_names = 5;

void shorten(std::vector<Sentence>& sentences) {
    if (sentences.size() <= most_sentences) return;
    const std::size_t left_out = sentences.size() - (most_sentences - 1);
    Sentence last = std::move(sentences.back());
    // The end matters more than what lies before it.
    const wire::Micros from = sentences[most_sentences - 2].at;
    sentences.resize(most_sentences - 2);
    sentences.push_back({from, std::to_string(left_out) + " steps are left out here."});
    sentences.push_back(std::move(last));
}

}  // namespace

Narrator::Narrator(const Course& course, const Analysis& analysis)
    : course_(course),
      analysis_(analysis),
      attempt_(attempt_of(course)),
      callings_(callings_of(course)) {
    if (attempt_.last != none) main_ = callings_.of[attempt_.last];
}

std::vector<Sentence> Narrator::tell() {
    if (course_.messages.empty() || attempt_.last == none) return {};
    if (main_ != none) {
        tell_begin();
        tell_refusals();
        tell_silence();
        tell_ringing();
        tell_answer();
        tell_later_answers();
        tell_middle();
        tell_end();
    } else {
        tell_request();
    }
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](const Step& a, const Step& b) { return a.message < b.message; });
    if (steps_.size() > most_sentences) {
        std::erase_if(steps_, [](const Step& one) { return one.weight == Weight::detail; });
    }
    std::vector<Sentence> sentences;
    for (const Step& step : steps_) {
        sentences.push_back(
            {at(step.message) - course_.messages.front().at, chunk::to_utf8(step.text)});
    }
    shorten(sentences);
    return sentences;
}

void Narrator::add(std::size_t message, std::string text, Weight weight) {
    if (message != none) steps_.push_back({message, std::move(text), weight});
}

std::string Narrator::host(std::size_t index) const {
    return std::string(course_.name(index));
}

std::string Narrator::list(const std::vector<std::size_t>& hosts) const {
    std::vector<std::string> names;
    for (const std::size_t one : hosts) {
        if (names.size() == most_names && hosts.size() > most_names + 1) {
            names.push_back(std::to_string(hosts.size() - most_names) + " more");
            break;
        }
        names.push_back(host(one));
    }
    return list_text(names);
}

/// Nobody passed it on, nor made a call of their own because of it.
bool Narrator::is_leaf(const Transaction& one) const {
    return one.method == "INVITE" && one.behind.empty() && is_initial(course_, one);
}

void Narrator::tell_request() {
    for (const std::size_t t : attempt_.tries) {
        const Transaction& one = course_.transactions[t];
        std::string text =
            host(one.from) + " sent " + std::string(one.method) + " to " + host(one.to);
        const Transmitted* answer = course_.final(one);
        const std::uint16_t status = course_.status(one);
        if (answer == nullptr) {
            text += ", and no answer was seen.";
        } else if (status == 401 || status == 407) {
            text += ", which asked for its name and password (" + status_text(answer->sip) + ").";
        } else {
            text += "; the answer was " + status_text(answer->sip) + ".";
        }
        const auto& first = one.requests.empty() ? one.finals : one.requests;
        if (!first.empty()) add(first.front(), std::move(text));
    }
}

std::vector<Sentence> story_of(const Course& course, const Analysis& analysis) {
    return Narrator(course, analysis).tell();
}

}  // namespace ci::calls
