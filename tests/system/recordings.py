"""Recorded runs (tests/data/recordings): datagrams, and what really was on the wire."""

import base64
import gzip
import json
import pathlib
import struct
from collections import defaultdict

DATA = pathlib.Path(__file__).parent.parent / "data" / "recordings"
EITHER_ORDER_US = 300  # closer than this in the capture, two messages have no true order


class Run:
    def __init__(self, name):
        self.directory = DATA / name
        self.manifest = json.loads(self.read("manifest.json"))
        self.streams = [s["name"] for s in self.manifest["senders"]]
        self.datagrams = {
            s["name"]: list(records(self.read(s["file"]))) for s in self.manifest["senders"]
        }
        self.calls = self.manifest["calls"]
        for call in self.calls:
            for message in call["messages"]:  # some runs have logs beside the streams
                message["seen"] = {s: i for s, i in message["seen"].items() if s in self.streams}

    def read(self, name):
        path = self.directory / name
        if path.exists():
            return path.read_bytes()
        return gzip.decompress(path.with_name(name + ".gz").read_bytes())

    def by_arrival(self):
        """(arrival, stream, datagram) of all streams together."""
        return sorted(
            (arrival, stream, datagram)
            for stream, list_ in self.datagrams.items()
            for arrival, datagram in list_
        )


def records(data):
    at = 0
    while at < len(data):
        length, arrival = struct.unpack(">IQ", data[at : at + 12])
        yield arrival, data[at + 12 : at + 12 + length]
        at += 12 + length


def mismatch(answer, call, payloads):
    """Why `answer` (callid_details) is not what the capture says happened; None if it is.

    `payloads(message)` are the octets in which observers reported that message."""
    waiting = defaultdict(list)  # transmissions of the capture, by what identifies them
    for message in call["messages"]:
        if message["seen"]:  # nobody reported the others
            waiting[(message["src"], message["dst"], message["label"], message["cseq"])].append(message)
    order = []
    for chunk in answer:
        if "event" in chunk:
            continue
        key = (chunk["src"], chunk["dst"], chunk["label"], chunk["c_seq"])
        if not waiting[key]:
            return "too much: %s" % (key,)
        message = waiting[key].pop(0)
        if octets(chunk) not in payloads(message):
            return "other bytes: %s" % (key,)
        if chunk["call-id"] != call["call_id"]:
            return "other Call-ID: %s" % chunk["call-id"]
        order.append(message)
    missing = [key for key, left in waiting.items() if left]
    if missing:
        return "missing: %s" % missing
    for i, earlier in enumerate(order):
        for later in order[i + 1 :]:
            if earlier["wire_us"] - later["wire_us"] >= EITHER_ORDER_US:
                return "%s %s came out before %s %s, %d us too early" % (
                    earlier["src"], earlier["label"], later["src"], later["label"],
                    earlier["wire_us"] - later["wire_us"],
                )
    return None


def octets(chunk):
    """The message as captured, from a chunk's JSON (docs/formats.md)."""
    if "payload" in chunk:
        return base64.b64decode(chunk["payload"])
    return "\r\n".join(chunk["raw"]).encode() + b"\r\n" * chunk["crlfs"]
