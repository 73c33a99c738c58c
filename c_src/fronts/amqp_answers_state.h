// What the timer, the workers and the owner of AmqpAnswers share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/room.h"
#include "fronts/amqp_answers.h"
#include "os/mutex.h"

namespace ci::fronts {

/// The timer belongs to the io_context's thread. Other threads may still hold this state after its
/// owner is destroyed, and find it closed.
class AmqpAnswers::State : public std::enable_shared_from_this<State> {
  public:
    State(boost::asio::io_context& io, Hooks hooks, const amqp::Limits& limits);

    void close() {
        const os::MutexLock lock(mutex_);
        closed_ = true;
        inquiries_.clear();
    }

    void name(std::string node) {
        const os::MutexLock lock(mutex_);
        responder_.name(std::move(node));
    }
    void bound(std::string queue, std::string node);
    void unbound() {
        const os::MutexLock lock(mutex_);
        lose_broker();
    }
    void ask_others(amqp::Inquiry inquiry, const std::vector<std::string>& without, Done done);
    void leave();
    std::string farewell();

    void refuse(amqp::Malformed why) {
        const os::MutexLock lock(mutex_);
        responder_.refuse(why);
    }

    void take(std::string body, commands::Reply reply);

    [[nodiscard]] const std::string& instance() const noexcept { return instance_; }

    [[nodiscard]] std::string stats();

  private:
    static constexpr std::size_t max_bytes = 256UL * 1024 * 1024;  ///< of calls found, not answered

    /// Runs in another thread, if this state still exists then.
    template <class Run>
    void work(Run run) {
        work(std::move(run), "", [](State&) {});
    }
    /// `subject`: that of commands::Job. `give_up` is called if the job takes too long.
    template <class Run, class GiveUp>
    void work(Run run, std::string subject, GiveUp give_up) {
        commands::Job job;
        job.limited = !subject.empty();
        job.subject = std::move(subject);
        job.run = [weak = weak_from_this(), run = std::move(run)]() mutable {
            if (const auto self = weak.lock()) run(*self);
        };
        job.give_up = [weak = weak_from_this(), give_up = std::move(give_up)](auto /*after*/) {
            if (const auto self = weak.lock()) give_up(*self);
        };
        hooks_.work(std::move(job));
    }

    commands::Outcome read(const std::string& body);
    commands::Outcome take(wire::expected<amqp::Message, amqp::Malformed> message);
    void look_up(const amqp::Question& question);
    void take(amqp::Ticket ticket, amqp::Found found);
    void make(amqp::Answer answer);
    void perform(amqp::Actions actions) REQUIRES(mutex_);
    void lose_broker() REQUIRES(mutex_);
    void tell(Done done, amqp::Gathered gathered);

    void publish(amqp::Publication publication) REQUIRES(mutex_) {
        if (!closed_ && responder_.is_bound()) hooks_.publish(std::move(publication));
    }

    void arm() REQUIRES(mutex_);
    void tick();

    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    const Hooks hooks_;
    os::Mutex mutex_;
    const std::string instance_;
    commands::Room room_ GUARDED_BY(mutex_){max_bytes};
    amqp::Responder responder_ GUARDED_BY(mutex_);
    std::map<amqp::Ticket, Done> inquiries_ GUARDED_BY(mutex_);  ///< ours
    std::optional<wire::Micros> armed_
        GUARDED_BY(mutex_);  ///< what the timer is, or will shortly be, set to
    std::uint64_t too_large_ GUARDED_BY(mutex_) = 0, too_long_ GUARDED_BY(mutex_) = 0;
    bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace ci::fronts
