"""What is private is masked before it is on the disk, and what helps to understand a call is not."""

import json
import socket
import struct
import subprocess

import pytest

from conftest import PROGRAM, Inspector

RESPONSE = "7587245234b3434cc3412213e5f113a5"
AUTHORIZATION = (
    'Proxy-Authorization: Digest username="alice", realm="example.com", nonce="84a4cc6f",\r\n'
    ' uri="sip:b@example.com", response="%s", cnonce="0a4f"\r\n' % RESPONSE
)
SDP = "v=0\r\nc=IN IP4 192.0.2.1\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:S3CRETKEY\r\n"
TEXT = "meet me at five"


def message(method, call_id, headers="", body=""):
    return (
        "%s sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        "Call-ID: %s\r\nCSeq: 1 %s\r\n%sContent-Length: %d\r\n\r\n%s"
        % (method, call_id, method, headers, len(body), body)
    )


INVITE = message("INVITE", "one", AUTHORIZATION + "Content-Type: application/sdp\r\n", SDP)
IM = message("MESSAGE", "two", "Content-Type: text/plain\r\n", TEXT)
DTMF = message("INFO", "three", "Content-Type: application/dtmf-relay\r\n", "Signal=7\r\nDuration=1")
BROKEN = AUTHORIZATION + "\r\n"
XLOG = "xlog about\r\nAuthorization: Digest response=for-the-operator\r\n"


def hep(payload, type_=1):
    fields = ((1, b"\2"), (2, b"\x11"), (3, bytes(4)), (4, bytes(4)), (7, b"\x13\xc4"),
              (8, b"\x13\xc4"), (9, struct.pack(">I", 1763700000)), (10, bytes(4)),
              (11, bytes([type_])), (12, bytes(4)), (15, payload.encode()))  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, t, 6 + len(v)) + v for t, v in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def store(inspector):
    """Sends all of them, and gives what is on the disk then."""
    address = inspector.start_parser()
    datagrams = [t.encode() for t in (INVITE, IM, DTMF)] + [hep(BROKEN), hep(XLOG, 100)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for datagram in datagrams:
            s.sendto(datagram, address)
    assert inspector.wait_received(address, len(datagrams))["stored"] == len(datagrams)
    inspector.settle()
    return "".join(p.read_text() for p in inspector.root.glob("??/??/*") if p.is_file())


def raw(inspector, call_id):
    return inspector.json("callid_details", call_id)[0]["raw"]


def test_credentials_are_masked_unless_told_otherwise(inspector):
    on_disk = store(inspector)
    assert RESPONSE not in on_disk
    lines = raw(inspector, "one")
    assert ' uri="sip:b@example.com", response="%s", cnonce="0a4f"' % ("*" * 32) in lines
    assert AUTHORIZATION.split("\r\n")[0] in lines
    for kept in ("S3CRETKEY", TEXT, "Signal=7", "response=for-the-operator"):
        assert kept in on_disk
    bad = inspector.json("callid_details", "@bad/sip_no_start_line")[0]
    assert bad["label"].startswith("not SIP: Proxy-Authorization***")


def test_bodies_are_masked_on_request(tmp_path):
    inspector = Inspector(tmp_path, "--mask-bodies", "on")
    on_disk = store(inspector)
    for private in (RESPONSE, "S3CRETKEY", "meet", "five", "Signal=7"):
        assert private not in on_disk
    sdp = SDP.replace("S3CRETKEY", "*********").rstrip("\r\n").split("\r\n")
    assert raw(inspector, "one")[-3:] == sdp
    assert raw(inspector, "two")[-1] == "*" * len(TEXT)
    assert raw(inspector, "three")[-2:] == ["Signal=*", "Duration=1"]
    inspector.stop()


def test_all_is_written_if_the_operator_wants_it(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"mask_credentials": False, "mask_bodies": True}))
    inspector = Inspector(tmp_path, "--config", config, "--mask-bodies", "off")
    store(inspector)
    assert raw(inspector, "one") == INVITE.rstrip("\r\n").split("\r\n")
    assert raw(inspector, "two") == IM.split("\r\n")
    inspector.stop()


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["--mask-credentials", "no"], "--mask-credentials no: neither on nor off"),
        (["--mask-bodies", ""], "--mask-bodies : neither on nor off"),
    ],
)
def test_what_is_not_understood_starts_nothing(tmp_path, arguments, why):
    answer = subprocess.run(
        [PROGRAM, "run", "--root", tmp_path, "--socket", tmp_path / "s", *arguments],
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 1 and why in answer.stderr.decode()
