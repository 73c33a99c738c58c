// Who follows calls by server-sent events. One look at the index's changes, four times a second
// while somebody follows, serves all of them: those who asked alike get the same octets.
//
// Not locked: only the event loop's thread uses it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "commands/workers.h"
#include "web/plan.h"
#include "web/traffic.h"

namespace ci::web {

class Listener {
  public:
    virtual ~Listener() = default;
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Whole events. May end the listener.
    virtual void tell(const std::shared_ptr<const std::string>& events) = 0;
    /// Ends the listener: it may not listen any longer.
    virtual void send_away() = 0;
};

inline constexpr std::size_t most_streams = 512;

class Streams : public std::enable_shared_from_this<Streams> {
  public:
    /// False: too many jobs wait; it is asked again soon.
    using Offer = std::function<bool(commands::Job)>;

    Streams(boost::asio::io_context& context, Offer offer, inspector::Inspector& inspector,
            std::shared_ptr<Traffic> traffic, std::shared_ptr<Door> door)
        : context_(context),
          timer_(context),
          offer_(std::move(offer)),
          inspector_(inspector),
          traffic_(std::move(traffic)),
          door_(std::move(door)) {}

    /// From now on it looks, whenever there is somebody to look for.
    void begin() { wait(); }

    [[nodiscard]] bool is_full() const noexcept { return listeners_.size() >= most_streams; }
    [[nodiscard]] std::size_t size() const noexcept { return listeners_.size(); }

    void add(Listener& listener, Following following);
    /// Does nothing if it is not there.
    void remove(Listener& listener) noexcept { listeners_.erase(&listener); }

  private:
    struct Heard {
        calls::Expression expression;
        std::string text;
        std::optional<std::uint64_t> next;  ///< empty: it has just come
        Who who;
    };
    using SightPointer = std::shared_ptr<const calls::Sight>;
    /// Those who get the same: an expression, from where on, and what may be seen.
    using Group = std::tuple<std::string, std::optional<std::uint64_t>, SightPointer>;
    struct Told {
        std::shared_ptr<const std::string> events;
        std::uint64_t next = 0;
    };
    using Groups = std::map<Group, calls::Expression>;
    using News = std::map<Group, Told>;

    [[nodiscard]] static News look(inspector::Inspector& inspector, const Groups& groups);
    void wait();
    void ask();
    void send_away_who_may_not();
    void deliver(const News& news);
    void tell_all(const std::shared_ptr<const std::string>& events);

    boost::asio::io_context& context_;
    boost::asio::steady_timer timer_;
    const Offer offer_;
    inspector::Inspector& inspector_;
    const std::shared_ptr<Traffic> traffic_;
    const std::shared_ptr<Door> door_;
    std::map<Listener*, Heard> listeners_;
    unsigned quiet_ = 0;  ///< looks since all were told something
};

}  // namespace ci::web
