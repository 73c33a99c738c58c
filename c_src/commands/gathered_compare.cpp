#include "commands/gathered_compare.h"

#include <memory>
#include <utility>
#include <vector>

#include "commands/compare.h"
#include "commands/gathered_call.h"
#include "commands/good_call.h"
#include "commands/look_up.h"
#include "wire/visible.h"

namespace ci::commands {
namespace {

/// What is known between two steps: the call that was asked for, then where a good one is looked
/// for.
class Comparing : public std::enable_shared_from_this<Comparing> {
  public:
    explicit Comparing(std::span<const std::string> arguments)
        : words_(arguments.begin(), arguments.end()) {}

    Step begin() {
        return gather_call(
            words_[0],
            [self = shared_from_this()](inspector::Inspector& own, const std::string& call_id,
                                        WholeCall call) -> Step {
                if (auto nothing = nothing_to_compare(call, call_id)) {
                    return self->failed(*std::move(nothing), call.incomplete);
                }
                self->one_ = std::move(call);
                if (self->words_.size() > 1) return self->compare_with(self->words_[1], {});
                self->likes_ = good_calls_like(self->one_, own.settings().rules);
                return self->look_for(0);
            });
    }

  private:
    Step look_for(std::size_t which) {
        if (which == likes_.size()) return no_good_call(likes_, lacks_.text());
        Inquired inquired;
        inquired.inquiry.expression = calls::to_text(likes_[which].expression);
        inquired.inquiry.most = most_like_it;
        inquired.then = [self = shared_from_this(), which, inquiry = inquired.inquiry](
                            inspector::Inspector& own, amqp::Gathered gathered) -> Step {
            self->lacks_.add(gathered);
            amqp::Report report = commands::report(own, inquiry);
            self->lacks_.add(report.incomplete);
            gathered.reports.push_back({{}, gathered.own_name, std::move(report), {}});
            const amqp::FoundRow* newest = nullptr;
            for (const amqp::Reported& reported : gathered.reports) {
                for (const amqp::FoundRow& row : reported.report.rows) {
                    if (is_leg_of(self->one_, row.call_id)) continue;
                    if (newest == nullptr || row.start > newest->start) newest = &row;
                }
            }
            if (newest == nullptr) return self->look_for(which + 1);
            return self->compare_with(newest->call_id, why_it_is_good(self->likes_[which]));
        };
        return inquired;
    }

    Step compare_with(const std::string& other_id, const std::string& why) {
        return gather_call(
            other_id,
            [self = shared_from_this(), why](inspector::Inspector& own, const std::string& call_id,
                                             const WholeCall& other) -> Step {
                if (auto nothing = nothing_to_compare(other, call_id)) {
                    return self->failed(*std::move(nothing), other.incomplete);
                }
                return show_comparison(own, self->one_, other, why);
            });
    }

    [[nodiscard]] static Step failed(Outcome outcome, const std::string& incomplete) {
        if (!incomplete.empty()) {
            outcome.text += "incomplete: " + wire::visible_line(incomplete) + '\n';
        }
        return outcome;
    }

    const std::vector<std::string> words_;
    WholeCall one_;
    std::vector<CallsLikeIt> likes_;
    Lacks lacks_{"calls"};
};

}  // namespace

Step compare_all(inspector::Inspector& /*inspector*/, std::span<const std::string> arguments) {
    return std::make_shared<Comparing>(arguments)->begin();
}

}  // namespace ci::commands
