#include "commands/gathered_call.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "amqp/publication.h"
#include "commands/gathered_look_ups.h"
#include "commands/ladder_options.h"
#include "commands/look_up.h"
#include "commands/messages.h"
#include "commands/read_call.h"
#include "commands/story.h"
#include "commands/whole_call.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

/// Each leg takes a few; a chain of legs with more is cut off.
constexpr std::size_t most_rounds = 40;

/// What is known of a call between two steps.
class CallGathering : public std::enable_shared_from_this<CallGathering> {
  public:
    CallGathering(std::string call_id, WithCall then)
        : call_id_(std::move(call_id)), then_(std::move(then)) {}

    /// Joins the legs with what is known; asks for what is not known, or for the messages.
    Step join() {
        calls::Joined joined = calls::join(look_ups_, call_id_);
        std::vector<amqp::LookUp> unknown = look_ups_.take_unknown();
        if (unknown.empty() || rounds_ == most_rounds) {
            lacks_.add(joined.incomplete);
            if (!unknown.empty()) {
                lacks_.add("legs may be missing: more than " + std::to_string(most_rounds) +
                           " rounds of questions");
            }
            legs_ = std::move(joined.legs);
            return ask_for_messages();
        }
        ++rounds_;
        amqp::Inquiry inquiry;
        inquiry.topic = amqp::Topic::look_ups;
        inquiry.look_ups = std::move(unknown);
        return ask(std::move(inquiry), &CallGathering::take_look_ups);
    }

  private:
    using Then = Step (CallGathering::*)(inspector::Inspector&, const amqp::Inquiry&,
                                         amqp::Gathered&);

    /// An inspector that did not answer one question is not waited for again.
    Step ask(amqp::Inquiry inquiry, Then then) {
        Inquired inquired;
        inquired.inquiry = inquiry;
        inquired.without = silent_;
        inquired.then = [self = shared_from_this(), inquiry = std::move(inquiry), then](
                            inspector::Inspector& own, amqp::Gathered gathered) {
            self->lacks_.add(gathered);
            auto& silent = self->silent_;
            silent.insert(silent.end(), gathered.silent.begin(), gathered.silent.end());
            return (self.get()->*then)(own, inquiry, gathered);
        };
        return inquired;
    }

    Step take_look_ups(inspector::Inspector& own, const amqp::Inquiry& inquiry,
                       amqp::Gathered& gathered) {
        try {
            const amqp::Report report = commands::report(own, inquiry);
            lacks_.add(report.incomplete);
            look_ups_.add(inquiry.look_ups, report.looked_up, 0);
        } catch (const index::Failure& failure) {
            lacks_.add(std::string("the index cannot be read: ") + failure.what());
            look_ups_.add(inquiry.look_ups, {inquiry.look_ups.size(), amqp::LookedUp()}, 0);
        }
        for (const amqp::Reported& reported : gathered.reports) {
            look_ups_.add(inquiry.look_ups, reported.report.looked_up, part_of(reported.instance));
        }
        return join();
    }

    Step ask_for_messages() {
        if (legs_.empty()) legs_.push_back({call_id_, {}, {}});
        // What was asked for comes first, whatever else there is room for.
        std::stable_partition(legs_.begin(), legs_.end(),
                              [&](const calls::Leg& leg) { return leg.call_id == call_id_; });
        amqp::Inquiry inquiry;
        inquiry.topic = amqp::Topic::messages;
        for (const calls::Leg& leg : legs_) inquiry.call_ids.push_back(leg.call_id);
        return ask(std::move(inquiry), &CallGathering::take_messages);
    }

    Step take_messages(inspector::Inspector& own, const amqp::Inquiry& inquiry,
                       amqp::Gathered& gathered) {
        amqp::Question question;
        question.is_inquiry = true;
        question.inquiry = inquiry;
        amqp::Found found = look_up(own, question);
        lacks_.add(found.report.incomplete);
        std::vector<amqp::Part> parts;
        note_keeper(gathered.own_name, found.chunks);
        parts.push_back(std::move(found.chunks));
        for (amqp::Reported& reported : gathered.reports) {
            note_keeper(reported.name, reported.chunks);
            const std::size_t part = part_of(reported.instance);
            if (parts.size() <= part) parts.resize(part + 1);
            parts[part] = std::move(reported.chunks);
        }
        WholeCall call = call_of(std::move(parts));
        put_in_order(call, amqp::with_peers(*own.clocks().priors(), std::move(gathered.clocks)));
        return then_(own, call_id_, std::move(call));
    }

    void note_keeper(const std::string& name, const amqp::Part& chunks) {
        for (const chunk::Chunk& chunk : chunks) keepers_.of_leg[chunk.call_id].insert(name);
    }

    WholeCall call_of(std::vector<amqp::Part> parts) {
        std::vector<std::size_t> part_of_chunk;
        amqp::Part all = amqp::merge(std::move(parts), &part_of_chunk);
        std::map<std::string, std::vector<std::size_t>> of_leg;
        for (std::size_t i = 0; i < all.size(); ++i) of_leg[all[i].call_id].push_back(i);
        WholeCall call;
        call.legs = std::move(legs_);
        for (std::size_t leg = 0; leg < call.legs.size(); ++leg) {
            const auto& chunks = of_leg[call.legs[leg].call_id];
            if (leg > 0 && call.chunks.size() + chunks.size() > most_messages) {
                lacks_.add("messages of a leg are left out, there are more than " +
                           std::to_string(most_messages));
                continue;
            }
            for (const std::size_t i : chunks) {
                call.chunks.push_back(std::move(all[i]));
                call.leg_of.push_back(leg);
                keepers_.part_of.push_back(part_of_chunk[i]);
            }
        }
        keepers_.missing = lacks_.missing();
        call.incomplete = lacks_.text();
        call.keepers = std::move(keepers_);
        return call;
    }

    /// A number for each other inspector, from 1 on.
    std::size_t part_of(const std::string& instance) {
        const auto known = std::find(instances_.begin(), instances_.end(), instance);
        const auto number = static_cast<std::size_t>(known - instances_.begin()) + 1;
        if (known == instances_.end()) instances_.push_back(instance);
        return number;
    }

    const std::string call_id_;
    const WithCall then_;
    GatheredLookUps look_ups_;
    Lacks lacks_{"messages"};
    Keepers keepers_;
    std::vector<calls::Leg> legs_;
    std::vector<std::string> instances_, silent_;
    std::size_t rounds_ = 0;
};

/// Who did not answer, below an answer that shows a part of the call.
Outcome told_with(Outcome outcome, const WholeCall& call) {
    if (!call.incomplete.empty()) {
        outcome.text += "incomplete: " + wire::visible_line(call.incomplete) + '\n';
    }
    return outcome;
}

/// As the command that shows a part of what was read.
Step show_part(std::span<const std::string> arguments,
               Outcome (*show)(inspector::Inspector&, std::span<const std::string>,
                               const WholeCall&)) {
    const std::vector<std::string> words(arguments.begin(), arguments.end());
    return gather_call(words[0],
                       [words, show](inspector::Inspector& own, const std::string& /*id*/,
                                     const WholeCall& call) -> Step {
                           return told_with(show(own, words, call), call);
                       });
}

}  // namespace

Step gather_call(const std::string& call_id, WithCall then) {
    return std::make_shared<CallGathering>(call_id, std::move(then))->join();
}

Step call_legs_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return gather_call(arguments[0], show_legs);
}

Step call_details_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return gather_call(arguments[0], show_details);
}

Step story_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return gather_call(arguments[0], show_story);
}

Step message_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return show_part(arguments, show_message);
}

Step diff_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return show_part(arguments, show_diff);
}

Step ladder_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    auto view = read_view(arguments.subspan(1));
    if (!view) return Outcome{Status::failed, view.error() + '\n'};
    return gather_call(
        arguments[0],
        [view = *std::move(view)](inspector::Inspector& own, const std::string& call_id,
                                  const WholeCall& call) -> Step {
            return show_ladder(own, call_id, call, view);
        });
}

}  // namespace ci::commands
