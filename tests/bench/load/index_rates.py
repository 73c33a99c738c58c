#!/usr/bin/python3
"""What the index costs intake, and how far it is behind.

    index_rates.py --seconds 5 --calls 5000

The highest rate at which nothing is lost, with the index and somebody who follows its changes
(`follow_next`), and with neither, in turn: the rate is raised by --step until a run loses messages
twice. Then how far the index is behind at each of --lag-rates messages a second, and how long after
the last message it has all.

What a run wrote is removed at the end only: a file system that just removed a hundred thousand files
makes new ones slowly for a while.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import threading
import time

from programs import Inspector, Sender

PATIENCE = 300  # seconds until the index must have all


class Follower:
    """Asks for what has changed, again and again, as a client does that shows live calls."""

    def __init__(self, program):
        self.program, self.changes, self.is_over = program, 0, threading.Event()
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self):
        cursor = self.program.ask("follow", "").decode().split()[0]
        while not self.is_over.wait(0.25):
            lines = self.program.ask("follow_next", cursor, "").decode().splitlines()
            cursor = lines[0].split()[0]
            self.changes += len(lines) - 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def settle(program):
    while True:
        stats = program.store()
        if stats["waiting"] == 0 and stats["memory"] == 0:
            return
        time.sleep(0.1)


def loses(directory, is_on, rate, options):
    """A run of its own: messages lost, and what was really sent a second."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="rate", dir=directory))
    with Inspector(root, "--index", "on" if is_on else "off") as program, Sender() as sender:
        if is_on:
            with Follower(program):
                sent = sender.send(rate, options.seconds, options.calls)
        else:
            sent = sender.send(rate, options.seconds, options.calls)
        time.sleep(0.5)
        parser, stats = program.parser(), program.store()
        lost = sent["sent"] - parser["received"] + stats["lost"]
    return lost, round(sent["sent"] / sent["seconds"])


def highest(directory, options):
    best, is_open, rate = {True: 0, False: 0}, {True: True, False: True}, options.first
    while any(is_open.values()):
        for is_on in (True, False):
            if not is_open[is_on]:
                continue
            for _ in range(2):
                lost, sent = loses(directory, is_on, rate, options)
                if lost == 0:
                    break
            print(json.dumps({"index": is_on, "rate": rate, "sent": sent, "lost": lost}), flush=True)
            # The sender may be what is at its end.
            is_open[is_on] = lost == 0 and sent > 0.97 * rate
            if lost == 0:
                best[is_on] = max(best[is_on], sent)
        rate = int(rate * options.step)
    return {"with_index": best[True], "without": best[False],
            "ratio": round(best[True] / max(best[False], 1), 3)}  # fmt: skip


def lag(directory, rate, options):
    root = pathlib.Path(tempfile.mkdtemp(prefix="lag", dir=directory))
    with Inspector(root) as program, Sender() as sender:
        sending = sender.start(rate, options.lag_seconds, options.calls)
        lags = []
        while not sending.done():
            index = program.store()["index"]
            lags.append(index["lag_ms"])
            time.sleep(0.25)
        sent, began = sending.result(), time.monotonic()
        while index["lag_ms"] != 0 or index["waiting_files"] != 0:
            if time.monotonic() - began > PATIENCE:
                raise RuntimeError("not complete after %d s: %s" % (PATIENCE, index))
            time.sleep(0.1)
            index = program.store()["index"]
        parser, stats = program.parser(), program.store()
        told = {
            "rate": round(sent["sent"] / sent["seconds"]),
            "lost": sent["sent"] - parser["received"] + stats["lost"],
            "lag_ms_median": sorted(lags)[len(lags) // 2],
            "lag_ms_most": max(lags),
            "complete_after_s": round(time.monotonic() - began, 1),
        }
    return told


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5, help="of each run")
    parser.add_argument("--calls", type=int, default=5000, help="so many up at once")
    parser.add_argument("--first", type=int, default=40_000, help="rate to begin with")
    parser.add_argument("--step", type=float, default=1.15)
    parser.add_argument("--lag-rates", type=int, nargs="+", default=[10_000, 20_000, 40_000, 60_000])
    parser.add_argument("--lag-seconds", type=float, default=20)
    parser.add_argument("--only", choices=["rates", "lag"])
    parser.add_argument("--directory", help="where to store; else where temporary files are")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rates", dir=options.directory) as directory:
        if options.only != "lag":
            print(json.dumps(highest(directory, options)), flush=True)
        if options.only != "rates":
            for rate in options.lag_rates:
                print(json.dumps(lag(directory, rate, options)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
