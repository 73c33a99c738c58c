#include "commands/look_up.h"

#include <iterator>
#include <string>
#include <utility>

#include "commands/read_call.h"
#include "commands/search.h"
#include "wire/patience.h"

namespace ci::commands {
namespace {

amqp::LookedUp look_up_one(calls::Dialogues& dialogues, const amqp::LookUp& one) {
    amqp::LookedUp found;
    found.what = one.what;
    switch (one.what) {
        case amqp::LookUp::What::holders:
            found.holders = dialogues.holders(one.key, one.from, one.until, amqp::max_holders);
            break;
        case amqp::LookUp::What::keys:
            found.keys = dialogues.keys(one.call_id);
            break;
        case amqp::LookUp::What::outline:
            found.outline = dialogues.outline(one.call_id);
            break;
    }
    return found;
}

amqp::Report look_up_all(inspector::Inspector& inspector, const amqp::Inquiry& inquiry) {
    amqp::Report report;
    report.topic = amqp::Topic::look_ups;
    index::Index* const index = inspector.index();
    if (index == nullptr) {
        report.incomplete = "the index is turned off (setting index)";
        for (const auto& one : inquiry.look_ups) {
            report.looked_up.emplace_back().what = one.what;
        }
        return report;
    }
    const auto dialogues = index->dialogues();
    for (const auto& one : inquiry.look_ups) {
        wire::may_go_on();
        report.looked_up.push_back(look_up_one(*dialogues, one));
    }
    report.incomplete = index->stats().incomplete;
    return report;
}

void read_messages(const store::Store& store, const amqp::Question& question, amqp::Found& found) {
    found.report.topic = amqp::Topic::messages;
    for (const std::string& call_id : question.inquiry.call_ids) {
        store::StoredCall dialogue = store.read(call_id);
        if (dialogue.error) {
            found.report.incomplete =
                "the messages of a leg cannot be read: " + dialogue.error.text();
        }
        if (found.chunks.size() + dialogue.chunks.size() > most_messages) {
            found.report.incomplete = "messages of a leg are left out, there are more than " +
                                      std::to_string(most_messages);
            continue;
        }
        std::move(dialogue.chunks.begin(), dialogue.chunks.end(), std::back_inserter(found.chunks));
    }
}

}  // namespace

amqp::Report report(inspector::Inspector& inspector, const amqp::Inquiry& inquiry) {
    if (inquiry.topic == amqp::Topic::look_ups) return look_up_all(inspector, inquiry);
    return found_rows(inspector, inquiry.expression, inquiry.most);
}

amqp::Found look_up(inspector::Inspector& inspector, const amqp::Question& question) {
    const store::Store& store = inspector.store();
    amqp::Found found;
    if (question.is_inquiry && question.inquiry.topic != amqp::Topic::messages) {
        found.report = report(inspector, question.inquiry);
    } else if (question.is_inquiry) {
        read_messages(store, question, found);
    }
    for (const std::string& call_id : question.call_ids) {
        store::StoredCall dialogue = store.read(call_id);
        if (dialogue.error) found.error = dialogue.error.text();
        if (dialogue.chunks.empty()) continue;
        if (question.of_one_call) {
            found.chunks = std::move(dialogue.chunks);
        } else {
            found.call_ids.push_back(call_id);
        }
    }
    return found;
}

}  // namespace ci::commands
