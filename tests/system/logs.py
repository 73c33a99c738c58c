"""Logs as Kamailio writes them with Kazoo's configuration, and what an inspector makes of them."""

import collections
import gzip
import json
import os
import shutil

from conftest import wait_for

PROXY = ("127.0.0.10", "5060")

# Of one call: what the line tells, and whether a message begins (or is passed on) there.
CALL = (
    ("start|received udp request INVITE sip:bob@example.com", True),
    ("log|source 198.51.100.7:5062 -> 127.0.0.10:5060", False),
    ("log|cseq 1 INVITE", False),
    ("log|originated from external sources", False),
    ("pass|127.0.0.10:5060 -> 10.0.0.4:11000", True),
    ("start|received internal reply 180 Ringing", True),
    ("log|source 10.0.0.4:11000", False),
    ("log|cseq 1 INVITE", False),
    ("pass|198.51.100.7:5062", True),
    ("start|received internal reply 200 OK", True),
    ("log|source 10.0.0.4:11000", False),
    ("log|cseq 1 INVITE", False),
    ("pass|198.51.100.7:5062", True),
    ("start|received udp request ACK sip:bob@10.0.0.4:11000", True),
    ("log|source 198.51.100.7:5062 -> 127.0.0.10:5060", False),
    ("log|cseq 1 ACK", False),
    ("pass|127.0.0.10:5060 -> 10.0.0.4:11000", True),
)


most_rotated = 200


class Writer:
    """Appends calls to a log that it rotates, and knows where each message must be found."""

    def __init__(self, path, rng, name="call"):
        self.path, self.rng, self.name = path, rng, name
        self.file = path.open("ab", buffering=0)
        self.position, self.calls, self.lines = 0, 0, 0
        self.open = []  # calls at work: [Call-ID, pid, the next line of CALL]
        self.expected = collections.defaultdict(list)  # positions, by Call-ID
        self.half = b""  # a line that is not complete yet

    def line(self):
        if len(self.open) < 8 and (not self.open or self.rng.random() < 0.2):
            self.calls += 1
            self.open.append(["%s-%d@x" % (self.name, self.calls), self.rng.randrange(100, 108), 0])
        call = self.rng.choice(self.open)
        text, is_message = CALL[call[2]]
        return call, is_message, self.wrapped(call[1], "%s|%s" % (call[0], text))

    def wrapped(self, pid, text):
        self.lines += 1
        return ("2026-11-21T02:%02d:%02d.%06d+00:00 host kamailio[%d]: INFO: <script>: %s\n" % (
            self.lines // 60_000_000 % 60, self.lines // 1_000_000 % 60, self.lines % 1_000_000,
            pid, text)).encode()  # fmt: skip

    def append(self, count):
        """So many lines, in pieces that do not end where lines end."""
        octets = self.half
        at = self.position
        for _ in range(count):
            call, is_message, line = self.line()
            if is_message:
                self.expected[call[0]].append(at)
            at += len(line)
            octets += line
            call[2] += 1
            if call[2] == len(CALL):
                self.open.remove(call)
        self.half = octets[len(octets) - self.rng.randrange(0, min(80, len(octets))) :]
        self.position = at
        self.put(octets[: len(octets) - len(self.half)])

    def put(self, octets):
        while octets:
            octets = octets[self.file.write(octets) :]

    def finish(self):
        while self.open:
            self.rest_of_a_call()
        self.put(self.half)
        self.half = b""

    def rest_of_a_call(self):
        call = self.open[0]
        text, is_message = CALL[call[2]]
        line = self.wrapped(call[1], "%s|%s" % (call[0], text))
        if is_message:
            self.expected[call[0]].append(self.position)
        self.half += line
        self.position += len(line)
        call[2] += 1
        if call[2] == len(CALL):
            self.open.pop(0)

    # What logrotate does. A writer of whole lines ends its line before it turns to another file.

    def end_line(self):
        self.put(self.half)
        self.half = b""

    def shift(self):
        for n in range(most_rotated, 0, -1):
            for packed in ("", ".gz"):
                old = self.path.with_name("%s.%d%s" % (self.path.name, n, packed))
                if old.exists():
                    old.rename(self.path.with_name("%s.%d%s" % (self.path.name, n + 1, packed)))

    def rotated(self, n=1):
        return self.path.with_name("%s.%d" % (self.path.name, n))

    def rename(self):
        self.shift()
        self.path.rename(self.rotated())
        if self.rng.random() < 0.5:  # "create", before the writer turns to it
            self.path.open("ab").close()
            if self.rng.random() < 0.5:
                self.append(self.rng.randrange(1, 300))
        self.end_line()
        self.file.close()
        self.file = self.path.open("ab", buffering=0)

    def copytruncate(self):
        self.end_line()
        self.shift()
        shutil.copyfile(self.path, self.rotated())
        os.truncate(self.path, 0)

    def compress(self):
        for n in range(1, most_rotated):
            plain = self.rotated(n)
            if plain.exists():
                packed = plain.with_name(plain.name + ".gz")
                with gzip.open(packed, "wb") as file:
                    file.write(plain.read_bytes())
                os.utime(packed, ns=(plain.stat().st_atime_ns, plain.stat().st_mtime_ns))
                plain.unlink()

    def rotate(self):
        self.rng.choice((self.rename, self.copytruncate))()
        if self.rng.random() < 0.3:
            self.compress()


def start_log(inspector, path, kind="kamailio", address=PROXY):
    return inspector.text("start_%s_parser" % kind, str(path), *address)


def log_stats(inspector, path):
    return inspector.stats(str(path))


def wait_read(inspector, path, lines):
    """Until so many lines were read, and none of them waits for another one any more."""
    def all_read():
        stats = log_stats(inspector, path)
        counts = stats["log"]["lines"]
        return "in_open_records" not in counts and sum(counts.values()) == lines and stats
    return wait_for(all_read, "%d lines, and not %s" % (lines, json.dumps(log_stats(inspector, path))))


def positions_in_files(root):
    """Where the stored messages of each call were found, from the store's own files.

    A kill may cut a write short; such a line is ended by the next one and stored once more."""
    found = collections.defaultdict(list)
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if directory == str(root):
                continue
            with open(os.path.join(directory, name), "rb") as file:
                for line in file:
                    try:
                        chunk = json.loads(line)
                    except ValueError:
                        continue
                    found[chunk["call-id"]].append(chunk["log_position"])
    return found


def differences(found, expected):
    """The calls of which other messages were found than expected, or some twice."""
    return {
        call: (sorted(found.get(call, ())), sorted(expected.get(call, ())))
        for call in found.keys() | expected.keys()
        if sorted(found.get(call, ())) != sorted(expected.get(call, ()))
    }
