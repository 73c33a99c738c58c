#!/usr/bin/python3
"""Load runs against the real program, beside the least that a collector must do.

run.py [--seconds 60] [--rates 120000,...] [--calls 500,5000] [--directory DIR] [--overload]

A second process sends recorded calls, each with a Call-ID of its own. For each rate and number of
calls up at once: messages received, stored (in the journal), shelved (in their calls' files), lost
and by whom; processor time of the collector; bytes written. The baseline is recvmmsg and one
sequential write of the same datagrams.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parents[3] / "build" / "release"
PROGRAM = HERE / "call_inspector"
SENDER = HERE / "tests" / "bench" / "load_sender"
BASELINE = HERE / "tests" / "bench" / "load_baseline"
PORT = 29060


def cpu_seconds(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    for line in pathlib.Path("/proc/%d/status" % pid).read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0


def send(rate, seconds, calls):
    done = subprocess.run(
        [SENDER, str(PORT), str(rate), str(seconds), str(calls)], capture_output=True, check=True
    )
    return json.loads(done.stdout)


def baseline(directory, rate, seconds, calls):
    file = directory / "datagrams"
    with subprocess.Popen([BASELINE, str(PORT), file], stdout=subprocess.PIPE) as process:
        time.sleep(0.5)
        sent = send(rate, seconds, calls)
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


class Inspector:
    def __init__(self, directory, *options):
        self.socket = directory / "control"
        self.log = (directory / "log").open("wb")
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--root", directory / "calls", "--socket", self.socket,
             "--hep", "127.0.0.1:%d" % PORT, *options],
            stderr=self.log,
        )  # fmt: skip
        while self.ask("list_active_parsers").returncode != 0:
            time.sleep(0.05)

    def ask(self, *words):
        return subprocess.run([PROGRAM, "--socket", self.socket, *words], capture_output=True)

    def json(self, *words):
        return json.loads(self.ask(*words).stdout)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def inspector(directory, rate, seconds, calls, options):
    program = Inspector(directory, *options)
    before = cpu_seconds(program.process.pid)
    sent = send(rate, seconds, calls)
    at_end = program.json("store_stats")
    began = time.monotonic()
    answered = time.monotonic()
    program.ask("callid_details", "nothing")
    answered = time.monotonic() - answered
    while True:
        stats = program.json("store_stats")
        if stats["waiting"] == 0 and stats["memory"] == 0:
            break
        time.sleep(0.1)
    recovery = time.monotonic() - began
    parser = program.json("parser_stats")[0]
    cpu = cpu_seconds(program.process.pid) - before
    result = {
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
        "memory_mb": memory_mb(program.process.pid),
        "calls": stats["calls"],
        "sent_calls": sent["calls"],
    }
    program.stop()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rates", default="120000")
    parser.add_argument("--calls", default="500,5000")
    parser.add_argument("--directory", default=None)
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("options", nargs="*", help="for the program, behind --")
    arguments = parser.parse_args()
    garbage = []  # removed at the end: ext4 is slow to make files where many were just deleted
    for calls in map(int, arguments.calls.split(",")):
        for rate in map(int, arguments.rates.split(",")):
            directory = pathlib.Path(tempfile.mkdtemp(prefix="load", dir=arguments.directory))
            try:
                if not arguments.no_baseline:
                    bare = baseline(directory, rate, arguments.seconds, calls)
                    print("baseline ", calls, json.dumps(bare), flush=True)
                ours = inspector(directory, rate, arguments.seconds, calls, arguments.options)
                print("inspector", calls, json.dumps(ours), flush=True)
            finally:
                garbage.append(directory)
    for directory in garbage:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
