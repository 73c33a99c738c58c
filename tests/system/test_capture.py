"""SIP taken off the wire by libpcap, live and from files."""

import gzip
import json
import lzma
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess

import pytest

from conftest import Inspector, free_port, wait_for
from test_commands import outcome
from frames import (
    A, B, dialogue, ethernet, hep3, ipv4, pcap, pcapng, sctp, sctp_chunks, sip, tcp, tcp_frames,
    udp, udp_frames, ws_frame,
)  # fmt: skip


def may_capture():
    status = open("/proc/self/status").read()
    effective = int(re.search(r"CapEff:\s*(\S+)", status)[1], 16)
    return effective >> 13 & 1


needs_raw = pytest.mark.skipif(not may_capture(), reason="needs CAP_NET_RAW")


def shown(chunks):
    return [(c["src"], c["dst"], c["label"]) for c in chunks]


def true_order(messages):
    a, b = ("%s:%d" % end for end in (A, B))
    return [
        ((a, b) if from_a else (b, a)) + (message.split(b"\r\n")[0].decode(),)
        for from_a, message in messages
    ]


def payload(chunk):
    return ("\r\n".join(chunk["raw"]) + "\r\n" * chunk.get("crlfs", 0)).encode()


@pytest.fixture
def link():
    """A pair of virtual Ethernet interfaces: what goes into the one comes out of the other."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs root and iproute2")
    number = random.randrange(10**6)
    one, other = "ci%da" % number, "ci%db" % number
    made = subprocess.run(["ip", "link", "add", one, "type", "veth", "peer", "name", other])
    if made.returncode != 0:
        pytest.skip("needs CAP_NET_ADMIN")
    for name in (one, other):
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    yield one, other
    subprocess.run(["ip", "link", "del", one], stderr=subprocess.DEVNULL)


def send(interface, frames):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((interface, 0))
        for frame in frames:
            s.send(frame)


# ---- live


@needs_raw
def test_what_passes_an_interface(inspector):
    port, client = free_port(), free_port()
    filter_ = "port %d" % port
    assert inspector.text("start_capture", "lo", filter_) == "started 'capture:lo'\n"
    assert inspector.text("start_capture", "lo", filter_) == "started 'capture:lo'\n"
    assert inspector.text("list_active_parsers") == "'capture:lo'\n"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as a, socket.socket(
        socket.AF_INET, socket.SOCK_DGRAM
    ) as b:
        a.bind(("127.0.0.1", client))
        b.bind(("127.0.0.1", port))
        for from_a, message in dialogue("udp@lo"):
            (a if from_a else b).sendto(message, ("127.0.0.1", port if from_a else client))
        a.sendto(b"\r\n\r\n", ("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as server:
        with socket.create_connection(("127.0.0.1", port)) as a:
            a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tcp_client = a.getsockname()[1]
            b, _ = server.accept()
            for from_a, message in dialogue("tcp@lo"):
                for at in range(0, len(message), 700):
                    (a if from_a else b).sendall(message[at : at + 700])
                (b if from_a else a).recv(65536)
            b.close()
    wait_for(lambda: inspector.stats("capture:lo")["received"] == 12, "12 messages")
    for call, transport, sender in (("udp@lo", "udp", client), ("tcp@lo", "tcp", tcp_client)):
        answer = inspector.json("callid_details", call)
        a, b = "127.0.0.1:%d" % sender, "127.0.0.1:%d" % port
        assert shown(answer) == [
            ((a, b) if from_a else (b, a)) + (message.split(b"\r\n")[0].decode(),)
            for from_a, message in dialogue(call)
        ]
        assert [payload(c) for c in answer] == [message for _, message in dialogue(call)]
        assert {c["transport"] for c in answer} == {transport}
        assert {c["observer"] for c in answer} == {"capture:lo"}
        assert "hep" not in answer[0] and "flags" not in answer[0]
        assert 0 <= float(answer[0]["ref_timestamp"]) - answer[0]["timestamp"] < 30
    stats = inspector.stats("capture:lo")
    assert stats["type"] == "capture" and stats["stored"] == 12 and stats["refused"] == {}
    assert stats["frames"]["keepalive"] == 1 and stats["frames"]["lost"] == {}
    assert stats["frames"]["received"] == sum(
        n for name, n in stats["frames"].items() if name not in ("received", "lost")
    )
    assert stats["interruptions"] == 0 and stats["senders"] == []
    assert inspector.text("stop_active_parser", "capture:lo") == "ok\n"
    assert inspector.text("list_active_parsers") == ""


@needs_raw
def test_a_mirror_port(inspector, link):
    one, other = link
    inspector.text("start_capture", other)
    id_ = "capture:" + other
    kinds = {
        "plain": [], "tagged": [0x8100], "qinq": [0x88A8, 0x8100],
    }  # fmt: skip
    for name, tags in kinds.items():
        send(one, udp_frames(dialogue(name + "@veth"), *tags))
    send(one, udp_frames(dialogue("tunnel@veth"), tunnel=True))
    send(one, tcp_frames(dialogue("tcp@veth")))
    calls = [*(name + "@veth" for name in kinds), "tunnel@veth", "tcp@veth"]
    wait_for(lambda: inspector.stats(id_)["received"] == 6 * len(calls), "all messages")
    for call in calls:
        answer = inspector.json("callid_details", call)
        assert shown(answer) == true_order(dialogue(call)), call
        assert [payload(c) for c in answer] == [m for _, m in dialogue(call)]


@needs_raw
def test_copies_on_their_way_to_a_collector_are_not_taken(inspector, link):
    one, other = link
    inspector.text("start_capture", other)
    message = sip("OPTIONS sip:b@h SIP/2.0", "mirror@veth")
    mirrored = message.replace(b"\r\n\r\n", b"\r\nX-Siptrace-Fromip: udp:192.0.2.9:5060\r\n\r\n")
    hep = b"HEP3" + bytes(8) + message
    send(one, [ethernet(ipv4(17, udp(5060, 9060, m))) for m in (mirrored, hep)])
    stats = wait_for(lambda: (s := inspector.stats("capture:" + other))["received"] == 1
                     and s["frames"].get("hep") and s, "both")  # fmt: skip
    assert stats["stored"] == 0 and stats["refused"] == {"mirrored": 1}


@needs_raw
def test_a_capture_obeys_its_switches(inspector, link):
    one, other = link
    id_ = "capture:" + other
    inspector.text("start_capture", other)
    nameless = sip("OPTIONS sip:b@h SIP/2.0", "x").replace(b"Call-ID: x\r\n", b"")
    sent = 0

    def offer(message):
        nonlocal sent
        sent += 1
        send(one, [ethernet(ipv4(17, udp(5070, 5060, message)))])
        return wait_for(lambda: (s := inspector.stats(id_))["received"] == sent and s, "one more")

    assert offer(nameless)["damaged"] == {"sip_no_call_id": 1}
    inspector.text("capture_bad_msgs", "off", id_)
    assert offer(nameless)["refused"] == {"sip_no_call_id": 1}
    inspector.text("capture", "off", id_)
    assert inspector.text("capture", "check", id_) == "off\n"
    assert offer(sip("OPTIONS sip:b@h SIP/2.0", "off@veth"))["refused"]["capture_off"] == 1
    assert inspector.json("callid_details", "off@veth") == []


@needs_raw
def test_an_interface_that_goes_and_comes(inspector, link):
    one, other = link
    id_ = "capture:" + other
    inspector.text("start_capture", other)
    send(one, udp_frames(dialogue("before@veth")))
    wait_for(lambda: inspector.stats(id_)["received"] == 6, "the first call")
    subprocess.run(["ip", "link", "del", one], check=True)
    stats = wait_for(lambda: (s := inspector.stats(id_)).get("interrupted") and s, "the end")
    assert stats["interruptions"] == 1 and stats["stored"] == 6
    assert id_ + " is interrupted: " in inspector.log.read_text()
    ticks = cpu_ticks(inspector)
    subprocess.run(["ip", "link", "add", one, "type", "veth", "peer", "name", other], check=True)
    for name in (one, other):
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    wait_for(lambda: "interrupted" not in inspector.stats(id_), "the capture to go on")
    assert cpu_ticks(inspector) - ticks < 500, "it does not spin"
    send(one, udp_frames(dialogue("after@veth")))
    wait_for(lambda: inspector.stats(id_)["received"] == 12, "the second call")
    assert len(inspector.json("callid_details", "after@veth")) == 6


def cpu_ticks(inspector):
    fields = open("/proc/%d/stat" % inspector.process.pid).read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@needs_raw
@pytest.mark.parametrize(
    "words, why",
    [
        (["nowhere0"], r"no such interface \(capture:nowhere0\)"),
        ([""], r"no such interface \(capture:\)"),
        (["lo", "port 1 and and"], r"bad filter: .*syntax error.* \(capture:lo\)"),
    ],
)
def test_a_capture_that_cannot_start_says_why(inspector, words, why):
    answer = inspector.ask("start_capture", *words)
    assert answer.returncode == 2 and answer.stdout == b""
    assert re.fullmatch("failed to start parser: " + why + "\n", answer.stderr.decode())


def test_without_the_capability_it_says_which(tmp_path):
    if os.geteuid() != 0:
        start = ()
    else:
        gone = "-net_raw,-net_admin"
        start = ("setpriv", "--bounding-set", gone, "--inh-caps", gone)
    inspector = type("Bare", (Inspector,), {"launcher": start})(tmp_path)
    try:
        answer = inspector.ask("start_capture", "lo")
        assert answer.returncode == 2 and answer.stderr.decode() == (
            "failed to start parser: permission denied: the inspector needs CAP_NET_RAW "
            "(setcap cap_net_raw+ep call_inspector) (capture:lo)\n"
        )
    finally:
        inspector.stop()


@needs_raw
def test_captures_start_with_the_program(program, tmp_path):
    config = tmp_path / "config.json"
    parser = {"type": "capture", "interface": "lo", "filter": "port 1"}
    config.write_text(json.dumps({"startup_parsers": {"loopback": parser}}))
    for arguments in (["--config", config], ["--capture", "lo port 1"]):
        inspector = Inspector(tmp_path, *arguments)
        assert inspector.text("list_active_parsers") == "'capture:lo'\n"
        inspector.stop()


# ---- files

CAPTURES = pathlib.Path(__file__).parent.parent / "data" / "captures"


def imported(inspector, tmp_path, data, name="a.pcap", *options):
    file = tmp_path / name
    file.write_bytes(data)
    return inspector.json("import_pcap", file, *options)


def methods(chunks):
    return [c["label"].replace("SIP/2.0 ", "").split()[0] for c in chunks]


FILES = {
    "microseconds": lambda frames: pcap(frames),
    "microseconds, big-endian": lambda frames: pcap(frames, order=">"),
    "nanoseconds": lambda frames: pcap(frames, nanos=True),
    "nanoseconds, big-endian": lambda frames: pcap(frames, order=">", nanos=True),
    "pcapng": lambda frames: pcapng(frames),
    "pcapng, big-endian": lambda frames: pcapng(frames, order=">"),
    "pcapng, several interfaces and clocks": lambda frames: pcapng(
        frames, resolutions=(6, 9, 7), links=(1, 1, 1)
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_imported(inspector, tmp_path, kind):
    frames = udp_frames(dialogue("udp@file"), 0x8100) + tcp_frames(dialogue("tcp@file"))
    counted = imported(inspector, tmp_path, FILES[kind](frames))
    assert counted["id"] == "import:%s/a.pcap" % tmp_path and counted["type"] == "import"
    assert counted["received"] == counted["stored"] == 12 and counted["refused"] == {}
    assert counted["frames"]["received"] == len(frames) and counted["frames"]["lost"] == {}
    for call in ("udp@file", "tcp@file"):
        answer = inspector.json("callid_details", call)
        assert shown(answer) == true_order(dialogue(call))
        assert [payload(c) for c in answer] == [m for _, m in dialogue(call)]
    # Gregorian; the INVITE's second fragment came 10 ms after the first.
    assert inspector.json("callid_details", "udp@file")[0]["timestamp"] == pytest.approx(
        1795225829.526444 + 62167219200, abs=2e-5
    )
    assert imported(inspector, tmp_path, FILES[kind](frames))["stored"] == 12
    assert shown(inspector.json("callid_details", "udp@file")) == true_order(dialogue("udp@file"))


@needs_raw
def test_captured_or_imported_makes_no_difference(inspector, link, tmp_path):
    one, other = link
    inspector.text("start_capture", other)
    frames = udp_frames(dialogue("same@x")) + tcp_frames(dialogue("same-tcp@x"))
    send(one, frames)
    wait_for(lambda: inspector.stats("capture:" + other)["received"] == 12, "both calls")

    def answers():
        vary = ("timestamp", "ref_timestamp", "parser", "observer", "seq")
        return [
            {k: v for k, v in chunk.items() if k not in vary}
            for call in ("same@x", "same-tcp@x")
            for chunk in inspector.json("callid_details", call)
        ]

    captured = answers()
    inspector.text("flush")
    imported(inspector, tmp_path, pcap(frames))
    assert len(captured) == 12
    assert [sorted(c.items()) for c in answers()] == [sorted(c.items()) for c in captured]


def test_a_file_that_breaks_off_is_taken_as_far_as_it_goes(inspector, tmp_path):
    file = tmp_path / "cut.pcap"
    file.write_bytes(pcap(udp_frames(dialogue("cut@file")))[:-5])
    answer = inspector.ask("import_pcap", file)
    assert answer.returncode == 2 and answer.stdout == b""
    assert re.fullmatch(
        r"cannot import %s: truncated dump file.* \(stored before that: 5 messages\)\n" % file,
        answer.stderr.decode(),
    )
    assert len(inspector.json("callid_details", "cut@file")) == 5


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:])])
def test_a_packed_file_is_imported(inspector, tmp_path, pack):
    frames = udp_frames(dialogue("packed@file")) * 200
    packed = pack(pcap(frames))
    assert imported(inspector, tmp_path, packed)["received"] == 1200
    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    answer = inspector.ask("import_pcap", tmp_path / "cut.gz")
    assert answer.returncode == 2
    assert "truncated dump file: the compressed data ends early (stored before" in answer.stderr.decode()
    (tmp_path / "bad.gz").write_bytes(packed[:200] + b"\xff" * 40 + packed[240:])
    answer = inspector.ask("import_pcap", tmp_path / "bad.gz")
    assert answer.returncode == 2 and "damaged" in answer.stderr.decode()


@pytest.mark.skipif(not shutil.which("zstd"), reason="needs zstd")
def test_a_file_packed_by_zstd_is_imported(inspector, tmp_path):
    frames = udp_frames(dialogue("packed@file")) * 200
    packed = subprocess.run(["zstd", "-c"], input=pcapng(frames), capture_output=True).stdout
    assert imported(inspector, tmp_path, packed)["received"] == 1200


def test_what_unpacks_to_much_costs_no_memory(inspector, tmp_path):
    def max_memory():
        status = open("/proc/%d/status" % inspector.process.pid).read()
        return int(re.search(r"VmHWM:\s*(\d+)", status)[1])

    size = 2**28  # a block that nobody knows, of so many zeros
    ends = struct.pack("<II", 0xBAD, size + 12), struct.pack("<I", size + 12)
    call = pcapng([ethernet(ipv4(17, udp(5070, 5060, dialogue("bomb@file")[1][1])))])
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=1) as f:
        f.write(pcapng([]) + ends[0])
        for _ in range(size // 2**20):
            f.write(bytes(2**20))
        f.write(ends[1] + call)
    before = max_memory()
    assert inspector.json("import_pcap", tmp_path / "bomb.gz")["received"] == 1
    assert max_memory() - before < 65_536


def test_interfaces_that_cannot_be_read_are_counted(inspector, tmp_path):
    frames = [ethernet(ipv4(17, udp(5070, 5060, m))) for _, m in dialogue("mixed@file")[1:2] * 6]
    counted = imported(inspector, tmp_path, pcapng(frames, resolutions=(6, 6), links=(1, 189)))
    assert counted["received"] == 3 and counted["frames"]["link_type"] == 3


def test_files_that_cannot_be_read_say_why(inspector, tmp_path):
    some = udp_frames(dialogue("odd@file"))
    cases = {
        "text": (b"this is no capture file, not at all", "unknown file format"),
        "empty": (b"", "truncated dump file"),
        "usb": (pcap(some, link=189), "frames of link type USB_LINUX cannot be read"),
        "nameless": (pcap(some, link=9999), "frames of link type 9999 cannot be read"),
        "no usb": (pcapng(some, links=(189,)), "frames of link type USB_LINUX cannot be read"),
        "xz": (lzma.compress(pcap(some)), "packed by xz: unpack it first"),
        "damaged": (pcap(some) + b"\xff" * 16, "damaged dump file: lengths that cannot be at octet"),
    }
    for name, (data, why) in cases.items():
        file = tmp_path / name
        file.write_bytes(data)
        answer = inspector.ask("import_pcap", file)
        assert answer.returncode == 2 and why in answer.stderr.decode(), answer.stderr
        assert answer.stderr.decode().startswith("cannot import %s: " % file)
    os.mkfifo(tmp_path / "fifo")
    for name, why in (("none", "[Nn]o such file"), ("fifo", "not a regular file"), (".", "not a reg")):
        answer = inspector.ask("import_pcap", tmp_path / name)
        assert answer.returncode == 2 and re.search(why, answer.stderr.decode()), answer.stderr
    answer = inspector.ask("import_pcap", "a.pcap")
    assert answer.stderr.decode() == "not an absolute path: 'a.pcap'\n"


@pytest.mark.parametrize(
    "name, call",
    [("c_bytes_first", "x1@t"), ("c_bytes_mid", "x2@t"), ("c_empty", "x9@t"), ("c_huge", "x7@t"),
     ("c_neg", "x4@t"), ("c_plus", "x3@t"), ("c_semi", "x5@t")],
)  # fmt: skip
def test_a_content_length_that_is_none_loses_no_message(inspector, name, call):
    counted = inspector.json("import_pcap", CAPTURES / (name + ".pcap"))
    answer = inspector.json("callid_details", call)
    before = [] if name == "c_bytes_first" else ["INVITE"]
    assert methods(answer) == before + ["OPTIONS", "BYE"]
    assert "bad_length" in answer[-2]["flags"] and "flags" not in answer[-1]
    assert counted["frames"]["lost"] == {"tcp_desync": 1}
    assert counted["damaged"] == {"bad_length": 1}
    assert counted["stored"] == len(answer)


def test_blanks_behind_a_content_length_are_nothing_odd(inspector):
    counted = inspector.json("import_pcap", CAPTURES / "c_trail_ws.pcap")
    answer = inspector.json("callid_details", "y2@t")
    assert methods(answer) == ["INVITE", "OPTIONS", "BYE"] and "flags" not in answer[1]
    assert counted["frames"]["lost"] == {} and counted["damaged"] == {}


def test_a_proxy_head_hides_no_message(inspector):
    inspector.json("import_pcap", CAPTURES / "t_proxy_v2.pcap")
    answer = inspector.json("callid_details", "px2@t")
    assert methods(answer) == ["INVITE", "ACK"]
    assert answer[0]["src"] == answer[1]["src"], "the addresses are the wire's"


def test_sip_over_websocket(inspector, tmp_path):
    counted = inspector.json("import_pcap", CAPTURES / "t_websocket.pcap")
    answer = inspector.json("callid_details", "ws@t")
    assert methods(answer) == ["INVITE", "200", "ACK"]
    assert {c["transport"] for c in answer} == {"ws"}
    assert counted["frames"]["websocket"] == 2, "the handshake"
    # Joined late, in fragments with a ping between them.
    messages = [sip("%s sip:b@h SIP/2.0" % m, "late@ws", "1 " + m) for m in ("INVITE", "ACK")]
    stream = b"".join(
        ws_frame(m[:50], 1, False) + ws_frame(b"", 9) + ws_frame(m[50:], 0) for m in messages
    )
    frames = [ethernet(ipv4(6, tcp(50000, 443, 77, 16, stream)))]
    assert imported(inspector, tmp_path, pcap(frames))["stored"] == 2
    answer = inspector.json("callid_details", "late@ws")
    assert [payload(c) for c in answer] == messages
    assert {c["transport"] for c in answer} == {"ws"}


def test_sip_over_sctp(inspector, tmp_path):
    messages = dialogue("sctp@file")
    number, frames = 100, []
    for from_a, message in messages:
        (src, sport), (dst, dport) = (A, B) if from_a else (B, A)
        for part in sctp_chunks(message, number):
            frames.append(ethernet(ipv4(132, sctp(sport, dport, part), src, dst)))
            number += 1
    frames += frames  # sent again
    counted = imported(inspector, tmp_path, pcap(frames))
    assert counted["stored"] == 6 and counted["frames"]["sctp_again"] == len(frames) // 2
    answer = inspector.json("callid_details", "sctp@file")
    assert shown(answer) == true_order(messages)
    assert [payload(c) for c in answer] == [m for _, m in messages]
    assert {c["transport"] for c in answer} == {"sctp"}


def test_what_was_captured_of_a_message_is_kept(inspector, tmp_path):
    inspector.json("import_pcap", CAPTURES / "m_first_fragment_only.pcap")
    answer = inspector.json("callid_details", "ff@t")
    assert methods(answer)[:2] == ["INVITE", "200"]
    assert answer[0]["flags"] == ["truncated"] and "flags" not in answer[1]
    counted = inspector.json("import_pcap", CAPTURES / "t_snaplen.pcap")
    answer = inspector.json("callid_details", "snap@t")
    assert methods(answer) == ["INVITE", "BYE"]
    assert answer[0]["flags"] == ["truncated"] and "flags" not in answer[1]
    assert counted["frames"]["lost"] == {"tcp_gap": 1}

    messages = [
        sip("INVITE sip:b@h SIP/2.0", "hole@t", "1 INVITE", "v=0\r\n" + "a=x\r\n" * 400),
        sip("ACK sip:b@h SIP/2.0", "hole@t", "1 ACK"),
        sip("BYE sip:b@h SIP/2.0", "hole@t", "2 BYE"),
    ]
    frames = tcp_frames([(True, m) for m in messages])
    assert len(frames) > 6
    frames = frames[:3] + frames[4:]  # the second segment was not captured
    counted = imported(inspector, tmp_path, pcap(frames), "hole.pcap")
    answer = inspector.json("callid_details", "hole@t")
    assert methods(answer) == ["INVITE", "ACK", "BYE"]
    assert answer[0]["flags"] == ["truncated"] and "flags" not in answer[1]
    assert payload(answer[0]) == messages[0][:600].rstrip(b"\r\n") or messages[0].startswith(
        payload(answer[0])
    )
    assert answer[0]["timestamp"] == pytest.approx(1795225829.516444 + 0.02 + 62167219200, abs=2e-5)
    assert counted["frames"]["lost"] == {"tcp_gap": 1}


def test_hep_in_a_file_is_taken_if_asked_for(inspector, tmp_path):
    for name, call, frames in (("t_hep_udp", "hepu@t", 1), ("t_hep_tcp", "hept@t", 2)):
        file = CAPTURES / (name + ".pcap")
        counted = inspector.json("import_pcap", file)
        assert counted["frames"]["hep"] == frames and counted["received"] == 0
        assert inspector.json("callid_details", call) == []
        counted = inspector.json("import_pcap", file, "hep")
        assert counted["frames"]["hep"] == frames and counted["stored"] == frames
        answer = inspector.json("callid_details", call)
        assert len(answer) == frames
        for chunk in answer:
            assert chunk["hep"] == 3 and chunk["observer"].startswith("10.1.0.1")
            assert chunk["observer"].endswith("@import:%s" % file)
            assert abs(float(chunk["ref_timestamp"]) - chunk["timestamp"]) < 3600 * 24 * 3650
        assert [s["address"] for s in counted["senders"]] == ["10.1.0.1"]
    answer = inspector.ask("import_pcap", file, "hop")
    assert outcome(answer) == (2, "", "unknown option: 'hop'\n")


@needs_raw
def test_hep_that_passes_is_taken_if_asked_for(inspector, link):
    one, other = link
    inspector.text("start_capture", other, "udp", "hep")
    id_ = "capture:" + other
    message = sip("OPTIONS sip:b@h SIP/2.0", "hep@veth")
    send(one, [ethernet(ipv4(17, udp(5060, 9060, hep3(message))))])
    send(one, [ethernet(ipv4(17, udp(5060, 5060, sip("BYE sip:b@h SIP/2.0", "sip@veth"))))])
    wait_for(lambda: inspector.stats(id_)["stored"] == 2, "both messages")
    (chunk,) = inspector.json("callid_details", "hep@veth")
    assert chunk["observer"] == "192.0.2.1@" + id_ and payload(chunk) == message
    (chunk,) = inspector.json("callid_details", "sip@veth")
    assert chunk["observer"] == id_
    stats = inspector.stats(id_)
    assert [s["received"] for s in stats["senders"]] == [1], "a capture is no sender"


def test_a_large_file_holds_nobody_up(inspector, program, tmp_path):
    file = tmp_path / "large.pcap"
    head, record = pcap([])[:24], pcap([ethernet(ipv4(17, udp(1, 2, b"\x80" * 20)))])[24:]
    with file.open("wb") as f:
        f.write(head)
        for _ in range(20):
            f.write(record * 100_000)
    ask = [program, "--socket", inspector.socket, "import_pcap", file]
    running = subprocess.Popen(ask, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    descriptors = pathlib.Path("/proc/%d/fd" % inspector.process.pid)
    wait_for(lambda: file in [d.resolve() for d in descriptors.iterdir()], "the import to begin")
    answer = inspector.ask("import_pcap", file)
    assert outcome(answer) == (2, "", "cannot import %s: another file is being imported\n" % file)
    assert inspector.text("list_active_parsers") == ""
    assert running.poll() is None, "the import was too quick"
    inspector.kill(signal.SIGTERM)  # does not wait for the end of the file
    assert inspector.process.returncode == 0, inspector.log.read_text()
    running.communicate(timeout=60)
