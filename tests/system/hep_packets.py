"""Packets of HEP as senders make them, with what senders do wrong."""

import socket
import struct
import time


def sip(start, call_id="one", cseq="1 INVITE", via="192.0.2.1:5060", body="", length=None):
    return (
        "%s\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%s\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\n"
        "Call-ID: %s\r\nCSeq: %s\r\nContent-Length: %d\r\n\r\n%s"
        % (start, via, call_id, cseq.split()[0], call_id, cseq, len(body) if length is None else length, body)
    ).encode()


def field(kind, value):
    return struct.pack(">HHH", 0, kind, 6 + len(value)) + value


def hep3(payload, src=("192.0.2.1", 5060), dst=("192.0.2.2", 5060), id_=101, ahead=0.0, name="", maker="freeswitch"):
    """As Kamailio writes it, or as FreeSWITCH does; `ahead`: of the sender's clock, in seconds."""
    family = socket.AF_INET6 if ":" in src[0] else socket.AF_INET
    is_ipv6 = family == socket.AF_INET6
    stamp = time.time() + ahead
    addresses = field(5 if is_ipv6 else 3, socket.inet_pton(family, src[0])) + field(
        6 if is_ipv6 else 4, socket.inet_pton(family, dst[0]))
    ports = field(7, struct.pack(">H", src[1])) + field(8, struct.pack(">H", dst[1]))
    times = field(9, struct.pack(">I", int(stamp))) + field(10, struct.pack(">I", int(stamp % 1 * 1e6)))
    head = field(1, bytes([10 if is_ipv6 else 2])) + field(2, b"\x11")
    kind, ids = field(11, b"\x01"), field(12, struct.pack(">I", id_))
    named = field(19, name.encode()) if name else b""
    parts = (head + addresses + ports + times + kind + ids if maker == "kamailio"
             else head + ports + times + kind + ids + addresses)
    body = parts + named + field(15, payload)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def hep12(version, payload, src=("192.0.2.1", 5060), dst=("192.0.2.2", 5060), id_=101):
    """As Kamailio writes it."""
    now = time.time()
    head = struct.pack(">BBBBHH", version, 16, 2, 17, src[1], dst[1])
    head += socket.inet_aton(src[0]) + socket.inet_aton(dst[0])
    if version == 2:
        head += struct.pack("<IIHH", int(now), int(now % 1 * 1e6), id_, 0)
    return head + payload
