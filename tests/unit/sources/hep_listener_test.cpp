#include "sources/hep_listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>

#include "net/sockaddr.h"
#include "sources/parsers.h"
#include "sources/recording.h"
#include "sources/replay.h"
#include "support/places.h"

namespace {

using namespace ci;

std::string read(const std::string& name) {
    std::ifstream in(test::source(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Collects the chunks, and lets the test wait for them.
class Collected {
  public:
    std::size_t operator()(std::span<const chunk::Draft> drafts) {
        const std::scoped_lock lock(mutex_);
        for (const auto& draft : drafts) {
            observers.emplace_back(draft.observer);
            messages.emplace_back(draft.message);
        }
        arrived_.notify_all();
        return drafts.size() - std::min(drafts.size(), refuse);
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, std::chrono::seconds(30),
                                 [&] { return messages.size() >= count; });
    }
    std::size_t refuse = 0;  ///< chunks of each batch to refuse
    std::vector<std::string> observers, messages;

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
};

/// Starts on some free port of loopback.
std::unique_ptr<sources::HepListener> start(Collected& collected, wire::Endpoint& at,
                                            sources::HepOptions options = {}) {
    at = *wire::parse_endpoint("127.0.0.1:20000");
    for (; at.port < 30000; ++at.port) {
        options.local = at;
        auto listener =
            sources::HepListener::start(options, [&](auto drafts) { return collected(drafts); });
        if (listener) return *std::move(listener);
    }
    return nullptr;
}

TEST(HepListener, TakesARecordedCallOfTwoObservers) {
    Collected collected;
    wire::Endpoint at;
    const auto listener = start(collected, at);
    ASSERT_TRUE(listener);
    const std::string file = read("priv/sample/two_observers.bin");
    const auto records = sources::read_recording(file);
    ASSERT_TRUE(records);
    const auto replayed = sources::replay(*records, at, {1000.0, 1});
    ASSERT_TRUE(replayed);
    ASSERT_TRUE(collected.wait_for(records->size()));
    const std::string self = "@" + listener->id();
    EXPECT_EQ(collected.observers.front(), "127.0.0.1#101" + self);
    EXPECT_EQ(
        std::count(collected.observers.begin(), collected.observers.end(), "127.0.0.1#102" + self),
        13);
}

TEST(HepListener, StoppedItHasHandedOverWhatItReceived) {
    Collected collected;
    wire::Endpoint at;
    auto listener = start(collected, at);
    ASSERT_TRUE(listener);
    const std::string file = read("priv/sample/two_observers.bin");
    const auto records = *sources::read_recording(file);
    ASSERT_TRUE(sources::replay(records, at, {0.0, 3}));
    listener.reset();
    EXPECT_EQ(collected.messages.size(), 3 * records.size());
}

TEST(HepListener, CountsEachDatagramOnce) {
    Collected collected;
    collected.refuse = 100;  // every chunk
    wire::Endpoint at;
    const auto listener = start(collected, at);
    ASSERT_TRUE(listener);
    const std::string options = "OPTIONS sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n";
    const std::string head("\x01\x10\x02\x11\x13\xce\x13\xc4\x7f\0\0\x01\x7f\0\0\x0a", 16);
    const std::string datagrams[] = {head + options,
                                     "nonsense",
                                     std::string("\r\n\r\n"),
                                     head + "hello",
                                     head + "BYE sip:a SIP/2.0\r\n\r\n",
                                     "HEP3"};
    std::vector<sources::Record> records;
    for (const auto& datagram : datagrams) records.push_back({0, datagram});
    ASSERT_TRUE(sources::replay(records, at, {}));
    const sources::Counters& counters = listener->counters();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (counters.received < std::size(datagrams)) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
    EXPECT_EQ(counters.stored, 0U);
    const auto count = [&](intake::Refused reason) {
        return counters.refused[reason.index()].load();
    };
    EXPECT_EQ(count(hep::Reason::unknown_magic), 1U);
    EXPECT_EQ(count(hep::Reason::keepalive), 1U);
    EXPECT_EQ(count(hep::Reason::hep3_short), 1U);
    EXPECT_EQ(count(intake::Reason::store_failed), 3U);
    const auto damaged = [&](intake::Refused reason) {
        return counters.damaged[reason.index()].load();
    };
    EXPECT_EQ(damaged(sip::Reason::sip_no_start_line), 1U);
    EXPECT_EQ(damaged(intake::Reason::sip_no_call_id), 1U);
    EXPECT_EQ(counters.events, 1U);
}

/// A HEP 3 packet that only has a SIP request.
std::string hep3_packet(const std::string& call_id) {
    const std::string sip = "OPTIONS sip:a SIP/2.0\r\nCall-ID: " + call_id + "\r\n\r\n";
    const auto be = [](std::size_t value) {
        return std::string{static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
    };
    return "HEP3" + be(12 + sip.size()) + be(0) + be(0x0f) + be(6 + sip.size()) + sip;
}

TEST(Receiver, TakesEveryPacketOfADatagram) {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += hep3_packet(std::to_string(i));
    bytes += "HEP3";  // and an incomplete packet
    wire::Datagram datagram;
    datagram.bytes = wire::as_bytes(bytes);
    std::vector<std::string> calls;
    const sources::Sink sink = [&calls](auto drafts) {
        for (const auto& draft : drafts) calls.emplace_back(draft.call_id);
        return drafts.size();
    };
    sources::Receiver receiver("p", {}, {}, {true, true}, sink);
    receiver.receive({&datagram, 1});
    const sources::Counters& counters = receiver.counters();
    ASSERT_EQ(calls.size(), 1000U);
    EXPECT_EQ(calls.front(), "0");
    EXPECT_EQ(calls.back(), "999");
    EXPECT_EQ(counters.received, 1001U);
    EXPECT_EQ(counters.stored, 1000U);
    EXPECT_EQ(counters.bytes, bytes.size());
    EXPECT_EQ(counters.refused[intake::Refused(hep::Reason::hep3_short).index()], 1U);
}

TEST(Receiver, IgnoresWhatIsNoPacketBehindAPacket) {
    const std::string bytes = hep3_packet("x") + "rest";
    wire::Datagram datagram;
    datagram.bytes = wire::as_bytes(bytes);
    const sources::Sink sink = [](auto drafts) { return drafts.size(); };
    sources::Receiver receiver("p", {}, {}, {true, true}, sink);
    receiver.receive({&datagram, 1});
    const sources::Counters& counters = receiver.counters();
    EXPECT_EQ(counters.received, 1U);
    EXPECT_EQ(counters.stored, 1U);
}

/// A TCP connection to the listener.
os::Descriptor connect(const wire::Endpoint& to) {
    os::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = net::to_sockaddr(to);
    if (::connect(socket.get(), address.get(), address.length) != 0) return os::Descriptor();
    return socket;
}

/// Waits until `counter` has that value.
bool becomes(const sources::Counters::Counter& counter, std::uint64_t value) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (counter != value && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    return counter == value;
}

TEST(HepListener, RefusesConnectionsAboveItsLimitAndTakesOthersWhenSomeEnd) {
    Collected collected;
    wire::Endpoint at;
    sources::HepOptions options;
    options.max_connections = 2;
    const auto listener = start(collected, at, options);
    ASSERT_TRUE(listener);
    const auto& counters = listener->counters();
    const auto& refused = counters.connections_failed[static_cast<std::size_t>(
        sources::ConnectionReason::tcp_refused_full)];
    std::vector<os::Descriptor> open;
    for (int i = 0; i < 2; ++i) {
        open.push_back(connect(at));
        const std::string packet = hep3_packet("busy");
        ASSERT_EQ(::send(open.back().get(), packet.data(), packet.size(), 0),
                  static_cast<ssize_t>(packet.size()));
    }
    EXPECT_TRUE(becomes(counters.received, 2));
    const auto third = connect(at);
    EXPECT_TRUE(becomes(refused, 1));
    char byte = 0;
    EXPECT_EQ(::recv(third.get(), &byte, 1, 0), 0) << "the listener closes it";
    open.pop_back();
    EXPECT_TRUE(becomes(counters.open, 1));
    const auto fourth = connect(at);
    EXPECT_TRUE(becomes(counters.open, 2));
    EXPECT_EQ(refused, 1U);
}

std::uint64_t failed(const sources::HepListener& listener, sources::ConnectionReason reason) {
    return listener.counters().connections_failed[static_cast<std::size_t>(reason)];
}

TEST(HepListener, WhoNeverSaidAnythingMakesRoom) {
    Collected collected;
    wire::Endpoint at;
    const auto listener = start(collected, at, {.max_connections = 2});
    ASSERT_TRUE(listener);
    const auto first = connect(at);
    EXPECT_TRUE(becomes(listener->counters().accepted, 1));
    const auto second = connect(at);
    EXPECT_TRUE(becomes(listener->counters().accepted, 2));
    const auto third = connect(at);
    char byte = 0;
    EXPECT_EQ(::recv(first.get(), &byte, 1, 0), 0) << "the oldest is closed";
    EXPECT_TRUE(becomes(listener->counters().accepted, 3));
    EXPECT_TRUE(becomes(listener->counters().open, 2));  // updated after `accepted`
    EXPECT_EQ(failed(*listener, sources::ConnectionReason::tcp_made_room), 1U);
}

TEST(HepListener, KeepsDescriptorsBack) {
    Collected collected;
    wire::Endpoint at;
    const auto listener = start(collected, at, {.max_descriptor = 0});
    ASSERT_TRUE(listener);
    const auto socket = connect(at);
    char byte = 0;
    EXPECT_EQ(::recv(socket.get(), &byte, 1, 0), 0);
    EXPECT_EQ(failed(*listener, sources::ConnectionReason::tcp_refused_descriptors), 1U);
}

TEST(HepListener, StoppedItHasHandedOverWhatItsConnectionsBrought) {
    Collected collected;
    wire::Endpoint at;
    auto listener = start(collected, at);
    ASSERT_TRUE(listener);
    const std::string file = read("tests/data/recordings/kam_hep3_mode1/p1.bin");
    const auto records = *sources::read_recording(file);
    std::string stream;
    for (const auto& record : records) stream += record.datagram;
    const auto socket = connect(at);
    ASSERT_EQ(::send(socket.get(), stream.data(), stream.size(), 0),
              static_cast<ssize_t>(stream.size()));
    listener.reset();
    EXPECT_EQ(collected.messages.size(), records.size());
}

TEST(Recording, CutShortSaysWhere) {
    const std::string file = read("priv/sample/two_observers.bin");
    const auto whole = *sources::read_recording(file);
    for (const std::size_t left : {std::size_t{1}, file.size() - 1}) {
        const auto cut = sources::read_recording(std::string_view(file).substr(0, left));
        ASSERT_FALSE(cut);
        EXPECT_LE(cut.error().at, left);
    }
    EXPECT_TRUE(sources::read_recording("")->empty());
    EXPECT_EQ(whole.size(), 27U);
}

}  // namespace
