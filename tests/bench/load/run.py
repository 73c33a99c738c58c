#!/usr/bin/python3
"""Load runs against the real program, beside the least that a collector must do.

A second process sends recorded calls, each with a Call-ID of its own. For each rate and number of
calls up at once: messages received, stored (in the journal), shelved (in their calls' files), lost
and by whom; processor time of the collector; bytes written. The baseline is recvmmsg and one
sequential write of the same datagrams.

With --overload the rates are those that last: twice as much is sent, and there is no such baseline.
Told are lookups meanwhile (of calls from the beginning, which are known to be whole), how soon
afterwards nothing is lost any more at half of the rate, when everything is in its call's file, and
lookups until then.

What the runs leave on the disk is removed when the last one is done: on ext4 files are made more
slowly for minutes where many were just deleted. So let some time pass before the next measurement,
or use --keep.
"""

import argparse
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bare_files
from overload import overload
from programs import BASELINE, PORT, Inspector, Sender, cpu_seconds


def baseline(directory, rate, seconds, calls):
    file = directory / "datagrams"
    with subprocess.Popen([BASELINE, str(PORT), file], stdout=subprocess.PIPE) as process:
        time.sleep(0.5)
        with Sender() as sender:
            sent = sender.send(rate, seconds, calls)
        time.sleep(1)
        cpu = cpu_seconds(process.pid)
        process.send_signal(signal.SIGTERM)
        result = json.loads(process.stdout.read())
    file.unlink()
    lost = sent["sent"] - result["received"]
    return {
        "rate": round(sent["sent"] / sent["seconds"]),
        "received": round(result["received"] / sent["seconds"]),
        "lost": lost,
        "cpu_us": cpu / max(result["received"], 1) * 1e6,
    }


def inspector(program, sender, rate, seconds, calls):
    before = program.cpu_seconds()
    sent = sender.send(rate, seconds, calls)
    at_end = program.store()
    began = time.monotonic()
    while True:
        stats = program.store()
        if stats["waiting"] == 0 and stats["memory"] == 0:
            break
        time.sleep(0.1)
    recovery = time.monotonic() - began
    parser = program.parser()
    cpu = program.cpu_seconds() - before
    return {
        "rate": round(sent["sent"] / sent["seconds"]),
        "received": round(parser["received"] / sent["seconds"]),
        "stored_at_end": round(at_end["stored"] / sent["seconds"]),
        "shelved_at_end": round(at_end["shelved"] / sent["seconds"]),
        "kernel_dropped": parser["kernel_dropped"],
        "lost": stats["lost"],
        "unaccounted": sent["sent"] - parser["received"] - parser["kernel_dropped"],
        "cpu_us": cpu / max(parser["received"], 1) * 1e6,
        "bytes": stats["bytes"] / max(stats["shelved"], 1),
        "recovery_s": recovery,
        "memory_mb": program.memory_mb(),
        "calls": stats["calls"],
        "sent_calls": sent["calls"],
    }


def tell(label, what):
    print(label, json.dumps(what), flush=True)


class Runs:
    def __init__(self, arguments):
        self.arguments = arguments
        self.directories = []
        self.files_per_second = None

    def directory(self):
        one = pathlib.Path(tempfile.mkdtemp(prefix="load", dir=self.arguments.directory))
        self.directories.append(one)
        return one

    def run_all(self):
        if self.arguments.baseline_files:
            bare = bare_files.create(self.directory(), self.arguments.baseline_files)
            self.files_per_second = bare["files_per_s"]
            tell("bare files", bare)
        for calls in map(int, self.arguments.calls.split(",")):
            for rate in map(int, self.arguments.rates.split(",")):
                self.run(rate, calls)

    def run(self, rate, calls):
        directory, seconds = self.directory(), self.arguments.seconds
        if not self.arguments.no_baseline and not self.arguments.overload:
            tell("baseline  %d" % calls, baseline(directory, rate, seconds, calls))
        with Inspector(directory, *self.arguments.options) as program, Sender() as sender:
            if not self.arguments.overload:
                tell("inspector %d" % calls, inspector(program, sender, rate, seconds, calls))
                return
            told = overload(program, sender, rate, seconds, calls, self.files_per_second)
            for label, what in told:
                tell("%s %d" % (label, calls), what)
                if what.get("asked") == 0:
                    print("no lookups: something was lost before a call was whole, or all was done "
                          "before one could be asked for", file=sys.stderr)  # fmt: skip

    def remove_all(self):
        for directory in self.directories:
            if self.arguments.keep:
                print("kept: %s" % directory, file=sys.stderr)
            else:
                shutil.rmtree(directory)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rates", default="120000", help="messages a second: 60000,120000")
    parser.add_argument("--calls", default="500,5000", help="so many up at once")
    parser.add_argument("--directory", help="where to store; else where temporary files are")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--overload", action="store_true", help="send twice the rate")
    parser.add_argument("--baseline-files", type=int, default=0, metavar="N",
                        help="first, how fast this file system makes N calls' files, one thread "
                             "of Python's os.open and os.write; N: about as many as the run will "
                             "have, because the first ones are slow, which need directories")  # fmt: skip
    parser.add_argument("--keep", action="store_true",
                        help="leave the stored calls there: deleting many files makes later runs "
                             "on ext4 slower")  # fmt: skip
    parser.add_argument("options", nargs="*", help="for the program, behind --")
    runs = Runs(parser.parse_args())
    try:
        runs.run_all()
    finally:
        runs.remove_all()


if __name__ == "__main__":
    sys.exit(main())
