"""The least that shelving must do on a file system: one file a call, written once.

Python's os.open, os.write and os.close, one thread; of each file's time a few microseconds are
Python's. Names and text are made beforehand.
"""

import hashlib
import os
import time

LINES, LINE = 13, 888  # what a usual call has, and bytes of each on the disk


def create(directory, count):
    """As the store does: directories are made when a file finds none. In a tree that was empty that
    is most of the work at first; the second half tells what a file costs among many."""
    text = (b"x" * (LINE - 1) + b"\n") * LINES
    paths = [path_of(directory, number) for number in range(count)]
    cpu, begin = os.times(), time.monotonic()
    directories = sum(create_one(path, text) for path in paths[: count // 2])
    half = time.monotonic()
    directories += sum(create_one(path, text) for path in paths[count // 2 :])
    end, now = time.monotonic(), os.times()
    os.sync()  # what is left to be written must not disturb what is measured next
    return {
        "files": count,
        "directories": directories,
        "files_per_s": round(count / (end - begin)),
        "second_half_per_s": round((count - count // 2) / (end - half)),
        "cpu_us": (now.user - cpu.user + now.system - cpu.system) / count * 1e6,
    }


def path_of(directory, number):
    name = hashlib.md5(b"%d" % number).hexdigest()
    return "%s/%s/%s/%s" % (directory, name[:2], name[2:4], name[4:])


def create_one(path, text):
    """True: its directory was missing."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    is_first = False
    try:
        file = os.open(path, flags, 0o640)
    except FileNotFoundError:
        is_first = True
        os.makedirs(os.path.dirname(path), 0o750, exist_ok=True)
        file = os.open(path, flags, 0o640)
    written = os.write(file, text)
    os.close(file)
    if written != len(text):
        raise OSError("%s: not written whole" % path)
    return is_first
