"""Messages that tell their own number, and what the store's files hold of them."""

import collections
import hashlib
import json
import pathlib
import socket
import struct
import time

from conftest import PATIENCE, wait_for
from recordings import octets

SANITIZED = b"__asan_init" in pathlib.Path(__import__("conftest").PROGRAM).read_bytes()


def hep3(message, micros):
    fields = (
        (1, b"\2"), (2, b"\21"), (3, bytes([10, 0, 0, 1])), (4, bytes([10, 0, 0, 2])),
        (7, struct.pack(">H", 5060)), (8, struct.pack(">H", 5080)),
        (9, struct.pack(">I", micros // 1_000_000)), (10, struct.pack(">I", micros % 1_000_000)),
        (11, b"\1"), (12, struct.pack(">I", 7)), (15, message),
    )  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, type_, 6 + len(v)) + v for type_, v in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def sip(call_id, number, method="MESSAGE"):
    return (
        "%s sip:bob@example.com SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s-%d\r\n"
        "From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"
        "Call-ID: %s\r\nCSeq: %d %s\r\nContent-Length: 0\r\n\r\n"
        % (method, call_id, number, call_id, number, method)
    ).encode()


def packet(call_id, number, method="MESSAGE"):
    return hep3(sip(call_id, number, method), time.time_ns() // 1000)


class Stream:
    """A connection whose messages go round through `calls` calls: what was sent has arrived, or
    the inspector is dead."""

    def __init__(self, address, name="call", calls=10):
        self.address, self.name, self.calls = address, name, calls
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.sent = 0

    def call_id(self, number):
        return "%s-%d" % (self.name, number % self.calls)

    def call_ids(self):
        return [self.call_id(i) for i in range(min(self.calls, self.sent))]

    def send(self, count):
        numbers = range(self.sent, self.sent + count)
        self.socket.sendall(b"".join(packet(self.call_id(n), n) for n in numbers))
        self.sent += count


def relative(call_id):
    digest = hashlib.md5(call_id.encode()).hexdigest()
    return pathlib.Path(digest[:2], digest[2:4], digest[4:])


class Found:
    """The lines of some files, each as stored: what is broken, and what is there, by its number."""

    def __init__(self, *files):
        self.torn, self.seqs, self.numbers = 0, collections.Counter(), collections.Counter()
        for file in files:
            self.take(file.read_bytes())

    def take(self, content):
        for line in content.split(b"\n"):
            if line == b"":
                continue
            try:
                chunk = json.loads(line)
                number = int(chunk["c_seq"].split()[0])
                assert octets(chunk) == sip(chunk["call-id"], number)
                self.seqs[chunk["seq"]] += 1
                self.numbers[number] += 1
            except ValueError:
                self.torn += 1

    def doubles(self):
        return [seq for seq, times in self.seqs.items() if times > 1]


def files_of(root, call_ids):
    return [f for f in (root / relative(call_id) for call_id in call_ids) if f.exists()]


def store_stats(inspector):
    status, text = inspector.ask_directly("store_stats")
    assert status == 0, text
    return json.loads(text)


def wait_for_store(inspector, condition, what):
    """store_stats, once they are as they should be."""
    def now():
        stats = store_stats(inspector)
        return condition(stats) and stats
    return wait_for(now, what + ", and not " + json.dumps(store_stats(inspector)))


def settled(inspector, stored):
    """So many were stored, and everything is in the calls' files."""
    return wait_for_store(
        inspector, lambda s: s["stored"] >= stored and s["memory"] == s["waiting"] == 0,
        "%d messages in their calls' files" % stored,
    )  # fmt: skip
