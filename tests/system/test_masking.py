"""What is private is masked before it is on the disk, and what helps to understand a call is not."""

import json
import socket
import struct
import subprocess
import zlib

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
XLOG = "xlog about k=for-the-operator\r\nAuthorization: Digest response=%s\r\n" % RESPONSE


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
    for kept in ("S3CRETKEY", TEXT, "Signal=7", "k=for-the-operator"):
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


HEAD = "REGISTER sip:a SIP/2.0\r\nCall-ID: %s\r\nCSeq: 1 REGISTER\r\n"
DIGEST = 'Digest username="u", response="SECRET"'
IN_MESSAGES = [
    "Author\r\n ization: %s\r\n\r\n" % DIGEST,
    "Authorization\r\n :%s\r\n\r\n" % DIGEST,
    'Authorization: Digest username="u",\r\n\x0bresponse="SECRET"\r\n\r\n',
    'Authorization: Digest username="u",\n\r response="SECRET"\r\n\r\n',
    'Authorization: Digest username="u", respon\r\nse="SECRET"\r\n\r\n',
    "Refer-To: <sip:x@y?Authorization=Digest%20response%3D%22SECRET%22>\r\n\r\n",
    "Contact: <sip:x@y?%70roxy-authorization=Basic%20SECRET>\r\n\r\n",
    "X-Auth-Token: SECRET\r\n\r\n",
    "Content-Type: application/json\r\n\r\n" + json.dumps({"h": "Authorization: " + DIGEST}),
]  # fmt: skip
ALONE = [
    'rname="u", response="SECRET"\r\nCall-ID: z\r\n\r\n',
    "INVITE sip:x@y?Authorization=Basic%20SECRET SIP/2.0\r\nCall-ID: uri\r\nCSeq: 1 INVITE\r\n\r\n",
    json.dumps({"payload": json.dumps({"payload": HEAD % 1 + "Authorization: " + DIGEST + "\r\n\r\n"})}),
]
EVENTS = [
    "x\r\nAuthorization: %s\r\n" % DIGEST,
    "Authorization: Basic SECRET",
    json.dumps({"headers": {"Authorization": DIGEST}}),
    json.dumps({"message": HEAD % 2 + "Authorization: %s\r\n" % DIGEST}),
    json.dumps({"request_headers": "Accept: x\r\nAuthorization: Bearer SECRET\r\n"}),
]


def test_no_wrapping_carries_credentials_to_the_disk(inspector):
    texts = [(1, HEAD % ("c%d" % i) + text) for i, text in enumerate(IN_MESSAGES)]
    texts += [(1, text) for text in ALONE]
    texts += [(t, text) for t in (3, 4, 5, 32, 34, 35, 86, 87, 88, 89, 96, 99, 100, 200) for text in EVENTS]
    secrets = ["%032x" % (0xABCDEF0123456789 * (n + 77)) for n in range(len(texts))]
    address = inspector.start_parser()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for (type_, text), secret in zip(texts, secrets):
            s.sendto(hep(text.replace("SECRET", secret), type_), address)
    assert inspector.wait_received(address, len(texts))["stored"] == len(texts)
    inspector.settle()
    on_disk = "".join(p.read_text() for p in inspector.root.rglob("*") if p.is_file())
    assert [t for t, secret in zip(texts, secrets) if secret in on_disk] == []
    assert "username" in on_disk


def test_what_cannot_be_inflated_is_not_kept(inspector):
    """A part of it might be inflated yet."""
    packed = zlib.compress((INVITE * 2).encode())[:-20]
    fields = ((1, b"\2"), (2, b"\x11"), (3, bytes(4)), (4, bytes(4)), (9, struct.pack(">I", 1763700000)),
              (11, b"\1"), (12, bytes(4)), (16, packed))  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, t, 6 + len(v)) + v for t, v in fields)
    address = inspector.start_parser()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"HEP3" + struct.pack(">H", 6 + len(body)) + body, address)
    inspector.wait_received(address, 1)
    inspector.settle()
    (observer,) = [c["call-id"] for c in inspector.json("list_calls")] or ["@events/127.0.0.1#0@%s:%d" % address]
    assert inspector.json("callid_details", observer)[0]["raw"] == ["payload not readable"]
