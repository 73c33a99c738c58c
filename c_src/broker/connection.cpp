#include "broker/connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

#include "broker/session.h"
#include "os/mutex.h"
#include "os/sleep.h"

namespace ci::broker {
namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 1s, longest_pause = 30s;
constexpr auto farewell = 1s;

/// Wakes a poll().
class Bell {
  public:
    Bell() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    ~Bell() { ::close(descriptor_); }
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;

    void ring() const {
        const std::uint64_t one = 1;
        (void)!::write(descriptor_, &one, sizeof one);
    }
    void hush() const {
        std::uint64_t rings = 0;
        (void)!::read(descriptor_, &rings, sizeof rings);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

std::vector<Url> parse(const std::vector<std::string>& urls) {
    std::vector<Url> parsed;
    for (const std::string& text : urls) {
        auto url = parse_url(text);
        if (!url) {  // the message does not show the URL, which holds a password
            throw std::runtime_error("amqp: url: not an amqp://USER:PASSWORD@HOST:PORT/VHOST");
        }
        parsed.push_back(*std::move(url));
    }
    return parsed;
}

}  // namespace

// Shared with the `done` callbacks, which other threads may call after the Connection is gone.
class Connection::Thread : public std::enable_shared_from_this<Thread> {
  public:
    Thread(Options options, Hooks hooks)
        : options_(std::move(options)), urls_(parse(options_.urls)), hooks_(std::move(hooks)) {}

    void start() {
        thread_ = std::jthread([this](std::stop_token stop) {
            stop_ = std::move(stop);
            run();
        });
    }

    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        bell_.ring();
        {
            os::MutexLock lock(mutex_);
            const auto ended = [this]() REQUIRES(mutex_) { return ended_; };
            // A broker that no longer reads must not delay us.
            if (!has_ended_.wait_for(lock, farewell, ended) && socket_ >= 0) {
                ::shutdown(socket_, SHUT_RDWR);
            }
        }
        thread_.join();
    }

    void publish(Outgoing outgoing) {
        const os::MutexLock lock(mutex_);
        if (!trouble_.empty()) {
            ++dropped_;
            return;
        }
        waiting_bytes_ += outgoing.body.size();
        waiting_.push_back(std::move(outgoing));
        while (waiting_.size() > 1 && (waiting_.size() > options_.max_waiting ||
                                       waiting_bytes_ > options_.max_waiting_bytes)) {
            waiting_bytes_ -= waiting_.front().body.size();
            waiting_.pop_front();
            ++dropped_;
        }
        bell_.ring();
    }

    [[nodiscard]] Stats stats() const {
        const os::MutexLock lock(mutex_);
        return {urls_[at_].shown(), reconnects_, dropped_, trouble_};
    }

  private:
    void run() {
        auto pause = first_pause;
        for (std::size_t at = 0; !stop_.stop_requested();) {
            if (try_once(urls_[at])) pause = first_pause;
            if (stop_.stop_requested()) break;
            at = (at + 1) % urls_.size();
            set_next(at);
            if (!os::sleep_for(stop_, pause)) break;
            pause = std::min<std::chrono::seconds>(pause * 2, longest_pause);
            const os::MutexLock lock(mutex_);
            ++reconnects_;
        }
        const os::MutexLock lock(mutex_);
        ended_ = true;
        has_ended_.notify_all();
    }

    /// True: the connection was established before it broke.
    bool try_once(const Url& url) {
        bool was_bound = false;
        std::string why;
        try {
            Session session(url, options_);
            const Used used(*this, session.descriptor());
            session.login(url);
            const std::string queue = options_.queue + "-" + std::to_string(++sessions_);
            session.consume(queue);
            set_trouble({});
            was_bound = true;
            hooks_.log(false, "AMQP: connected to " + url.shown());
            hooks_.bound(queue);
            serve(session);
            session.close();
        } catch (const Broken& broken) {
            why = broken.what();
        }
        set_trouble(why.empty() ? "stopped" : why);
        if (was_bound) hooks_.unbound();
        if (!why.empty() && (was_bound || why != last_why_)) {  // a repeated reason is not logged
            hooks_.log(true, "AMQP: " + url.shown() + ": " + why);
        }
        last_why_ = was_bound ? "" : why;
        return was_bound;
    }

    void serve(Session& session) {
        while (true) {
            publish_waiting(session);
            while (has_room()) {
                auto body = session.next();
                if (!body) break;
                hand_over(*std::move(body));
                publish_waiting(session);
            }
            if (stop_.stop_requested()) {
                publish_waiting(session);
                return;
            }
            wait(session.descriptor());
        }
    }

    void hand_over(std::string body) {
        {
            const os::MutexLock lock(mutex_);
            ++taken_;
        }
        hooks_.message(std::move(body), [self = shared_from_this()] {
            const os::MutexLock lock(self->mutex_);
            --self->taken_;
            self->bell_.ring();
        });
    }

    void publish_waiting(Session& session) {
        bell_.hush();
        while (true) {
            os::MutexLock lock(mutex_);
            if (waiting_.empty()) return;
            const Outgoing next = std::move(waiting_.front());
            waiting_.pop_front();
            waiting_bytes_ -= next.body.size();
            lock.unlock();
            session.publish(next);
        }
    }

    /// Waits until there is something to do, at most a second because a heartbeat may be due.
    void wait(int descriptor) {
        pollfd polled[] = {{bell_.descriptor(), POLLIN, 0}, {descriptor, POLLIN, 0}};
        constexpr int max_ms = 1'000;
        (void)::poll(polled, has_room() ? 2 : 1, max_ms);
    }

    [[nodiscard]] bool has_room() const {
        const os::MutexLock lock(mutex_);
        return taken_ < options_.max_taken;
    }
    void set_next(std::size_t at) {
        const os::MutexLock lock(mutex_);
        at_ = at;
    }
    /// Lets stop() shut the socket down while the session uses it.
    struct Used {
        Thread& thread;
        Used(Thread& connection, int descriptor) : thread(connection) { set(descriptor); }
        ~Used() { set(-1); }
        Used(const Used&) = delete;
        Used& operator=(const Used&) = delete;
        void set(int descriptor) const {
            const os::MutexLock lock(thread.mutex_);
            thread.socket_ = descriptor;
        }
    };
    void set_trouble(std::string why) {
        const os::MutexLock lock(mutex_);
        trouble_ = std::move(why);
        if (trouble_.empty()) return;
        dropped_ += waiting_.size();
        waiting_.clear();
        waiting_bytes_ = 0;
    }

    const Options options_;
    const std::vector<Url> urls_;
    const Hooks hooks_;
    const Bell bell_;
    // Used by the thread only.
    std::stop_token stop_;
    std::uint64_t sessions_ = 0;
    std::string last_why_;

    mutable os::Mutex mutex_;
    os::Condition has_ended_;
    std::deque<Outgoing> waiting_ GUARDED_BY(mutex_);
    std::size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;
    std::size_t taken_ GUARDED_BY(mutex_) = 0;  ///< messages whose `done` was not called yet
    std::size_t at_ GUARDED_BY(mutex_) = 0;     ///< index into urls_
    std::uint64_t reconnects_ GUARDED_BY(mutex_) = 0, dropped_ GUARDED_BY(mutex_) = 0;
    std::string trouble_ GUARDED_BY(mutex_) = "not connected yet";
    int socket_ GUARDED_BY(mutex_) = -1;
    bool ended_ GUARDED_BY(mutex_) = false;
    std::jthread thread_;  ///< last: uses all of the above
};

Connection::Connection(Options options, Hooks hooks)
    : thread_(std::make_shared<Thread>(std::move(options), std::move(hooks))) {}

Connection::~Connection() {
    stop();
}

void Connection::start() {
    thread_->start();
}

void Connection::stop() {
    thread_->stop();
}

void Connection::publish(Outgoing outgoing) {
    thread_->publish(std::move(outgoing));
}

Stats Connection::stats() const {
    return thread_->stats();
}

}  // namespace ci::broker
