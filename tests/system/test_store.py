"""The store as its operator has it: how long calls stay, who may read them, what it tells."""

import grp
import json
import os
import random
import stat
import struct
import subprocess
import threading

import pytest

from conftest import PATIENCE, PROGRAM, Inspector, wait_for
from stored import (SANITIZED, Found, Stream, files_of, packet, relative, settled, store_stats,
                    wait_for_store)  # fmt: skip


def start(tmp_path, *options):
    return Inspector(tmp_path, *[word for option in options for word in ("--store", option)])


def one_call(inspector, address, name, messages=3):
    """A call of that name, and when this is done it is in its file."""
    before = store_stats(inspector)["stored"]
    stream = Stream(address, name, calls=1)
    stream.send(messages)
    settled(inspector, before + messages)
    return stream.call_id(0)


def is_there(inspector, call_id):
    return any(f.name.startswith(relative(call_id).name)
               for f in (inspector.root / relative(call_id).parent).glob("*"))  # fmt: skip


def details(inspector, call_id):
    return inspector.text("callid_details", call_id)


def resident(inspector):
    status = open("/proc/%d/status" % inspector.process.pid).read()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


# Overload


def recording(path, calls, messages):
    with path.open("wb") as file:
        for number in range(messages):
            for call in range(calls):
                datagram = packet("load-%d@example.com" % call, number, "INFO")
                file.write(struct.pack(">IQ", len(datagram), 1) + datagram)
    return calls * messages


def test_more_comes_than_can_be_handled(tmp_path, monkeypatch):
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=16")
    inspector = start(tmp_path, "memory=8M", "waiting=20K")
    address = inspector.start_parser()
    known = one_call(inspector, address, "before")
    file = tmp_path / "load.bin"
    in_one = recording(file, calls=2000, messages=5)
    before = resident(inspector)
    loops, senders = (2 if SANITIZED else 10), 3
    processes = [
        subprocess.Popen([PROGRAM, "replay", file, "--to", "%s:%d" % address, "--loop", str(loops)],
                         stdout=subprocess.DEVNULL) for _ in range(senders)
    ]  # fmt: skip
    most, answers = 0, 0
    while any(process.poll() is None for process in processes):
        assert len(json.loads(inspector.ask_directly("callid_details", known)[1])) == 3
        answers += 1
        stats = store_stats(inspector)
        assert stats["memory"] <= (8 << 20) + 65536
        most = max(most, resident(inspector))
    assert all(process.returncode == 0 for process in processes) and answers > 3
    sent = senders * loops * in_one + 3

    def all_counted():
        stats = inspector.stats(address)
        return stats["received"] + stats["kernel_dropped"] == sent and stats

    counted = wait_for(all_counted, "all that were sent")
    assert counted["stored"] + sum(counted["refused"].values()) == counted["received"]
    stats = wait_for_store(inspector, lambda s: s["memory"] == s["waiting"] == 0, "calm")
    assert stats["received"] == counted["received"] == stats["stored"] + stats["lost"]
    assert counted["refused"].get("store_failed", 0) == stats["lost"]
    # Its buffers, a batch of the call file writer's, and what the table of calls that have begun needs.
    assert most - before < (600 << 20 if SANITIZED else 200 << 20)
    inspector.stop()


# What store_stats and list_calls tell


def test_the_numbers_of_store_stats_add_up(inspector):
    stream = Stream(inspector.start_parser(), calls=7)
    stream.send(700)
    stats = settled(inspector, 700)
    assert stats["received"] == stats["stored"] == stats["shelved"] == 700
    assert stats["lost"] == stats["flushed"] == stats["unreadable"] == stats["torn"] == 0
    wait_for_store(inspector, lambda s: not s["counting"], "the census")
    assert stats["calls"] == 7
    files = files_of(inspector.root, stream.call_ids())
    assert stats["bytes"] == sum(f.stat().st_size for f in files)
    assert inspector.text("flush", stream.call_id(0)) == "ok\n"
    stats = store_stats(inspector)
    assert (stats["calls"], stats["bytes"]) == (6, sum(f.stat().st_size for f in files[1:]))
    inspector.kill()
    inspector.start()
    again = wait_for_store(inspector, lambda s: not s["counting"], "the census")
    assert (again["calls"], again["bytes"]) == (stats["calls"], stats["bytes"])


def test_list_calls_has_the_newest_first(inspector):
    address = inspector.start_parser()
    ids = [one_call(inspector, address, name, 2) for name in ("one", "two", "three")]
    calls = inspector.json("list_calls")
    assert [call["call-id"] for call in calls] == ids[::-1]
    assert calls[0]["label"] == "MESSAGE sip:bob@example.com SIP/2.0"
    assert calls[0]["from"] == "<sip:alice@example.com>;tag=a"
    assert calls[0]["messages"] == 2
    assert inspector.json("list_calls", "2") == calls[:2]
    for how in ("stop", "kill"):
        getattr(inspector, how)()
        inspector.start()
        wait_for(lambda: inspector.json("list_calls") == calls, "the same after " + how)
    inspector.text("flush", ids[1])
    assert [call["call-id"] for call in inspector.json("list_calls")] == [ids[2], ids[0]]


# How long calls stay


def test_old_calls_go_and_pinned_ones_stay(tmp_path):
    inspector = start(tmp_path, "keep=2s", "check_every=1s")
    address = inspector.start_parser()
    pinned, other = (one_call(inspector, address, name) for name in ("pinned", "other"))
    assert inspector.text("pin", pinned) == "ok\n"
    wait_for(lambda: not is_there(inspector, other), "the end of the old call")
    stats = wait_for_store(inspector, lambda s: s["expired"] == 1, "its count")
    assert stats["calls"] == 1 and details(inspector, other) == "[]\n"
    inspector.kill()
    inspector.start()
    newer = one_call(inspector, inspector.start_parser(), "newer")
    wait_for(lambda: not is_there(inspector, newer), "the end of another")
    assert len(inspector.json("callid_details", pinned)) == 3
    assert inspector.ask("flush", pinned).returncode == 2
    assert inspector.text("flush") == "ok\n" and is_there(inspector, pinned)
    assert inspector.text("unpin", pinned) == "ok\n"
    wait_for(lambda: not is_there(inspector, pinned), "the end of what was pinned")
    inspector.stop()


def test_when_there_is_too_much_the_oldest_go(tmp_path):
    inspector = start(tmp_path, "keep_bytes=100K", "check_every=1s")
    address = inspector.start_parser()
    ids = [one_call(inspector, address, "call%d" % n, messages=20) for n in range(20)]
    size = sum(f.stat().st_size for f in files_of(inspector.root, ids))
    assert size / len(ids) < 20_000
    stats = wait_for_store(inspector, lambda s: s["bytes"] <= 100 << 10 and s["expired"], "room")
    there = [is_there(inspector, call_id) for call_id in ids]
    assert there == [False] * stats["expired"] + [True] * stats["calls"]
    assert stats["calls"] >= 4
    inspector.stop()


def test_compressed_calls_are_the_same_and_go_on(tmp_path):
    inspector = start(tmp_path, "compress_after=1s", "check_every=1s")
    stream = Stream(inspector.start_parser(), calls=1)
    stream.send(50)
    settled(inspector, 50)
    (call_id,) = stream.call_ids()
    before = details(inspector, call_id)
    plain = inspector.root / relative(call_id)
    compressed = plain.with_name(plain.name + ".zst")

    def is_compressed():
        return compressed.exists() and not plain.exists()

    wait_for(is_compressed, "a compressed file")
    assert details(inspector, call_id) == before
    assert stat.S_IMODE(compressed.stat().st_mode) == 0o640
    stats = store_stats(inspector)
    assert stats["compressed"] == 1 and stats["bytes"] == compressed.stat().st_size
    stream.send(10)
    settled(inspector, 60)
    assert len(inspector.json("callid_details", call_id)) == 60
    wait_for(is_compressed, "the rest compressed, too")
    assert [c["c_seq"] for c in inspector.json("callid_details", call_id)] == [
        "%d MESSAGE" % n for n in range(60)
    ]
    assert store_stats(inspector)["calls"] == 1
    stream.send(1)
    settled(inspector, 61)
    assert inspector.text("flush", call_id) == "ok\n"
    assert not is_there(inspector, call_id) and details(inspector, call_id) == "[]\n"
    inspector.stop()


def test_what_a_crash_left_half_made_is_removed(inspector):
    call_id = one_call(inspector, inspector.start_parser(), "call")
    inspector.kill()
    file = inspector.root / relative(call_id)
    half = file.with_name(file.name + ".zst.new")
    half.write_bytes(b"half")
    inspector.start()
    wait_for(lambda: not half.exists(), "the end of it")
    assert len(inspector.json("callid_details", call_id)) == 3


# Who may read it


def test_files_are_private(tmp_path):
    mask = os.umask(0)
    try:
        inspector = start(tmp_path)
    finally:
        os.umask(mask)
    call_id = one_call(inspector, inspector.start_parser(), "call")
    assert inspector.text("pin", call_id) == "ok\n"
    Stream(inspector.start_parser(), "more").send(1)
    wait_for(lambda: list(inspector.root.glob(".catalog/*")), "the catalog")
    paths = [inspector.root, *inspector.root.rglob("*")]
    assert {p.name[:1] for p in paths} >= {"."} and len(paths) > 8
    for path in paths:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o750 if path.is_dir() else 0o640), path
    inspector.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to any group")
def test_files_belong_to_the_group_that_was_set(tmp_path):
    inspector = start(tmp_path, "group=daemon", "compress_after=1s", "check_every=1s")
    call_id = one_call(inspector, inspector.start_parser(), "call")
    inspector.text("pin", call_id)
    wait_for(lambda: list(inspector.root.glob("??/??/*.zst")), "a compressed file")
    for path in (inspector.root, *inspector.root.rglob("*")):
        assert path.stat().st_gid == grp.getgrnam("daemon").gr_gid, path
    inspector.stop()


# Flush


def test_flush_of_everything_while_messages_arrive(inspector):
    stream = Stream(inspector.start_parser(), calls=500)
    flushed_at = []
    sender = threading.Thread(target=lambda: [stream.send(100) for _ in range(200)])
    sender.start()
    while sender.is_alive():
        flushed_at.append(stream.sent)
        assert inspector.text("flush") == "ok\n"
    sender.join()
    wait_for(lambda: inspector.stats(stream.address)["received"] == stream.sent, "all")
    last = stream.sent
    stream.send(500)
    stats = settled(inspector, stream.sent)
    assert stats["stored"] == stats["shelved"] + stats["flushed"]
    assert stats["unreadable"] == 0
    found = Found(*files_of(inspector.root, stream.call_ids()))
    assert found.torn == 0 and not found.doubles()
    assert set(range(last, stream.sent)) <= set(found.numbers)  # what came later stays, all of it
    there = sorted(n for n in found.numbers)
    assert there == list(range(there[0], stream.sent))
    assert inspector.text("flush") == "ok\n"
    assert not files_of(inspector.root, stream.call_ids())
    assert inspector.json("callid_details", stream.call_id(0)) == []
    # Nor does the journal bring it back.
    inspector.kill()
    inspector.start()
    settled(inspector, 0)
    assert not files_of(inspector.root, stream.call_ids())
    assert inspector.json("list_calls") == []


def test_nothing_is_written_through_a_link(inspector, tmp_path):
    """Somebody who may write into a directory of ours must not lead us out of it."""
    address = inspector.start_parser()
    call_id = one_call(inspector, address, "call")
    precious = tmp_path / "precious"
    precious.write_text("precious")
    file = inspector.root / relative(call_id)
    file.unlink()
    file.symlink_to(precious)
    assert b"Too many levels of symbolic links" in inspector.ask("callid_details", call_id).stderr
    Stream(address, "call", calls=1).send(1)
    wait_for_store(inspector, lambda s: s["waiting"] == 1, "one that cannot be moved")
    assert precious.read_text() == "precious"
    assert inspector.text("flush") == "ok\n"
    assert precious.read_text() == "precious" and not file.is_symlink()
