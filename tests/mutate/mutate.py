#!/usr/bin/env python3
"""Removes one rule after the other, and fails if no unit test notices.

    mutate.py [ROOM ...] [--rule TEXT]

The rules are in ROOM.toml beside this file: a name, a file, lines of it, and the test program that
must fail without them. Works on copies of the tree in build/mutate, one for each core.
"""

import argparse
import concurrent.futures
import os
import pathlib
import queue
import resource
import shutil
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).parent
HOME = HERE.parent.parent
COPIES = HOME / "build" / "mutate"
LONGEST_RUN = 300  # seconds; a mutant that hangs is noticed, too
MOST_MEMORY = 4 << 30  # bytes; likewise one that never stops collecting


def bound_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def rules_of(rooms):
    for table in sorted(HERE.glob("*.toml")):
        if not rooms or table.stem in rooms:
            for rule in tomllib.loads(table.read_text())["rule"]:
                yield {"instead": "", "tests": "unit_" + table.stem, **rule}


def without(rule, home=HOME):
    """The rule's file without the rule."""
    text = (home / rule["file"]).read_text()
    if text.count(rule["remove"]) != 1:
        raise ValueError("%s: not once in %s: %s" % (rule["name"], rule["file"], rule["remove"]))
    return text.replace(rule["remove"], rule["instead"])


class Copy:
    """A copy of the tree with a build of its own, without sanitizers: faster to build and to run."""

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

    def passes(self, tests):
        """Whether the tests pass, and what they or the compiler said."""
        built = self.run("cmake", "--build", "build", "-j1", "--target", tests)
        if built.returncode != 0:
            raise RuntimeError("does not compile:\n" + built.stdout)
        program = self.home / "build" / "tests" / "unit" / tests
        try:
            ran = self.run(program, "--gtest_brief=1", "--gtest_fail_fast", timeout=LONGEST_RUN,
                           preexec_fn=bound_memory)  # fmt: skip
        except subprocess.TimeoutExpired:
            return False, "hung"
        return ran.returncode == 0, ran.stdout

    def notices(self, rule):
        file = self.home / rule["file"]
        before = file.read_text()
        file.write_text(without(rule, self.home))
        try:
            passed, said = self.passes(rule["tests"])
        finally:
            file.write_text(before)
        return not passed, said


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("rooms", nargs="*", metavar="ROOM")
    options.add_argument("--rule", default="", help="only rules whose name contains this text")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    given = options.parse_args()
    rules = [r for r in rules_of(given.rooms) if given.rule in r["name"]]
    if not rules:
        sys.exit("no such rule")
    copies = queue.Queue()
    for number in range(min(given.jobs, len(rules))):
        copies.put(Copy(number))

    def on_a_copy(work):
        copy = copies.get()
        try:
            return work(copy)
        finally:
            copies.put(copy)

    def look_at(rule):
        try:
            noticed, _ = on_a_copy(lambda copy: copy.notices(rule))
            return "noticed" if noticed else "NOBODY NOTICES"
        except (RuntimeError, ValueError, OSError) as why:
            return "BROKEN: %s" % why

    wrong = []
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        programs = sorted({rule["tests"] for rule in rules})
        for program, (passed, said) in zip(
            programs, pool.map(lambda p: on_a_copy(lambda copy: copy.passes(p)), programs)
        ):
            if not passed:
                sys.exit("%s fails with all rules:\n%s" % (program, said))
        for rule, result in zip(rules, pool.map(look_at, rules)):
            print("%-14s %s: %s" % (result, rule["file"], rule["name"]), flush=True)
            if result != "noticed":
                wrong.append(rule["name"])
    print("%d rules, %d of them unnoticed or broken" % (len(rules), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
