#!/usr/bin/python3
"""What the index costs intake, and how far it is behind.

    index_rates.py --seconds 5 --calls 5000

The highest rate at which nothing is lost, with the index and somebody who follows its changes
(`follow_next`), and with neither, in turn: the rate is raised by --step until a run loses messages
twice. Then how far the index is behind at --lag-rate messages a second.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import threading
import time

from programs import Inspector, Sender



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
    shutil.rmtree(root)
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


def lag(directory, options):
    root = pathlib.Path(tempfile.mkdtemp(prefix="lag", dir=directory))
    with Inspector(root) as program, Sender() as sender:
        sending = sender.start(options.lag_rate, options.lag_seconds, options.calls)
        lags = []
        while not sending.done():
            index = program.store()["index"]
            lags.append(index.get("lag_ms", 0))
            time.sleep(0.25)
        sent, began = sending.result(), time.monotonic()
        while True:
            index = program.store()["index"]
            if index.get("lag_ms", 0) == 0 and index.get("waiting_files", 0) == 0:
                break
            time.sleep(0.1)
        parser, stats = program.parser(), program.store()
        told = {
            "rate": round(sent["sent"] / sent["seconds"]),
            "lost": sent["sent"] - parser["received"] + stats["lost"],
            "lag_ms_median": sorted(lags)[len(lags) // 2],
            "lag_ms_most": max(lags),
            "complete_after_s": round(time.monotonic() - began, 1),
        }
    shutil.rmtree(root)
    return told


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5, help="of each run")
    parser.add_argument("--calls", type=int, default=5000, help="so many up at once")
    parser.add_argument("--first", type=int, default=40_000, help="rate to begin with")
    parser.add_argument("--step", type=float, default=1.15)
    parser.add_argument("--lag-rate", type=int, default=60_000)
    parser.add_argument("--lag-seconds", type=float, default=20)
    parser.add_argument("--only", choices=["rates", "lag"])
    parser.add_argument("--directory", help="where to store; else where temporary files are")
    options = parser.parse_args()
    if options.only != "lag":
        print(json.dumps(highest(options.directory, options)), flush=True)
    if options.only != "rates":
        print(json.dumps(lag(options.directory, options)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
