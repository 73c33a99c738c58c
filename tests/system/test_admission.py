"""Who may send: what the operator closed is closed, for every transport, and only that."""

import json
import socket
import struct
import subprocess

import pytest

from conftest import PROGRAM, Inspector, free_port
from test_transports import connect, connections, packets

KEY = "s3cret"


def with_key(packet, key):
    field = struct.pack(">HHH", 0, 14, 6 + len(key)) + key.encode()
    return packet[:4] + struct.pack(">H", len(packet) + len(field)) + field + packet[6:]


def send(address, datagram, source="127.0.0.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.sendto(datagram, address)


def start(inspector, *options):
    port = free_port()
    inspector.text("start_hep_parser", "127.0.0.1", str(port), *options)
    return "127.0.0.1", port


def test_packets_from_other_networks_are_refused(inspector):
    address = start(inspector, "allow=10.0.0.0/8,127.0.0.8/30,::1")
    ours = packets()[0]
    for source in ("127.0.0.7", "127.0.0.8", "127.0.0.11", "127.0.0.12"):
        send(address, ours, source)
    stats = inspector.wait_received(address, 4)
    assert (stats["stored"], stats["refused"]) == (2, {"not_allowed": 2})

    with connect(address) as s:  # from 127.0.0.1
        assert s.recv(1) == b""
    with socket.create_connection(address, source_address=("127.0.0.9", 0)) as s:
        s.sendall(ours)
        assert inspector.wait_received(address, 5)["stored"] == 3
    closed = connections(inspector, address, lambda c: c["open"] == 0)
    assert closed == {"open": 0, "accepted": 1, "failed": {"not_allowed": 1}}


def test_hep_without_the_right_key_is_refused(inspector):
    address = start(inspector, "auth_key=" + KEY)
    one = packets()[0]
    sent = [with_key(one, key) for key in (KEY, KEY[:-1], KEY + "x", "S3cret", "")]
    hep1 = bytes.fromhex("0110021113ce13c47f0000017f00000a") + b"BYE sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n"
    sip = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: y\r\nCSeq: 1 OPTIONS\r\n\r\n"
    for datagram in (*sent, one, hep1, sip, b"\r\n\r\n"):
        send(address, datagram)
    stats = inspector.wait_received(address, 9)
    assert stats["stored"] == 1
    assert stats["refused"].pop("keepalive") == 1
    assert stats["refused"].pop("unknown_magic", 0) + stats["refused"].pop("bad_auth_key") == 7
    assert stats["refused"] == {}
    with connect(address) as s:
        s.sendall(sent[0] + sent[1])
        assert inspector.wait_received(address, 11)["stored"] == 2
    inspector.settle()
    for path in inspector.root.glob("??/??/*"):
        assert KEY not in path.read_text()
    assert KEY not in inspector.text("parser_stats") + inspector.log.read_text()


@pytest.mark.parametrize(
    "option, why",
    [
        ("allow=10.0.0.0/33", "bad network '10.0.0.0/33'"),
        ("allow=10.0.0.0/8,example.com", "bad network 'example.com'"),
        ("allow", "bad option (allow=NETWORK,... or auth_key=KEY)"),
        ("authkey=" + KEY, "bad option (allow=NETWORK,... or auth_key=KEY)"),
    ],
)
def test_a_bad_option_starts_nothing(inspector, option, why):
    answer = inspector.ask("start_hep_parser", "127.0.0.1", str(free_port()), option)
    assert answer.returncode == 2
    assert answer.stderr.decode() == "failed to start parser: %s\n" % why
    assert inspector.text("list_active_parsers") == ""


def test_the_configuration_file_closes_all_parsers_or_one(tmp_path, monkeypatch):
    ports = [free_port() for _ in range(4)]
    entries = {
        "as all": {},
        "open": {"allow": [], "auth_key": ""},
        "other": {"allow": ["127.0.0.9"], "auth_key": "other"},
        "broken": {"allow": [1]},
    }
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "startup_parsers": {name: {"type": "hep", "ip": "127.0.0.1", "port": port, **entry}
                            for port, (name, entry) in zip(ports, entries.items())},
        "allow": ["127.0.0.1/32", "::1"], "auth_key": KEY,
    }))  # fmt: skip
    inspector = Inspector(tmp_path, "--config", config)
    assert "broken: allow: not an array of networks" in inspector.log.read_text()
    by_command = start(inspector)
    one = packets()[0]
    for i, address in enumerate([("127.0.0.1", p) for p in ports[:3]] + [by_command]):
        send(address, one)
        send(address, with_key(one, KEY))
        send(address, with_key(one, "other"), "127.0.0.9")
        stats = inspector.wait_received(address, 3)
        assert (stats["stored"], stats["refused"]) == [
            (1, {"bad_auth_key": 1, "not_allowed": 1}),
            (3, {}),
            (1, {"not_allowed": 2}),
            (1, {"bad_auth_key": 1, "not_allowed": 1}),
        ][i]
    inspector.stop()

    # What is given goes before the file.
    monkeypatch.setenv("CALL_INSPECTOR_AUTH_KEY", "other")
    inspector = Inspector(tmp_path, "--config", config, "--allow", "127.0.0.9")
    send(("127.0.0.1", ports[0]), with_key(one, "other"), "127.0.0.9")
    assert inspector.wait_received(("127.0.0.1", ports[0]), 1)["stored"] == 1
    inspector.stop()


@pytest.mark.parametrize(
    "entry", [{"allow": ["10.0.0.0/64"]}, {"allow": 1}, {"allow": [[]]}, {"auth_key": 1}]
)
def test_a_bad_default_for_all_parsers_ends_the_program(tmp_path, entry):
    """They would be open to everybody."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps(entry))
    answer = subprocess.run(
        [PROGRAM, "run", "--root", tmp_path, "--socket", tmp_path / "s", "--config", config],
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 2 and answer.stderr.decode().count("\n") == 1
    assert next(iter(entry)) in answer.stderr.decode()
