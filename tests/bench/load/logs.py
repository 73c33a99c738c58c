#!/usr/bin/python3
"""A Kamailio log that lies there, to lines in the store, beside `grep -c` of the same file.

Told are MB a second of the log until all is in the journal (it survives a kill then) and until all is
in the calls' files, and the processor time of the inspector for each MB. The log is a recorded one
again and again, each time with other calls and half a minute later.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

from programs import Inspector

RECORDED = (
    pathlib.Path(__file__).resolve().parents[2]
    / "data" / "recordings" / "kazoo_log_4.2" / "kamailio.iso.log"
)  # fmt: skip
SCRIPT = b"<script>: "


def write_log(path, size):
    lines = RECORDED.read_bytes().splitlines(keepends=True)
    with path.open("wb") as log:
        copy = 0
        while log.tell() < size:
            at = b"T%02d:%02d:" % (copy // 120 % 24, copy // 2 % 60)
            name = SCRIPT + b"%d" % copy
            log.write(b"".join(l[:10] + at + l[17:].replace(SCRIPT, name, 1) for l in lines))
            copy += 1


def wait(condition):
    while not condition():
        time.sleep(0.02)


def run(directory, log, options):
    megabytes = log.stat().st_size / 1e6
    began = time.monotonic()
    # With /dev/null as its output grep stops at the first match.
    subprocess.run(["grep", "-c", SCRIPT.decode(), log], check=True, stdout=subprocess.PIPE)
    grep = time.monotonic() - began
    with Inspector(directory, *options) as program:
        cpu = program.cpu_seconds()
        began = time.monotonic()
        program.ask("start_kamailio_parser", str(log), "127.0.0.10", "5060")

        def read():
            parser = program.parser()
            return parser["log"]["unread"] == 0 and not parser["log"]["lines"].get("in_open_records")

        def stored():
            store = program.store()
            return store["stored"] >= store["received"] > 0

        wait(lambda: program.parser()["log"]["unread"] == 0)
        wait(stored)
        journal = time.monotonic() - began
        wait(read)
        wait(lambda: stored() and program.store()["waiting"] == 0)
        files = time.monotonic() - began
        return {
            "megabytes": round(megabytes),
            "records": program.parser()["stored"],
            "grep_mb_s": round(megabytes / grep),
            "journal_mb_s": round(megabytes / journal, 1),
            "files_mb_s": round(megabytes / files, 1),
            "cpu_s_per_100_mb": round((program.cpu_seconds() - cpu) / megabytes * 100, 2),
            "memory_mb": program.memory_mb(),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("options", nargs="*", help="of the inspector, after --")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        log = directory / "kamailio.log"
        write_log(log, arguments.megabytes * 1_000_000)
        print(json.dumps(run(directory, log, arguments.options)), flush=True)


if __name__ == "__main__":
    main()
