"""Observers' clocks are learnt from all traffic, kept, and used where a call alone does not tell."""

import socket
import struct
import time

import pytest

from conftest import PATIENCE, Inspector, Sender, wait_for
from recordings import Run

ALICE, P1, P2, BOB = "192.0.2.1", "192.0.2.11", "192.0.2.12", "192.0.2.2"
AHEAD = {101: 3.25, 102: -7.5}  # seconds, by capture id


def hep3(capture_id, at, src, dst, payload):
    stamp = round((at + AHEAD[capture_id]) * 1e6)
    chunks = [(1, b"\x02"), (2, b"\x11"), (3, socket.inet_aton(src)), (4, socket.inet_aton(dst)),
              (7, struct.pack(">H", 5060)), (8, struct.pack(">H", 5060)),
              (9, struct.pack(">I", stamp // 1000000)), (10, struct.pack(">I", stamp % 1000000)),
              (11, b"\x01"), (12, struct.pack(">I", capture_id)), (15, payload)]  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, id_, 6 + len(v)) + v for id_, v in chunks)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def info(call_id, cseq, src):
    return (
        "INFO sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%s\r\nFrom: <sip:%s>;tag=%s\r\n"
        "To: <sip:x>;tag=2\r\nCall-ID: %s\r\nCSeq: %d INFO\r\nContent-Length: 0\r\n\r\n"
        % (src, src, cseq, src, src, call_id, cseq)
    ).encode()


@pytest.fixture
def taught(tmp_path):
    """Two proxies, of which each mirrors all that passes it, have talked to each other."""
    inspector = Inspector(tmp_path)
    address = inspector.start_parser()
    sender = Sender(inspector, [address])
    for i in range(200):
        src, dst = (P1, P2) if i % 2 == 0 else (P2, P1)
        now = time.time()
        text = info("between-%d" % i, 1, src)
        sender.send(address, hep3(101 if src == P1 else 102, now, src, dst, text))
        sender.send(address, hep3(102 if src == P1 else 101, now + 0.0003, src, dst, text))
    sender.settle()
    yield inspector, address, sender
    inspector.stop()


def clocks(inspector):
    return {int(c["observer"].split("#")[1].split("@")[0]): c for c in inspector.json("clocks")}


def offsets_are_known(inspector):
    known = clocks(inspector)
    assert set(known) == {101, 102}
    for id_, clock in known.items():
        assert abs(clock["offset_ms"] - AHEAD[id_] * 1000) < 20
        assert 0 < clock["spread_ms"] < 20
        assert clock["messages"] >= 190
    apart = known[101]["offset_ms"] - known[102]["offset_ms"]
    assert abs(apart - 10750) < 1


def send_call(sender, address, call_id):
    """Nobody sees what the other sees, and what the callee says arrives first."""
    start = time.time() - 0.05
    said = [(101, ALICE, P1, 1), (102, BOB, P2, 1), (101, ALICE, P1, 2), (102, BOB, P2, 2)]
    packets = [
        (id_, hep3(id_, start + i * 0.01, src, dst, info(call_id, cseq, src)))
        for i, (id_, src, dst, cseq) in enumerate(said)
    ]
    for _, packet in sorted(packets, key=lambda p: -p[0]):
        sender.send(address, packet)
    sender.settle()


def order_of(inspector, call_id):
    return [(c["src"].split(":")[0], c["c_seq"]) for c in inspector.json("callid_details", call_id)]


TRUE_ORDER = [(ALICE, "1 INFO"), (BOB, "1 INFO"), (ALICE, "2 INFO"), (BOB, "2 INFO")]


def test_a_call_whose_observers_share_no_message_is_put_in_order(taught):
    inspector, address, sender = taught
    offsets_are_known(inspector)
    send_call(sender, address, "apart")
    assert order_of(inspector, "apart") == TRUE_ORDER


def test_what_was_learnt_is_kept_over_a_restart(taught):
    inspector, address, sender = taught
    send_call(sender, address, "apart")
    inspector.stop()
    inspector.start()
    offsets_are_known(inspector)
    assert order_of(inspector, "apart") == TRUE_ORDER
    # Another parser is another observer; those that are known stay.
    assert inspector.ask("start_hep_parser", *map(str, address)).returncode == 0
    offsets_are_known(inspector)


def test_a_file_that_somebody_broke_is_told_about_and_no_reason_to_stop(taught):
    inspector, _, _ = taught
    inspector.stop()
    kept = inspector.root / ".clocks"
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join(["not ours", lines[0][:-9], *lines[1:]]) + "\n")
    inspector.start()
    assert "2 lines cannot be read" in inspector.log.read_text()
    assert len(clocks(inspector)) >= 1


LATE = 0.4  # seconds


def stamped(packet, by):
    """A HEP 3 packet with its time moved by so many microseconds."""
    packet, at = bytearray(packet), 6
    while at < len(packet):
        _, kind, length = struct.unpack(">HHH", packet[at : at + 6])
        if kind == 9:
            seconds = at + 6
        elif kind == 10:
            micros = at + 6
        at += length
    time_ = sum(struct.unpack_from(">I", packet, i)[0] * n for i, n in ((seconds, 1000000), (micros, 1)))
    struct.pack_into(">I", packet, seconds, (time_ + by) // 1000000)
    struct.pack_into(">I", packet, micros, (time_ + by) % 1000000)
    return bytes(packet)


def replay_with_a_late_link(inspector, run):
    """Both streams as they happen now, but the second one's datagrams are held back."""
    addresses = {stream: inspector.start_parser() for stream in run.streams}
    sender = Sender(inspector, addresses.values())
    prompt, late = run.streams
    held = []  # when to send, and what

    def send_what_is_due():
        while held and time.time() >= held[0][0]:
            sender.send(addresses[late], held.pop(0)[1])

    for arrival, stream, datagram in run.by_arrival():
        now = time.time()
        packet = stamped(datagram, round(now * 1e6) - arrival)
        if stream == prompt:
            sender.send(addresses[prompt], packet)
        else:
            held.append((now + LATE, packet))
        send_what_is_due()
    deadline = time.monotonic() + PATIENCE
    while held:
        assert time.monotonic() < deadline
        send_what_is_due()
    sender.settle()
    return addresses


def test_a_late_link_is_no_slow_clock(inspector):
    run = Run("kam2_hep3_skew-3.2s")
    addresses = replay_with_a_late_link(inspector, run)
    ids = {stream: "%s:%d" % address for stream, address in addresses.items()}
    known = {c["observer"].split("@")[1]: c for c in inspector.json("clocks")}
    assert set(known) == set(ids.values())
    prompt, late = (known[ids[stream]] for stream in run.streams)

    assert abs(prompt["offset_ms"]) < 100
    assert prompt["delivery"]["kind"] == "prompt"
    assert prompt["delivery"]["known_by"] == "its promptest messages"
    assert abs(late["offset_ms"] - prompt["offset_ms"] + 3200) < 5, "as the clocks are"
    assert late["delivery"]["kind"] == "late"
    assert late["delivery"]["known_by"] == "other observers"
    assert LATE * 1000 - 50 <= late["delivery"]["median_ms"] <= late["delivery"]["worst_ms"]

    def is_shown_of_senders():  # what parser_stats tells of them is at most a second old
        parsers = {p["id"]: p for p in inspector.json("parser_stats")}
        return all(
            [s.get("delivery") for s in parsers[id_]["senders"]] == [known[id_]["delivery"]]
            and parsers[id_]["senders"] == inspector.stats(id_)["senders"]
            for id_ in ids.values()
        )

    wait_for(is_shown_of_senders, "parser_stats to tell the delivery")
