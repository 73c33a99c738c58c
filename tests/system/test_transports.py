"""HEP over streams: what arrives in which pieces, and who is in the way, makes no difference."""

import json
import pathlib
import re
import socket
import struct
import time

import pytest

from conftest import PATIENCE, Inspector, wait_for
from recordings import Run, mismatch, records
from test_recordings import payloads_of


def connect(address):
    s = socket.create_connection(address, timeout=PATIENCE)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def pieces(rng, stream):
    at = 0
    while at < len(stream):
        size = rng.choice([1, 2, 5, 6, 7, 100, 1448, 20_000])
        yield stream[at : at + size]
        at += size


def connections(inspector, address, condition):
    """The `connections` of parser_stats, once they are as they should be."""
    def now():
        found = inspector.stats(address)["connections"]
        return condition(found) and found
    return wait_for(now, "connections")


@pytest.mark.parametrize("name", ["kam_hep3_mode1", "kam2_hep3_skew-3.2s", "kam_hep3_kazoo"])
def test_every_transmission_once_and_in_order_over_tcp(inspector, rng, name):
    run = Run(name)
    for stream, datagrams in run.datagrams.items():
        address = inspector.start_parser()
        with connect(address) as s:
            for piece in pieces(rng, b"".join(d for _, d in datagrams)):
                s.sendall(piece)
        assert inspector.wait_received(address, len(datagrams))["stored"] == len(datagrams)
        closed = connections(inspector, address, lambda c: c["open"] == 0)
        assert closed == {"open": 0, "accepted": 1, "failed": {}}
    for call in run.calls:
        answer = inspector.json("callid_details", call["call_id"])
        assert mismatch(answer, call, payloads_of(run)) is None


def test_the_reads_of_a_recorded_stream(inspector):
    run = Run("osips_hep3_tcp_homer6json")
    address = inspector.start_parser()
    reads = (run.directory / "o1.bin").read_bytes()
    with connect(address) as s:
        at = 0
        while at < len(reads):
            (length,) = struct.unpack(">I", reads[at : at + 4])
            s.sendall(reads[at + 12 : at + 12 + length])
            at += 12 + length
    stats = inspector.wait_received(address, len(run.datagrams["o1"]))
    assert stats["bytes"] == sum(len(d) for _, d in run.datagrams["o1"])


def packets(name="kam_hep3_mode1"):
    return [d for datagrams in Run(name).datagrams.values() for _, d in datagrams]


def test_three_hundred_connections_and_a_mute_one(inspector):
    address = inspector.start_parser()
    some = packets()
    mute = [connect(address) for _ in range(3)]
    mute[1].sendall(b"H")
    mute[2].sendall(some[0][:100])
    many = [connect(address) for _ in range(300)]
    connections(inspector, address, lambda c: c["open"] == 303)
    for half in (0, 1):
        for i, s in enumerate(many):
            packet = some[i % len(some)]
            middle = i % len(packet)
            s.sendall(packet[middle:] if half else packet[:middle])
    inspector.wait_received(address, 300)
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.sendto(some[0], address)
    mute[2].sendall(some[0][100:])
    assert inspector.wait_received(address, 302)["stored"] == 302
    for s in many + mute[:1] + mute[2:]:
        s.close()
    left = connections(inspector, address, lambda c: c["open"] == 1)
    assert left == {"open": 1, "accepted": 303, "failed": {}}


def test_a_stream_that_loses_sync_is_closed_and_counted(inspector):
    address = inspector.start_parser()
    one = packets()[0]
    for junk in (b"GET / HTTP/1.1\r\n\r\n", one + b"\r\n" + one, one + b"HEP3\0\5", b"\x16\3\1\2\0\1\0\1"):
        with connect(address) as s:
            s.sendall(junk)
            try:
                assert s.recv(1) == b""
            except ConnectionResetError:
                pass  # it had not read all of the junk
    inspector.wait_received(address, 2)
    assert connections(inspector, address, lambda c: c["open"] == 0)["failed"] == {
        "stream_desync": 4
    }  # fmt: skip


def test_a_connection_that_ends_within_a_packet_is_counted(inspector):
    address = inspector.start_parser()
    one = packets()[0]
    with connect(address) as s:
        s.sendall(one + one[:50])
    with connect(address) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # resets it
        s.sendall(one + one[:5])
        inspector.wait_received(address, 2)  # a reset throws away what was not read
    ended = connections(inspector, address, lambda c: c["open"] == 0)
    assert ended == {"open": 0, "accepted": 2, "failed": {"stream_eof_mid_frame": 2}}


@pytest.mark.parametrize(
    "kind, why",
    [(socket.SOCK_DGRAM, "address already in use"),
     (socket.SOCK_STREAM, "TCP: address already in use")],
)  # fmt: skip
def test_a_parser_takes_udp_and_tcp_or_neither(inspector, kind, why):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            s.listen()
        host, port = s.getsockname()
        answer = inspector.ask("start_hep_parser", host, str(port))
        assert (answer.returncode, answer.stderr.decode()) == (
            2, "failed to start parser: %s (%s:%d)\n" % (why, host, port),
        )  # fmt: skip
    for other in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, other) as s:
            s.bind((host, port))  # nothing of it was left behind
    assert inspector.ask("start_hep_parser", host, str(port)).returncode == 0


def test_a_stopped_parser_gives_its_port_back_at_once(inspector):
    address = inspector.start_parser()
    one = packets()[0]
    with connect(address) as s:
        s.sendall(one)
        inspector.wait_received(address, 1)
        inspector.text("stop_active_parser", "%s:%d" % address)
        assert s.recv(1) == b""
        inspector.text("start_hep_parser", address[0], str(address[1]))
    with connect(address) as s:
        s.sendall(one)
        inspector.wait_received(address, 1)


def test_the_ipv6_wildcard_takes_ipv4_too_and_shows_it_as_such(inspector):
    """Also where net.ipv6.bindv6only would say otherwise."""
    any_, port = inspector.start_parser("::")
    ours = packets()[0]
    for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.sendto(ours, (host, port))
        with connect((host, port)) as s:
            s.sendall(ours)
    inspector.wait_received((any_, port), 4)
    inspector.settle()
    call_id = ours.split(b"Call-ID: ")[1].split(b"\r\n")[0].decode()
    (file,) = [p for p in inspector.root.glob("??/??/*") if call_id in p.read_text()]
    observers = [json.loads(line)["observer"] for line in file.read_text().splitlines()]
    expected = {"%s#1337@[::]:%d" % (host, port) for host in ("127.0.0.1", "::1")}
    assert len(observers) == 4 and set(observers) == expected
    taken = inspector.ask("start_hep_parser", "0.0.0.0", str(port))
    assert b"address already in use" in taken.stderr


def test_senders_are_told_with_their_clocks(inspector):
    """Two proxies at one address; the second one's clock is an hour slow."""
    address = inspector.start_parser()
    run = Run("kam2_hep3_skew-3.2s")
    seconds_field = bytes.fromhex("00000009000a")
    for stream, lag in (("p1", 0), ("p2", 3_600)):
        for _, datagram in run.datagrams[stream]:
            at = datagram.index(seconds_field) + len(seconds_field)
            now = struct.pack(">I", int(time.time()) - lag)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.sendto(datagram[:at] + now + datagram[at + 4 :], address)
    counts = [len(run.datagrams[s]) for s in ("p1", "p2")]
    stats = inspector.wait_received(address, sum(counts))
    first, second = stats["senders"]
    for sender, id_, count in ((first, 101, counts[0]), (second, 102, counts[1])):
        members = ["address", "capture_id", "received", "last_seen", "clock_offset_ms"]
        assert list(sender)[:5] == members
        assert list(sender)[5:] in ([], ["delivery"])  # which is learnt a moment later
        assert (sender["address"], sender["capture_id"]) == ("127.0.0.1", id_)
        assert sender["received"] == count
    assert second["last_seen"] == stats["last_seen"] > first["last_seen"]
    assert -1_500 < first["clock_offset_ms"] < 1_500
    assert -1_500 < second["clock_offset_ms"] + 3_600_000 < 1_500
    assert stats["senders_overflow"] == 0


def test_more_connections_than_allowed_are_refused_and_counted(tmp_path):
    inspector = Inspector(tmp_path, "--max-connections", "1")
    try:
        address = inspector.start_parser()
        with connect(address) as first:
            first.sendall(packets()[0])
            inspector.wait_received(address, 1)
            with connect(address) as second:
                assert second.recv(1) == b"", "closed"
            failed = inspector.stats(address)["connections"]["failed"]
            assert failed == {"tcp_refused_full": 1}
    finally:
        inspector.stop()


def played(inspector, name, received):
    """What became of a recording in tests/data/hep: parser_stats."""
    address = inspector.start_parser()
    file = pathlib.Path(__file__).parent.parent / "data" / "hep" / (name + ".bin")
    assert inspector.ask("replay", str(file), "--to", "%s:%d" % address).returncode == 0

    def all_there():
        stats = inspector.stats(address)
        return stats["received"] == received and not stats["pieces"].get("waiting") and stats
    return wait_for(all_there, name)


def shown(inspector, call_id):
    return [(m["label"], m.get("flags", [])) for m in inspector.json("callid_details", call_id)]


def test_sip_over_tcp_in_pieces_is_shown_as_whole_messages(inspector):
    stats = played(inspector, "split-message-body", 2)
    assert stats["pieces"] == {"put_together": 1, "joined": 1}
    (invite,) = inspector.json("callid_details", "s318@t")
    assert "flags" not in invite and len(invite["raw"]) == 130
    stats = played(inspector, "split-message-tail_then_message", 1)
    assert stats["damaged"] == {"sip_no_start_line": 1} and stats["pieces"] == {"further": 1}
    assert shown(inspector, "p464@t") == [("NOTIFY sip:bob@10.1.0.2 SIP/2.0", [])]
    played(inspector, "split-message-two_in_one", 1)
    assert shown(inspector, "pip@t") == [("INVITE sip:bob@10.1.0.2 SIP/2.0", [])]
    assert shown(inspector, "pip2@t") == [("OPTIONS sip:bob@10.1.0.2 SIP/2.0", [])]


def test_sip_over_tcp_that_stays_unfinished_is_shown_soon_and_when_the_inspector_stops(inspector):
    file = pathlib.Path(__file__).parent.parent / "data" / "hep" / "split-message-body.bin"
    first = next(iter(records(file.read_bytes())))[1]
    address = inspector.start_parser()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(first, address)
    stats = inspector.wait_received(address, 1)
    begin = time.monotonic()
    wait_for(lambda: inspector.stats(address)["pieces"] == {"cut": 1}, "the message to be let go")
    assert time.monotonic() - begin < 30
    assert shown(inspector, "s318@t") == [("INVITE sip:bob@10.1.0.2 SIP/2.0", ["truncated"])]
    with connect(address) as s:  # and of a stream
        s.sendall(first)
        inspector.wait_received(address, 2)
        inspector.text("stop_active_parser", "%s:%d" % address)
    assert inspector.json("store_stats")["received"] == 2, "stopping loses nothing"


def test_microseconds_beyond_a_second_are_carried(inspector):
    played(inspector, "usec-overflow-dialog", 4)
    answer = inspector.text("callid_details", "uod@t")
    stamps = re.findall(r'"timestamp": ?\d+(\d\.\d+)', answer)
    assert stamps == ["0.999800", "1.000100", "1.000900", "1.500000"] and "flags" not in answer
    ladder = inspector.text("ladder", "uod@t")
    assert "no clock" not in ladder and "+0.499" in ladder


def test_seconds_since_1900_are_shown_as_what_was_meant(inspector):
    played(inspector, "ntp-epoch-one_observer", 3)
    found = inspector.json("callid_details", "ntp@t")
    assert len(found) == 3 and all(m["flags"] == ["ntp_epoch"] for m in found)
    assert inspector.text("ladder", "ntp@t").startswith("2023-11-14 UTC")


def test_an_ipv4_host_is_one_host_however_it_is_spelt(inspector):
    played(inspector, "ipv4-mapped-one_observer", 4)
    ladder = inspector.text("ladder", "map2@t")
    assert ladder.splitlines()[0].split()[2:] == ["10.1.0.1:5060", "10.1.0.2:5060"]
    played(inspector, "ipv4-mapped-two_observers", 3)
    labels = [label.split()[0] for label, _ in shown(inspector, "map@t")]
    assert labels == ["INVITE", "SIP/2.0"], "seen by both, told once"
    ladder = inspector.text("ladder", "map@t")
    (invite,) = [x for x in ladder.splitlines() if "INVITE" in x]
    assert invite.endswith(" ab")
    assert "no clock" not in ladder, "a single stamp may be a whole second"
