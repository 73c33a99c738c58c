#!/usr/bin/env python3
"""Removes one rule after the other, and fails if no unit test notices.

    mutate.py [ROOM ...] [--rule TEXT]

The rules are in ROOM.toml beside this file: a name, a file, lines of it, and the test program that
must fail without them. Works on copies of the tree in build/mutate, one for each core, and
remembers there which test noticed: next time that one runs first.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).parent
HOME = HERE.parent.parent
COPIES = HOME / "build" / "mutate"
NOTICED = COPIES / "noticed.json"
LONGEST_RUN = 600  # seconds, with all rules
PATIENCE = 20, 10  # seconds, and how much longer than with all rules: a mutant that hangs is noticed, too
# For clang: a mutant may leave a name unused, and is run once, so that optimising it would not pay.
FOR_MUTANTS = {**os.environ, "CCC_OVERRIDE_OPTIONS": "# x-Werror O0"}
MOST_MEMORY = 4 << 30  # bytes; likewise one that never stops collecting


def bound_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def tables(rooms):
    return list(rooms) or sorted(table.stem for table in HERE.glob("*.toml"))


def rules_of(rooms):
    for table in tables(rooms):
        for rule in tomllib.loads((HERE / (table + ".toml")).read_text())["rule"]:
            yield {"instead": "", "tests": "unit_" + table, **rule}


def without(rule, home=HOME):
    """The rule's file without the rule."""
    text = (home / rule["file"]).read_text()
    if text.count(rule["remove"]) != 1:
        raise ValueError("%s: not once in %s: %s" % (rule["name"], rule["file"], rule["remove"]))
    return text.replace(rule["remove"], rule["instead"])


class Copy:
    """A copy of the tree with a build of its own, without sanitizers: faster to build and to run."""

    usual = {}  # seconds that each test program runs with all rules

    def __init__(self, number):
        self.home = COPIES / str(number)
        tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=HOME, text=True)
        names = set(filter(None, tracked.split("\0")))
        for stale in self.home.glob("*/**/*"):  # CMake would compile it
            name = str(stale.relative_to(self.home))
            if stale.is_file() and not name.startswith("build/") and name not in names:
                stale.unlink()
        for name in names:
            here, there = HOME / name, self.home / name
            if here.is_file() and not (there.is_file() and there.read_bytes() == here.read_bytes()):
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(here, there)
        self.run("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=",
                 "-DCMAKE_CXX_FLAGS=-O1", "-DCMAKE_CXX_COMPILER=clang++", check=True)  # fmt: skip

    def run(self, *command, check=False, **how):
        return subprocess.run(command, cwd=self.home, check=check, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", **how)  # fmt: skip

    def passes(self, tests, first=None, compiler=None):
        """Whether the tests pass, and what they or the compiler said. `first`: the one that may fail."""
        built = self.run("cmake", "--build", "build", "-j1", "--target", tests, env=compiler)
        if built.returncode != 0:
            raise RuntimeError("does not compile:\n" + built.stdout)
        program = self.home / "build" / "tests" / "unit" / tests
        longest = PATIENCE[0] + PATIENCE[1] * self.usual[tests] if tests in self.usual else LONGEST_RUN
        for chosen in [first, "*"] if first else ["*"]:
            begin = time.monotonic()
            try:
                ran = self.run(program, "--gtest_brief=1", "--gtest_fail_fast", "--gtest_filter=" + chosen,
                               timeout=longest, preexec_fn=bound_memory)  # fmt: skip
            except subprocess.TimeoutExpired:
                return False, "hung"
            if ran.returncode != 0:
                break
        self.usual.setdefault(tests, time.monotonic() - begin)
        return ran.returncode == 0, ran.stdout

    def notices(self, rule, first=None):
        file = self.home / rule["file"]
        before = file.read_text()
        file.write_text(without(rule, self.home))
        try:
            passed, said = self.passes(rule["tests"], first, FOR_MUTANTS)
        finally:
            file.write_text(before)
        return not passed, said


class Memory:
    """Which test noticed each rule's absence the last time."""

    def __init__(self):
        self.tests = json.loads(NOTICED.read_text()) if NOTICED.exists() else {}

    def of(self, rule):
        return self.tests.get(rule["file"] + ": " + rule["name"])

    def keep(self, rule, said):
        failed = re.search(r"^\[  FAILED  \] ([\w/]+\.[\w/]+)", said, re.MULTILINE)
        if failed and failed[1] != self.of(rule):
            self.tests[rule["file"] + ": " + rule["name"]] = failed[1]
            NOTICED.write_text(json.dumps(self.tests, indent=0))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("rooms", nargs="*", metavar="ROOM")
    options.add_argument("--rule", default="", help="only rules whose name contains this text")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    given = options.parse_args()
    rooms = {room: [r for r in rules_of([room]) if given.rule in r["name"]] for room in tables(given.rooms)}
    total = sum(map(len, rooms.values()))
    if total == 0:
        sys.exit("no such rule")
    copies = queue.Queue()
    for number in range(min(given.jobs, total)):
        copies.put(Copy(number))
    memory = Memory()

    def on_a_copy(work):
        copy = copies.get()
        try:
            return work(copy)
        finally:
            copies.put(copy)

    def look_at(rule):
        begin = time.monotonic()
        try:
            noticed, said = on_a_copy(lambda copy: copy.notices(rule, memory.of(rule)))
            return "noticed" if noticed else "NOBODY NOTICES", time.monotonic() - begin, said
        except (RuntimeError, ValueError, OSError) as why:
            return "BROKEN: %s" % why, time.monotonic() - begin, ""

    def trouble_of(tests):
        """Why nothing can be learnt from these tests; empty: it can."""
        try:
            passes, said = on_a_copy(lambda copy: copy.passes(tests))
            return "" if passes else "%s fails with all rules:\n%s" % (tests, said)
        except RuntimeError as why:
            return "%s %s" % (tests, why)

    wrong = []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for rules in rooms.values():
            programs = sorted({rule["tests"] for rule in rules})
            broken = [why for why in pool.map(trouble_of, programs) if why]
            if broken:
                print("\n".join(broken), flush=True)
                wrong += [rule["name"] for rule in rules]
                continue
            for rule, (result, seconds, said) in zip(rules, pool.map(look_at, rules)):
                print("%-14s %3.0f s %s: %s" % (result, seconds, rule["file"], rule["name"]), flush=True)
                memory.keep(rule, said)
                if result != "noticed":
                    wrong.append(rule["name"])
    print("%d rules, %d of them unnoticed or broken" % (total, len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
