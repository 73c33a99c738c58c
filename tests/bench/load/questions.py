#!/usr/bin/python3
"""What a question costs whoever asks it: on the command line, and at the control socket.

Prints the median and the 90th percentile of the time until callid_details of a call of one message
is answered. Taken in turn with these are /bin/true and the other programs that are named, such as
call_inspector of another commit.
"""

import argparse
import os
import pathlib
import socket
import statistics
import sys
import tempfile
import time

from programs import PATIENCE, PORT, PROGRAM, Inspector, control  # and the path to frames

from frames import hep3

SIP = (
    b"OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n"
    b"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: questions\r\nCSeq: 1 OPTIONS\r\n\r\n"
)
WORDS = ("callid_details", "questions")


def spawned(*words):
    """By posix_spawn(), whose time does not depend on the memory of this process."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]

    def run():
        process = os.posix_spawn(words[0], words, os.environ, file_actions=quiet)
        _, status = os.waitpid(process, 0)
        if status != 0:
            raise RuntimeError("%s: status %d" % (" ".join(words), status))

    return run


def has_answer(inspector):
    return b"questions" in inspector.ask(*WORDS)


def store_a_call(inspector):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(hep3(SIP), ("127.0.0.1", PORT))
    deadline = time.monotonic() + PATIENCE
    while not has_answer(inspector):
        if time.monotonic() > deadline:
            sys.exit("the call does not arrive")
        time.sleep(0.01)


def measure(runs, ways):
    times = {name: [] for name in ways}
    for _ in range(runs):
        for name, run in ways.items():
            began = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - began) * 1000)
    for name, taken in times.items():
        p90 = statistics.quantiles(taken, n=10)[-1]
        print("%-60s %6.2f ms, p90 %6.2f ms" % (name, statistics.median(taken), p90))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("others", nargs="*", help="other programs, for instance an older one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, Inspector(pathlib.Path(directory)) as one:
        store_a_call(one)
        ways = {"/bin/true": spawned("/bin/true")}
        for program in [*options.others, str(PROGRAM)]:
            ways[program] = spawned(program, "--socket", str(one.socket), *WORDS)
        ways["control socket, reconnecting"] = lambda: one.ask(*WORDS)
        with control.Connection(one.socket, PATIENCE) as connection:
            ways["control socket, one connection"] = lambda: connection.ask(*WORDS)
            measure(options.runs, ways)


if __name__ == "__main__":
    main()
