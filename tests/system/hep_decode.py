"""An independent HEP reader, so that the program under test is not its own judge."""

import json
import socket
import struct


def address(data):
    if len(data) == 4:
        return socket.inet_ntop(socket.AF_INET, data)
    return "[%s]" % socket.inet_ntop(socket.AF_INET6, data)


def sip_of(packet):
    """The SIP message in a packet: OpenSIPS wraps it in JSON, Kamailio without HEP adds headers."""
    if packet[:1] in (b"\1", b"\2") or packet[:4] == b"HEP3":
        payload = decode(packet)[2]
        if payload.startswith(b"{"):
            return json.loads(payload.decode("latin-1"))["payload"].encode("latin-1")
        return payload
    head, empty_line, body = packet.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"X-Siptrace-")]
    return b"\r\n".join(lines) + empty_line + body


def decode(packet):
    """(source, destination, payload as captured, payload type)"""
    if packet[:4] == b"HEP3":
        return decode3(packet)
    width = 16 if packet[2] == 10 else 4
    sport, dport = struct.unpack(">HH", packet[4:8])
    start = 8 + 2 * width + (12 if packet[0] == 2 else 0)
    source = "%s:%d" % (address(packet[8 : 8 + width]), sport)
    destination = "%s:%d" % (address(packet[8 + width : 8 + 2 * width]), dport)
    return source, destination, packet[start:].rstrip(b"\0"), 1


def decode3(packet):
    fields, at = {}, 6
    while at < len(packet):
        _, kind, length = struct.unpack(">HHH", packet[at : at + 6])
        fields[kind] = packet[at + 6 : at + length]
        at += length
    source = "%s:%d" % (address(fields.get(3) or fields[5]), int.from_bytes(fields[7], "big"))
    destination = "%s:%d" % (address(fields.get(4) or fields[6]), int.from_bytes(fields[8], "big"))
    return source, destination, fields.get(15, b""), fields[11][0]
