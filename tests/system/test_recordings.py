"""What real senders sent comes back as what really happened."""

import itertools
import json
import os
import re
from collections import defaultdict

import pytest

from conftest import Sender
from hep_decode import sip_of
from recordings import Run, mismatch, octets

RUNS = [
    "kam_hep1_mode1", "kam_hep2_mode1", "kam_hep2_mode1_ipv6", "kam_hep3_mode1", "kam_hep3_kazoo",
    "kam2_hep2_skew-3.2s", "kam2_hep3_skew-3.2s", "b2b_kam3_sofia3", "b2b_kam3_sofia3_skew",
    "sofia_hep1", "sofia_hep2", "sofia_hep3", "osips_hep2_udp",
    "osips_hep3_udp", "osips_hep3_tcp_homer6json", "kam_sip_xheaders",
]  # fmt: skip
MALFORMED = 40_000
EACH_OF_THE_LOAD = 5  # the unit tests of the order take all
if os.environ.get("CALL_INSPECTOR_FEWER"):  # tests/system/CMakeLists.txt
    RUNS = RUNS[::5]
    MALFORMED = 10_000
    EACH_OF_THE_LOAD = 20


def payloads_of(run):
    """For a message of the manifest: the octets in which its observers reported it, masked."""
    def payloads(message):
        reported = (sip_of(run.datagrams[s][i][1]) for s, seen in message["seen"].items()
                    for i in seen)  # fmt: skip
        return [re.sub(rb'(?<=response=")\w{32}(?=")', b"*" * 32, octets) for octets in reported]
    return payloads


PAUSE_US = 20_000  # between two messages, not between two copies of one


def replay(inspector, run, in_pauses=lambda sender, address: None):
    """Each stream to a parser of its own, interleaved by arrival."""
    host = "::1" if "ipv6" in str(run.directory) else "127.0.0.1"
    addresses = {stream: inspector.start_parser(host) for stream in run.streams}
    sender = Sender(inspector, addresses.values())
    last = 0
    for arrival, stream, datagram in run.by_arrival():
        if arrival - last > PAUSE_US:
            in_pauses(sender, addresses[stream])
        last = arrival
        sender.send(addresses[stream], datagram)
    return addresses, sender.settle()


@pytest.mark.parametrize("name", RUNS)
def test_every_transmission_once_and_in_order(inspector, name):
    run = Run(name)
    addresses, stats = replay(inspector, run)
    for stream, address in addresses.items():
        assert stats[address]["stored"] == len(run.datagrams[stream])
    wrong = {}
    for call in run.calls:
        answer = inspector.json("callid_details", call["call_id"])
        if why := mismatch(answer, call, payloads_of(run)):
            wrong[call["call_id"]] = why
    assert wrong == {}


def mutations(run, rng, count):
    """Recorded datagrams, broken in every way that comes to mind; none names a recorded call."""
    prefix = run.manifest["run"].encode()
    sound = [
        datagram.replace(prefix, b"x" * len(prefix))
        for datagrams in run.datagrams.values()
        for _, datagram in datagrams
    ]

    def cut(d):
        return d[: rng.randrange(len(d))]

    def flip_head(d):
        return flip(d, min(len(d), 60), rng.randrange(1, 6))

    def flip_anywhere(d):
        return flip(d, len(d), rng.randrange(1, 20))

    def flip(d, within, times):
        d = bytearray(d)
        for _ in range(times):
            d[rng.randrange(within)] = rng.randrange(256)
        return bytes(d)

    def grow(d):
        return d + rng.randbytes(rng.randrange(1, 200))

    def noise(d):
        return rng.randbytes(rng.randrange(0, 300))

    def noise_behind_magic(d):
        return rng.choice([b"HEP3", b"\x01\x10\x02\x11", b"\x02\x10\x0a\x11"]) + noise(d)

    def huge_fields(d):
        return d[:10] + b"\xff\xff" + d[12:]

    def total_too_small(d):
        return d[:4] + b"\0\5" + d[6:]

    def no_call_id(d):
        return d.replace(b"Call-ID", b"Call-XX")

    def not_sip(d):
        return d.replace(b"SIP/2.0", b"SAP/2.0")

    kinds = [cut, flip_head, flip_anywhere, grow, noise, noise_behind_magic, huge_fields,
             total_too_small, no_call_id, not_sip]  # fmt: skip
    for _ in range(count):
        yield rng.choice(kinds)(rng.choice(sound))


def test_malformed_datagrams_in_between_change_nothing(inspector, rng):
    run = Run("kam2_hep3_skew-3.2s")
    sound = sum(map(len, run.datagrams.values()))
    broken = mutations(run, rng, MALFORMED)
    arrivals = [arrival for arrival, _, _ in run.by_arrival()]
    pauses = 1 + sum(b - a > PAUSE_US for a, b in itertools.pairwise(arrivals))

    def malformed(sender, address):
        for datagram in itertools.islice(broken, MALFORMED // pauses + 1):
            sender.send(address, datagram)
        sender.settle()

    _, stats = replay(inspector, run, malformed)
    for one in stats.values():
        # What a stream brings may be a part of a message, or several: docs/commands.md.
        waiting, joined, further = (
            one["pieces"].get(name, 0) for name in ("waiting", "joined", "further")
        )
        assert one["received"] - waiting - joined + further == one["stored"] + sum(one["refused"].values())
    assert sum(one["received"] for one in stats.values()) == MALFORMED + sound
    reasons = set().union(*(one["refused"] | one["damaged"] for one in stats.values()))
    assert reasons >= {
        "unknown_magic", "truncated_header", "bad_family", "hep3_short", "hep3_bad_total",
        "hep3_chunk_short", "hep3_chunk_over", "hep3_no_payload", "sip_no_start_line",
        "sip_no_call_id",
    }  # fmt: skip
    for call in run.calls:
        answer = inspector.json("callid_details", call["call_id"])
        assert mismatch(answer, call, payloads_of(run)) is None


def chunks_of(inspector, key):
    return inspector.json("callid_details", key)


def test_script_logs_are_found_in_their_calls(inspector):
    run = Run("osips_hep3_udp")
    replay(inspector, run)
    logged = 0
    for call in run.calls:
        events = [c for c in chunks_of(inspector, call["call_id"]) if "event" in c]
        for event in events:
            assert event["event"] == "log" and event["label"].startswith("xlog NOTICE: script log ")
            assert {"raw", "src", "dst", "parser", "timestamp", "ref_timestamp"} <= event.keys()
        logged += len(events)
    assert logged == 48  # one more is in a call that the capture does not have


def test_management_commands_are_found_under_their_own_ids(inspector):
    run = Run("osips_hep3_udp")
    replay(inspector, run)
    labels = [c["label"] for c in chunks_of(inspector, "MICORRG2cAAOkGAWsgfnUAAAAAAPryzgQ=")]
    assert labels[0] == "MI ps (datagram)" and labels[1].startswith("MI reply: ")


def test_the_direction_that_kamailio_tells_is_kept(inspector):
    run = Run("kam_sip_xheaders")
    replay(inspector, run)
    for call in run.calls:
        sizes = defaultdict(set)  # on the wire
        for m in call["messages"]:
            sizes[m["src"], m["dst"], m["label"]].add(m["bytes"])
        for chunk in chunks_of(inspector, call["call_id"]):
            assert chunk["direction"] == ("in" if chunk["dst"] == "127.0.0.10:5060" else "out")
            assert len(octets(chunk)) in sizes[chunk["src"], chunk["dst"], chunk["label"]]
            assert "hep" not in chunk and not any("X-Siptrace" in line for line in chunk["raw"])


def test_broken_sip_is_reached_by_its_reason(inspector):
    address = inspector.start_parser()
    sender = Sender(inspector, [address])
    head = bytes.fromhex("0110021113ce13c47f0000017f00000a")
    sender.send(address, head + b"BYE sip:a@b SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n")
    sender.send(address, head + b"hello")
    stats = sender.settle()[address]
    assert stats["stored"] == 2
    assert stats["damaged"] == {"sip_no_call_id": 1, "sip_no_start_line": 1}
    assert [c["label"] for c in chunks_of(inspector, "@bad/sip_no_call_id")] == ["BYE sip:a@b SIP/2.0"]
    assert [c["label"] for c in chunks_of(inspector, "@bad/sip_no_start_line")] == ["not SIP: hello"]


def test_a_load_of_two_thousand_calls(inspector):
    run = Run("load_2000calls_hep3")
    replay(inspector, run)
    wrong = {}
    for call in run.calls[::EACH_OF_THE_LOAD]:
        status, text = inspector.ask_directly("callid_details", call["call_id"])
        assert status == 0
        if why := mismatch(json.loads(text), call, payloads_of(run)):
            wrong[call["call_id"]] = why
    assert wrong == {}
