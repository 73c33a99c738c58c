"""kill -9 at any moment, while a log grows and is rotated: each message is stored once.

KILLS=200 for longer (`make soak`)."""

import os
import random
import time

import pytest

from conftest import Inspector, wait_for
from logs import PROXY, Writer, differences, log_stats, positions_in_files

KILLS = int(os.environ.get("KILLS", "10"))


def is_read(inspector, writer):
    log = log_stats(inspector, writer.path)["log"]
    return log["unread"] == 0 and log["position"] == writer.position and "in_open_records" not in log["lines"]


@pytest.mark.parametrize("how", ["grows", "is rotated", "is old"])
def test_every_message_of_a_log_outlives_kills_once(tmp_path, how):
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    print("seed", seed)
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(6_000 if how == "is old" else 1_000)
    inspector = Inspector(tmp_path, "--kamailio-log", "%s %s:%s" % (writer.path, *PROXY))
    for _ in range(-(-KILLS // 3)):
        end = time.monotonic() + rng.uniform(0, 0.3)
        while time.monotonic() < end:
            writer.append(rng.randrange(1, 400))
            if how == "is rotated" and rng.random() < 0.1:
                writer.rotate()
        inspector.kill()
        while rng.random() < 0.5:
            writer.append(rng.randrange(1, 400))
            if how == "is rotated":
                writer.rotate()
        inspector.start()
    writer.finish()
    wait_for(lambda: is_read(inspector, writer), "the log to be read")
    inspector.settle()
    inspector.stop()
    assert not differences(positions_in_files(inspector.root), writer.expected)
    assert "missing" not in inspector.log.read_text()
