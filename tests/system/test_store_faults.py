"""What goes wrong around the store: full disks, missing rights, other programs in its files."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pytest

from conftest import Inspector, free_port, wait_for
from stored import (Found, Stream, files_of, relative, settled, store_stats, wait_for_store)  # fmt: skip

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount and become another")


def run(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


@pytest.fixture
def mounted(tmp_path):
    """A file system of its own, of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place)
    except subprocess.CalledProcessError as failed:
        pytest.skip("cannot mount here: " + failed.stderr.decode())
    yield place
    run("umount", "-l", place)


def inspector_at(root, directory, *options, launcher=()):
    """One that stores in `root`, and keeps what else it needs in `directory`."""
    class There(Inspector):
        def __init__(self):
            self.root = root
            self.launcher = launcher
            self.socket = directory / "control.sock"
            self.log = directory / "log"
            self.arguments = [w for option in options for w in ("--store", option)]
            self.start()
    return There()


def numbers_there(inspector, stream):
    found = Found(*files_of(inspector.root, stream.call_ids()))
    assert found.torn == 0 and not found.doubles()
    return found.numbers


@root_only
def test_a_full_disk_is_waited_for(mounted, tmp_path):
    memory = 2 << 20
    inspector = inspector_at(mounted / "calls", tmp_path, "memory=2M")
    stream = Stream(inspector.start_parser(), calls=50)
    stream.send(100)
    settled(inspector, 100)
    filler = mounted / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    lost = 0
    while not lost:
        stream.send(1000)
        stats = store_stats(inspector)
        assert stats["memory"] <= memory + 65536  # the last line that fitted
        lost = stats["lost"]
    assert "No space left on device" in stats["trouble"]
    known = stream.call_id(0)
    assert inspector.json("callid_details", known)  # questions are answered
    inspector.wait_received(stream.address, stream.sent)  # and senders are not kept waiting
    filler.unlink()
    stats = wait_for_store(
        inspector, lambda s: s["memory"] == s["waiting"] == 0 and "trouble" not in s, "room again"
    )
    stream.send(10)
    stats = settled(inspector, stats["stored"] + 10)
    assert stats["received"] == stream.sent == stats["stored"] + stats["lost"]
    numbers = numbers_there(inspector, stream)
    assert len(numbers) == stats["stored"]
    assert all(n in numbers for n in range(stream.sent - 10, stream.sent))
    log = inspector.log.read_text()
    assert "cannot store: " in log and "storing again; lost meanwhile: %d" % stats["lost"] in log
    inspector.stop()


@root_only
def test_a_disk_filled_by_the_journal_itself(mounted, tmp_path):
    """What is freed later is enough, however little the call file writer had to begin with."""
    inspector = inspector_at(mounted / "calls", tmp_path, "memory=1M")
    stream = Stream(inspector.start_parser(), calls=5000)
    while "trouble" not in store_stats(inspector):
        stream.send(1000)
    run("mount", "-o", "remount,size=64m", mounted)
    stats = wait_for_store(
        inspector, lambda s: s["memory"] == s["waiting"] == 0 and "trouble" not in s, "room again"
    )
    wait_for(lambda: store_stats(inspector)["received"] == stream.sent, "all of them")
    stats = settled(inspector, stats["stored"])
    assert len(numbers_there(inspector, stream)) == stats["stored"] == stream.sent - stats["lost"]
    inspector.stop()


@root_only
def test_a_disk_that_cannot_be_written_to_and_then_can(mounted, tmp_path):
    run("mount", "-o", "remount,ro", mounted)
    inspector = inspector_at(mounted / "calls", tmp_path)
    stream = Stream(inspector.start_parser())
    stream.send(100)
    stats = wait_for_store(inspector, lambda s: "trouble" in s, "trouble")
    assert "Read-only file system" in stats["trouble"]
    assert inspector.json("callid_details", stream.call_id(0))
    run("mount", "-o", "remount,rw", mounted)
    settled(inspector, 100)
    assert len(numbers_there(inspector, stream)) == 100
    inspector.stop()


@root_only
def test_no_right_to_write_and_then_one(tmp_path):
    place = pathlib.Path(tempfile.mkdtemp(prefix="call_inspector_"))  # others may not enter tmp_path
    try:
        place.chmod(0o777)
        root = place / "calls"
        root.mkdir(mode=0o755)
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        inspector = inspector_at(root, place, launcher=nobody)
        stream = Stream(inspector.start_parser())
        stream.send(100)
        stats = wait_for_store(inspector, lambda s: "trouble" in s, "trouble")
        assert "Permission denied" in stats["trouble"]
        root.chmod(0o777)
        settled(inspector, 100)
        assert len(numbers_there(inspector, stream)) == 100
        locked = root / relative(stream.call_id(1))
        os.chown(locked, 0, 0)
        locked.chmod(0o644)
        stream.send(100)
        # One file that is locked holds up its own call only.
        stats = wait_for_store(inspector, lambda s: s["waiting"] == 10, "one call that waits")
        assert "Permission denied" in stats["trouble"] and str(locked) in stats["trouble"]
        assert len(inspector.json("callid_details", stream.call_id(1))) == 20
        os.chown(locked, 65534, 65534)
        settled(inspector, 200)
        wait_for_store(inspector, lambda s: "trouble" not in s, "the end of trouble")
        assert len(numbers_there(inspector, stream)) == 200
        inspector.stop()
    finally:
        shutil.rmtree(place)


@root_only
@pytest.mark.parametrize("words", [["flush"], ["flush", "call-0"]], ids=" ".join)
def test_a_flush_that_may_not_says_so(words):
    place = pathlib.Path(tempfile.mkdtemp(prefix="call_inspector_"))  # others may not enter tmp_path
    try:
        place.chmod(0o777)
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        inspector = inspector_at(place / "calls", place, launcher=nobody)
        stream = Stream(inspector.start_parser(), calls=1)
        stream.send(3)
        settled(inspector, 3)
        directory = (inspector.root / relative(stream.call_id(0))).parent.parent
        directory.chmod(0)
        answer = inspector.ask(*words)
        assert answer.returncode == 2
        assert b"cannot delete: " in answer.stderr and str(directory).encode() in answer.stderr
        assert b"Permission denied" in answer.stderr
        directory.chmod(0o750)
        assert len(inspector.json("callid_details", stream.call_id(0))) == 3
        assert inspector.text(*words) == "ok\n"
        assert inspector.json("callid_details", stream.call_id(0)) == []
        inspector.stop()
    finally:
        shutil.rmtree(place)


@root_only
def test_a_flush_on_a_full_disk_keeps_what_is_pinned(mounted, tmp_path):
    inspector = inspector_at(mounted / "calls", tmp_path)
    stream = Stream(inspector.start_parser(), "pinned", calls=1)
    stream.send(10)
    settled(inspector, 10)
    assert inspector.text("pin", stream.call_id(0)) == "ok\n"
    others = Stream(stream.address, "other", calls=500)
    while "trouble" not in store_stats(inspector):
        others.send(500)
    stream.send(100)
    others.send(20_000)  # more than the disk has room for: the journal would fill it again
    wait_for(lambda: store_stats(inspector)["received"] == stream.sent + others.sent, "all of them")
    assert len(inspector.json("callid_details", stream.call_id(0))) == 110
    assert inspector.text("flush") == "ok\n"
    wait_for_store(inspector, lambda s: s["memory"] == s["waiting"] == 0, "room again")
    assert len(inspector.json("callid_details", stream.call_id(0))) == 110
    assert inspector.json("callid_details", others.call_id(0)) == []
    inspector.stop()


def test_no_descriptors_left(tmp_path):
    inspector = Inspector(tmp_path)
    stream = Stream(inspector.start_parser())
    stream.send(100)
    settled(inspector, 100)
    run("prlimit", "--pid", inspector.process.pid, "--nofile=3:")
    stream.send(100)
    wait_for(lambda: "Too many open files" in inspector.log.read_text(), "trouble")
    run("prlimit", "--pid", inspector.process.pid, "--nofile=1024:")
    settled(inspector, 200)
    assert len(numbers_there(inspector, stream)) == 200
    inspector.stop()


def test_the_directory_is_removed_while_it_is_written_to(inspector):
    stream = Stream(inspector.start_parser())
    for _ in range(5):
        stream.send(500)
        shutil.rmtree(inspector.root, ignore_errors=True)
        stream.send(500)
    wait_for(lambda: inspector.stats(stream.address)["received"] == stream.sent, "all")
    settled(inspector, stream.sent)
    before = stream.sent
    stream.send(10)
    settled(inspector, stream.sent)
    numbers = numbers_there(inspector, stream)
    assert all(n in numbers for n in range(before, stream.sent))
    stream.send(10)  # the journal is there again, too
    settled(inspector, stream.sent)
    assert (inspector.root / ".journal" / "lock").exists()


def all_sent(inspector, stream, change):
    """Sends while `change` is made again and again."""
    enough = threading.Event()

    def send():
        while not enough.is_set():
            stream.send(20)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for _ in range(20):
            wait_for(lambda: files_of(inspector.root, stream.call_ids()), "files")
            change()
    finally:
        enough.set()
        sender.join()
    wait_for(lambda: inspector.stats(stream.address)["received"] == stream.sent, "all")
    settled(inspector, stream.sent)


def test_files_that_are_removed_while_they_are_written_to(inspector):
    """What was in them is gone, and nothing else."""
    stream = Stream(inspector.start_parser(), calls=3)
    removed = []

    def remove():
        for file in files_of(inspector.root, stream.call_ids()):
            removed.append(file.open("rb"))
            file.unlink()

    all_sent(inspector, stream, remove)
    found = Found(*files_of(inspector.root, stream.call_ids()))
    for file in removed:
        with file:
            found.take(file.read())
    assert len(removed) > 3
    assert len(found.numbers) == stream.sent and found.torn == 0


LOGROTATE = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin")


@pytest.mark.skipif(LOGROTATE is None, reason="logrotate is not installed")
@pytest.mark.parametrize("how", ["create", "nocreate", "copytruncate"])
def test_logrotate_while_it_is_written_to(inspector, tmp_path, how):
    stream = Stream(inspector.start_parser(), calls=3)
    configuration = tmp_path / "logrotate.conf"
    configuration.write_text(
        "%s {\n %s\n rotate 10000\n missingok\n notifempty\n nocompress\n}\n"
        % (" ".join(str(inspector.root / relative("call-%d" % n)) for n in range(3)), how)
    )
    configuration.chmod(0o644)
    run_it = [LOGROTATE, "-f", "-s", tmp_path / "state", configuration]
    all_sent(inspector, stream, lambda: subprocess.run(run_it, check=True))
    files = [f for f in inspector.root.glob("??/??/*") if f.is_file()]
    assert len(files) > 3
    found = Found(*files)
    if how == "copytruncate":  # loses what comes between its two steps, as its manual says
        now = Found(*files_of(inspector.root, stream.call_ids()))
        assert now.torn == 0
        return
    assert found.torn == 0 and not found.doubles()
    assert len(found.numbers) == stream.sent


@pytest.mark.skipif(LOGROTATE is None, reason="logrotate is not installed")
def test_the_shipped_logrotate_file_removes_old_calls_only(inspector, tmp_path):
    stream = Stream(inspector.start_parser(), calls=2)
    stream.send(10)
    settled(inspector, 10)
    old, new = files_of(inspector.root, stream.call_ids())
    month = 31 * 24 * 3600
    os.utime(old, (old.stat().st_mtime - month,) * 2)
    shipped = pathlib.Path(__file__).parent.parent.parent / "priv" / "logrotate" / "call_inspector"
    text = shipped.read_text()
    assert "/var/log/kazoo/call_inspector/" in text
    configuration = tmp_path / "logrotate.conf"
    configuration.write_text(text.replace("/var/log/kazoo/call_inspector", str(inspector.root)))
    configuration.chmod(0o644)
    others = sorted(inspector.root.glob(".*/*"))
    state = tmp_path / "state"
    state.write_text(
        "logrotate state -- version 2\n" + "".join('"%s" 2020-1-1-0:0:0\n' % f for f in (old, new))
    )
    run(LOGROTATE, "-s", state, configuration)
    assert not old.exists() and new.exists() and not list(old.parent.glob("*"))
    assert sorted(inspector.root.glob(".*/*")) == others
    stream.send(2)  # the call goes on
    settled(inspector, 12)
    assert len(inspector.json("callid_details", stream.call_id(0))) == 1
