"""kill -9 at any moment: what was called stored is there afterwards, whole and once.

KILLS=200 for longer (`make soak`)."""

import json
import os
import random
import subprocess
import threading
import time

import pytest

from conftest import PROGRAM, Inspector, free_port
from stored import Found, Stream, files_of, settled, store_stats

KILLS = int(os.environ.get("KILLS", "10"))


class Load(threading.Thread):
    """Sends as fast as it is taken until the connection breaks."""

    def __init__(self, stream, rng):
        super().__init__()
        self.stream, self.rng = stream, rng

    def run(self):
        try:
            while True:
                self.stream.send(self.rng.choice((1, 5, 50, 200)))
        except OSError:
            pass


def die_early(inspector, delay):
    """A start that is killed before anybody could ask it anything."""
    with inspector.log.open("ab") as log:
        process = subprocess.Popen(
            [PROGRAM, "run", "--root", inspector.root, "--socket", inspector.socket,
             *inspector.arguments], stderr=log,
        )  # fmt: skip
    time.sleep(delay)  # nothing is waited for: any moment will do
    process.kill()
    process.wait()


def told_until_killed(inspector, moment):
    """How many messages of this run it called stored, the last time before its end."""
    told = 0
    while time.monotonic() < moment:
        stats = store_stats(inspector)
        told = stats["stored"] - stats["recovered"]
    inspector.kill()
    return told


@pytest.mark.parametrize("options", [(), ("sync=always",), ("compress_after=1s", "check_every=1s")],
                         ids=lambda options: ",".join(options) or "usual")  # fmt: skip
def test_what_was_called_stored_outlives_a_kill(tmp_path, options):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    print("seed", seed)
    address = "127.0.0.1", free_port()
    arguments = [word for option in options for word in ("--store", option)]
    inspector = Inspector(tmp_path, "--hep", "%s:%d" % address, *arguments)
    torn, broken, total = 0, 0, 0
    for run in range(-(-KILLS // 3)):
        stream = Stream(address, "run%d" % run, rng.choice((10, 30, 1000)))
        load = Load(stream, rng)
        load.start()
        told = told_until_killed(inspector, time.monotonic() + rng.uniform(0, 0.6))
        load.join()
        while rng.random() < 0.3:
            die_early(inspector, rng.uniform(0, 0.4))
        inspector.start()
        stats = settled(inspector, 0)
        torn += stats["torn"]
        calls = {stream.call_id(n) for n in range(min(stream.calls, stream.sent + 200))}
        if options and options[0].startswith("compress"):
            answers = [json.loads(inspector.ask_directly("callid_details", c)[1]) for c in calls]
            numbers = [chunk["c_seq"] for answer in answers for chunk in answer]
            assert len(numbers) == len(set(numbers)) >= told
            continue
        found = Found(*files_of(inspector.root, calls))
        broken += found.torn
        assert not found.doubles()
        assert all(times == 1 for times in found.numbers.values())
        # Numbers are given in the order in which lines are written: none is missing in between.
        assert len(found.seqs) >= told
        if found.seqs:
            assert max(found.seqs) - min(found.seqs) + 1 == len(found.seqs)
        total += len(found.seqs)
    assert broken <= torn
    assert total > 0 or options
    inspector.stop()


def test_erlangs_program_tells_what_it_found_in_the_journal(inspector):
    """It does so before there is a front end, and does not fall over it."""
    stream = Stream(inspector.start_parser(), calls=1)
    stream.send(3)
    settled(inspector, 3)
    inspector.kill()
    (file,) = files_of(inspector.root, stream.call_ids())
    content = file.read_bytes()
    (inspector.root / ".journal" / "1795000000000000.jsonl").write_bytes(content)
    ended = subprocess.run([PROGRAM, "port", "--root", inspector.root], input=b"", capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"found in the journal: 3 messages" in ended.stdout
    assert file.read_bytes() == content
    inspector.start()
