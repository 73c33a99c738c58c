#!/usr/bin/python3
"""Searches among many indexed dialogues, beside PostgreSQL with the same rows.

    searches.py --dialogues 10000000 --directory /srv/scratch

index_searches makes the dialogues and asks the index each field alone and each pair of fields, for
values that dialogues have, the first 50 rows. PostgreSQL (Debian's package, a cluster of its own
in the directory, not as a service) has the same rows and the indexes that such questions need, and
is asked the same in SQL. Prints for each: p50 and p99 in milliseconds (of the index also of
processor time, which other processes on the machine hardly change), and at the end bytes a
dialogue of both. --keep leaves the directory as it is, and goes on with what is there already.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(__file__).resolve().parents[3] / "build" / "release"
PROGRAM = BUILD / "tests" / "bench" / "index_searches"
POSTGRES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
GOAL_P50, GOAL_P99 = 20, 100  # milliseconds

TABLE = """
CREATE UNLOGGED TABLE d(
    call_id text, kind int, quiet int, start bigint, last bigint, from_user text, to_user text,
    users text[], addresses text[], ports int[], status int, outcome text, methods text[],
    agents text[], duration bigint, pdd bigint);
"""
INDEXES = """
CREATE INDEX ON d(start DESC) WHERE quiet = 0;
CREATE INDEX ON d(last);
CREATE INDEX ON d(call_id);
CREATE INDEX ON d(from_user, start DESC);
CREATE INDEX ON d(to_user, start DESC);
CREATE INDEX ON d(status, start DESC);
CREATE INDEX ON d(outcome, start DESC);
CREATE INDEX ON d(duration);
CREATE INDEX ON d(pdd);
CREATE INDEX ON d USING gin(users);
CREATE INDEX ON d USING gin(addresses);
CREATE INDEX ON d USING gin(agents);
CREATE INDEX ON d USING gin(methods);
ANALYZE d;
"""


class Postgres:
    """A cluster in a directory, reached by a socket there only. root runs it as postgres."""

    def __init__(self, directory):
        self.directory = directory / "postgres"
        self.bin = POSTGRES[-1]
        self.is_new = not self.directory.exists()
        if self.is_new:
            self.directory.mkdir()
            if os.getuid() == 0:
                user = pwd.getpwnam("postgres")
                os.chown(self.directory, user.pw_uid, user.pw_gid)
            self.run("initdb", "-D", self.directory / "data", "-A", "trust", "-U", "bench", "-N")
        options = (
            "-c listen_addresses='' -c unix_socket_directories=%s -c shared_buffers=2GB "
            "-c work_mem=64MB -c maintenance_work_mem=1GB -c jit=off -c max_wal_size=8GB"
        ) % self.directory
        self.run("pg_ctl", "-D", self.directory / "data", "-w", "-t", "300", "-l",
                 self.directory / "log", "-o", options, "start")  # fmt: skip

    def run(self, program, *words, **options):
        as_who = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        command = (as_who if os.getuid() == 0 else []) + [self.bin / program, *words]
        options.setdefault("stdout", subprocess.DEVNULL)
        return subprocess.run(command, check=True, **options)

    def sql(self, text, **options):
        words = ["-h", self.directory, "-U", "bench", "-d", "postgres", "-q", "-A", "-t"]
        done = self.run("psql", *words, "-v", "ON_ERROR_STOP=1", stdout=subprocess.PIPE,
                        input=text, text=True, **options)  # fmt: skip
        return done.stdout

    def stop(self):
        self.run("pg_ctl", "-D", self.directory / "data", "-m", "fast", "-w", "stop")


def fill(postgres, rows):
    began = time.monotonic()
    postgres.sql(TABLE)
    with rows.open("rb") as file:
        words = ["-h", postgres.directory, "-U", "bench", "-d", "postgres", "-q"]
        postgres.run("psql", *words, "-c", "COPY d FROM STDIN", stdin=file)
    postgres.sql(INDEXES)
    postgres.sql("VACUUM d;")
    return time.monotonic() - began


def percentiles(times):
    times = sorted(times)
    return times[len(times) // 2], times[len(times) * 99 // 100]


def ask_postgres(postgres, questions):
    """Each question as often as the index is asked it, in one session; given up after two seconds."""
    text = ["\\set ON_ERROR_STOP off", "SET statement_timeout = '2s';", "\\timing on"]
    names = []
    for line in questions.read_text().splitlines():
        name, _, condition = line.split("\t")
        names.append(name)
        text.append("SELECT count(*) FROM (SELECT * FROM d WHERE quiet = 0 AND %s "
                    "ORDER BY start DESC LIMIT 50) AS first;" % condition)  # fmt: skip
    told = postgres.sql("\n".join(text) + "\n", stderr=subprocess.DEVNULL)
    times = [float(ms) for ms in re.findall(r"^Time: ([0-9.]+) ms", told, re.MULTILINE)]
    by_name = collections.defaultdict(list)
    for name, ms in zip(names, times):
        by_name[name].append(ms)
    return {name: percentiles(all_of_it) for name, all_of_it in by_name.items()}


def ask_index(directory):
    told = subprocess.run([PROGRAM, "ask", directory], check=True, stdout=subprocess.PIPE, text=True)
    answers = {}
    for line in told.stdout.splitlines():
        name, *numbers = line.split("\t")
        answers[name] = tuple(map(float, numbers))
    return answers


def report(ours, theirs):
    missed = missed_cpu = 0
    print("%-22s %10s %10s %10s %10s %12s %12s" % (
        "fields", "p50 ms", "p99 ms", "p50 CPU", "p99 CPU", "PostgreSQL", "p99"))  # fmt: skip
    for name in sorted(ours, key=lambda name: ("+" in name, name)):
        p50, p99, cpu_p50, cpu_p99 = ours[name]
        other = "%12.3f %12.3f" % theirs[name] if name in theirs else ""
        is_missed = p50 >= GOAL_P50 or p99 >= GOAL_P99
        missed += is_missed
        missed_cpu += cpu_p50 >= GOAL_P50 or cpu_p99 >= GOAL_P99
        print("%-22s %10.3f %10.3f %10.3f %10.3f %s%s" % (
            name, p50, p99, cpu_p50, cpu_p99, other, "  missed" if is_missed else ""))  # fmt: skip
    print("of %d within p50 %d ms and p99 %d ms: %d; by processor time: %d" % (
        len(ours), GOAL_P50, GOAL_P99, len(ours) - missed, len(ours) - missed_cpu))  # fmt: skip
    if theirs:
        both = [name for name in ours if name in theirs]
        faster = sum(ours[name][0] <= theirs[name][0] for name in both)
        print("p50 at most PostgreSQL's: %d of %d" % (faster, len(both)))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dialogues", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", help="a scratch directory; else where temporary files are")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    directory = pathlib.Path(options.directory or tempfile.mkdtemp(prefix="searches"))
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
    try:
        if not (directory / "calls.db").exists():
            made = subprocess.run(
                [PROGRAM, "make", directory, str(options.dialogues), str(options.seed)],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            print("index made:", made.stdout.strip(), flush=True)
        ask_index(directory)  # into the page cache
        ours, theirs = ask_index(directory), {}
        size = (directory / "calls.db").stat().st_size
        told = {"index_bytes_a_dialogue": round(size / options.dialogues)}
        if POSTGRES and not options.no_postgres:
            postgres = Postgres(directory)
            with contextlib.ExitStack() as stack:
                stack.callback(postgres.stop)
                if postgres.is_new:
                    print("PostgreSQL filled in %.0f s" % fill(postgres, directory / "rows.tsv"), flush=True)
                ask_postgres(postgres, directory / "queries.tsv")
                theirs = ask_postgres(postgres, directory / "queries.tsv")
                total = int(postgres.sql("SELECT pg_total_relation_size('d');"))
                told["postgres_bytes_a_dialogue"] = round(total / options.dialogues)
        report(ours, theirs)
        print(json.dumps(told))
    finally:
        if not options.keep:
            shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
