"""Nothing that a stranger sends, and nothing that an argument holds, reaches a terminal as a control."""

import contextlib
import fcntl
import json
import os
import pty
import re
import socket
import struct
import subprocess
import termios

import pytest

from conftest import PROGRAM, free_port

HOSTILE = [
    "\x1b]0;title\x07\x1b[2J",
    "\u009b31m",
    "\u202eevil\u2066",
    "a\x08\x7f",
    "\u200b\u2028\u061c\ufeff",
    b"\x9b31m\xff".decode("latin-1"),  # sent as these octets
]
SEEN = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def octets(text):
    return text.encode("latin-1") if max(text) < "\u0100" and "\xff" in text else text.encode()


def hep(payload, agent, call_id, type_=1):
    fields = ((1, b"\2"), (2, b"\x11"), (3, b"\xc0\0\2\1"), (4, b"\xc0\0\2\2"), (7, b"\x13\xc4"),
              (8, b"\x13\xc4"), (9, struct.pack(">I", 1763700000)), (10, bytes(4)), (11, bytes([type_])),
              (12, bytes(4)), (15, payload), (17, call_id), (19, agent))  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, t, 6 + len(v)) + v for t, v in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def must_be_clean(answer):
    for stream in (answer.stdout, answer.stderr):
        found = SEEN.findall(stream.decode())  # valid UTF-8, too
        assert found == [], (answer.args[1:], found, stream)
    return answer


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_call_is_shown_harmless_everywhere(inspector, hostile):
    address = inspector.start_parser()
    j = octets(hostile)
    call_id = b"t-" + j
    request = b"\r\n".join((
        b"INVITE sip:" + j + b"@x SIP/2.0", b"Via: SIP/2.0/UDP " + j + b":5060;branch=" + j,
        b'From: "' + j + b'" <sip:' + j + b"@b>;tag=1", b"To: <sip:b@b>", b"Call-ID: " + call_id,
        b"CSeq: 1 INVITE", b"User-Agent: " + j, b"", b""))  # fmt: skip
    response = b"SIP/2.0 200 " + j + b"\r\nVia: SIP/2.0/UDP h\r\nCall-ID: " + call_id + b"\r\nCSeq: 1 INVITE\r\n\r\n"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for payload, type_ in ((request, 1), (response, 1), (b"log " + j + b"\nmore", 100)):
            s.sendto(hep(payload, b"agent" + j, call_id, type_), address)
    inspector.wait_received(address, 3)
    inspector.settle()
    for words in (["callid_details", call_id], ["inspect_call_id", call_id], ["ladder", call_id],
                  ["parser_stats"], ["clocks"], ["list_calls"], ["list_active_parsers"], ["store_stats"],
                  ["search", ""], ["calls"], ["story", call_id], ["call_legs", call_id], ["call_details", call_id],
                  ["message", call_id, "0"], ["message", call_id, "1"], ["diff", call_id, "0", "1"],
                  ["compare", call_id, call_id]):  # fmt: skip
        answer = must_be_clean(inspector.ask(*words))
        assert answer.returncode == 0
        if words[0] == "list_calls":  # the same value as before
            assert json.loads(answer.stdout)[0]["call-id"] == "t-" + hostile
    for path in inspector.root.glob("??/??/*"):
        assert SEEN.findall(path.read_text()) == []
    assert SEEN.findall(inspector.log.read_text()) == []


@pytest.mark.parametrize("hostile", HOSTILE[:4] + ["a\nb"])
def test_errors_show_their_argument_harmless(inspector, tmp_path, hostile):
    port = str(free_port())
    for words in (["no_" + hostile], ["stop_active_parser", hostile], ["parser_stats", hostile],
                  ["import_pcap", hostile], ["import_pcap", "/" + hostile], ["import_kazoo", hostile],
                  ["import_kazoo", "/" + hostile], ["start_hep_parser", hostile, "9"],
                  ["start_hep_parser", "127.0.0.1", hostile], ["start_capture", hostile],
                  ["start_hep_parser", "127.0.0.1", port, "allow=" + hostile],
                  ["start_capture", "lo", "port " + hostile], ["list_calls", hostile],
                  ["search", "x=" + hostile], ["search", "status=" + hostile], ["search", "\"" + hostile],
                  ["search", "a", hostile], ["calls", hostile],
                  ["capture", "check", hostile], ["ladder", hostile], ["order", hostile],
                  ["replay", hostile, "--to", hostile], ["run", "--" + hostile], ["run", "--config", hostile],
                  [hostile, "--help"], ["-" + hostile], ["run", "--hep", hostile]):  # fmt: skip
        answer = must_be_clean(inspector.ask(*words))
        assert (answer.stdout + answer.stderr).count(b"\n") == 1, answer
    config = tmp_path / ("config" + hostile.replace("/", ""))
    config.write_text(json.dumps({hostile: 1, "startup_parsers": [{"type": hostile}]}))
    must_be_clean(subprocess.run(
        [PROGRAM, "run", "--config", config, "--root", tmp_path / "r", "--socket", tmp_path, "--hep", "::1:x"],
        capture_output=True, timeout=60))  # fmt: skip


def on_a_terminal(inspector, columns, *words, **environment):
    """What the command line writes to a terminal of that width."""
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        shown = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        asked = subprocess.Popen(
            [PROGRAM, "--socket", inspector.socket, *words], stdin=slave, stdout=slave,
            env={**shown, "TERM": "xterm-256color", **environment})  # fmt: skip
        os.close(slave)
        slave = None
        written = b""
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while piece := os.read(master, 65536):
                written += piece
        assert asked.wait(60) == 0
        return written.decode().replace("\r\n", "\n")
    finally:
        os.close(master)
        if slave is not None:
            os.close(slave)


def test_a_ladder_on_a_terminal_has_its_width_and_colours(inspector):
    address = inspector.start_parser()
    call_id = "t@t"
    messages = [
        b"\r\n".join((start, b"Via: SIP/2.0/UDP h;branch=z9hG4bK1", b"Call-ID: t@t", b"CSeq: 1 INVITE", b"", b""))
        for start in (b"INVITE sip:b@x SIP/2.0", b"SIP/2.0 486 Busy Here \x1b[2J")
    ]  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for message in messages:
            s.sendto(hep(message, b"agent", call_id.encode()), address)
    inspector.wait_received(address, 2)
    inspector.settle()
    coloured = re.compile("\x1b\\[[0-9]+m")
    for columns in (60, 90, 200):
        drawn = on_a_terminal(inspector, columns, "ladder", call_id)
        assert coloured.search(drawn)
        plain = coloured.sub("", drawn)
        assert SEEN.findall(plain) == []
        assert plain == inspector.text("ladder", call_id, str(columns))
    assert "\x1b" not in on_a_terminal(inspector, 90, "ladder", call_id, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(inspector, 90, "ladder", call_id, TERM="dumb")
    assert on_a_terminal(inspector, 90, "ladder", call_id, "70", "nocolor") == inspector.text("ladder", call_id, "70")
    assert "\x1b" not in on_a_terminal(inspector, 90, "callid_details", call_id)
