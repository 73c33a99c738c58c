"""Logs where something is short or hostile: inotify's limits, a full disk, octets of strangers."""

import os

import pytest

from conftest import Inspector, wait_for
from logs import PROXY, Writer, differences, log_stats, positions_in_files, start_log
from stored import store_stats
from test_logs import SWITCH, expected_in_the_end
from test_store_faults import inspector_at, mounted, root_only  # noqa: F401
from test_terminal import HOSTILE, must_be_clean, octets

# What an own user namespace may have of inotify, and which limit is named then.
LIMITS = {
    "max_inotify_instances": "fs.inotify.max_user_instances: Too many open files",
    "max_inotify_watches": "fs.inotify.max_user_watches: No space left on device",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_log_is_followed_without_inotify_and_that_is_told(tmp_path, rng, limit):
    class Limited(Inspector):
        launcher = ("unshare", "--user", "--map-root-user", "sh", "-c",
                    "echo 0 > /proc/sys/user/%s && exec \"$@\"" % limit, "sh")  # fmt: skip

    if os.system("unshare --user --map-root-user true 2>/dev/null") != 0:
        pytest.skip("no user namespaces here")
    inspector = Limited(tmp_path)
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(100)
    start_log(inspector, writer.path)
    for _ in range(3):
        wait_for(lambda: log_stats(inspector, writer.path)["log"]["position"] == writer.path.stat().st_size, "all")
        writer.append(100)
    writer.rename()
    writer.append(100)
    writer.finish()
    expected_in_the_end(inspector, writer)
    assert log_stats(inspector, writer.path)["log"]["polled"] == LIMITS[limit]
    told = [line for line in inspector.log.read_text().splitlines() if LIMITS[limit] in line]
    assert len(told) == 1 and "is looked at every 100 ms" in told[0]
    inspector.stop()


def test_inotify_tells_as_a_rule(inspector, tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(20)
    start_log(inspector, writer.path)
    wait_for(lambda: log_stats(inspector, writer.path)["log"]["following"], "the log to be read")
    assert "polled" not in log_stats(inspector, writer.path)["log"]


@root_only
def test_a_log_waits_for_room_on_a_full_disk(mounted, tmp_path, rng):  # noqa: F811
    inspector = inspector_at(mounted / "calls", tmp_path, "memory=1M")
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(500)
    start_log(inspector, writer.path)
    wait_for(lambda: log_stats(inspector, writer.path)["log"]["unread"] == 0, "the log to be read")
    filler = mounted / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    while "trouble" not in store_stats(inspector):
        writer.append(1_000)
    for _ in range(5):
        writer.append(1_000)
        writer.rename()
    filler.unlink()
    inspector.kill()  # and nothing is stored twice because of that
    inspector.start()
    start_log(inspector, writer.path)
    writer.append(200)
    writer.finish()

    def is_all():
        return not differences(positions_in_files(inspector.root), writer.expected)
    wait_for(lambda: log_stats(inspector, writer.path)["log"]["unread"] == 0, "the log to be read")
    wait_for(is_all, "all of them once")
    assert store_stats(inspector)["lost"] == 0
    inspector.stop()


def block(message, at, way="recv", side="from"):
    head = b"%s %d bytes %s udp/[198.51.100.7]:5062 at 02:43:%09.6f:\n" % (
        way.encode(), len(message), side.encode(), at)  # fmt: skip
    line = b"-" * 72 + b"\n"
    return head + line + message.replace(b"\r\n", b"\n") + b"\n" + line


@pytest.mark.parametrize("hostile", [*HOSTILE, "\x00\x01\t", "'\"`$(reboot)"])
def test_what_a_stranger_writes_into_freeswitchs_log_reaches_no_terminal_raw(inspector, tmp_path, hostile):
    j = octets(hostile)
    call_id = b"known@x"
    request = b"\r\n".join((
        b"INVITE sip:" + j + b"@x SIP/2.0", b"Via: SIP/2.0/UDP " + j + b":5060;branch=" + j,
        b'From: "' + j + b'" <sip:' + j + b"@b>;tag=1", b"To: <sip:b@b>", b"Call-ID: " + call_id,
        b"CSeq: 1 INVITE", b"User-Agent: " + j, b"X-" + j + b": 1", b"Content-Length: %d" % len(j), b"", j))  # fmt: skip
    response = b"SIP/2.0 480 %s\r\nVia: SIP/2.0/UDP h\r\nCall-ID: known@x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n" % j
    uuid = b"5f0a3c1e-9d7b-4a58-8f4e-0123456789ab"
    stamp = b"2026-11-21 02:43:15.000001"
    event = b"%s " + stamp + b" 97.00%% [%s] switch_channel.c:1142 %s\n"
    log = tmp_path / "freeswitch.log"
    log.write_bytes(b"".join((
        stamp + b" 97.00% [NOTICE] mod_sofia.c:1 begin\n", block(request, 15.1), block(response, 15.2, "send", "to"),
        event % (uuid, b"NOTICE", b"New Channel sofia/" + j + b"/" + j + b" [" + uuid + b"]"),
        event % (uuid, b"ERR", j), event % (j, b"ERR", b"no channel"), event % (uuid, j, b"no level"),
        j + b"\n", block(request.replace(call_id, b"z" + j), 15.3), b"\n", event % (uuid, b"INFO", b"the end"),
    )))  # fmt: skip
    start_log(inspector, log, "freeswitch", SWITCH)
    wait_for(lambda: log_stats(inspector, log)["log"]["unread"] == 0, "the log to be read")
    wait_for(lambda: log_stats(inspector, log)["stored"] >= 4, "what it tells")
    inspector.settle()
    for call in (call_id, uuid, b"z" + j):
        for command in ("callid_details", "inspect_call_id", "ladder"):
            if b"\0" not in call:
                must_be_clean(inspector.ask(command, call))
    assert len(inspector.json("callid_details", "known@x")) == 2
    assert inspector.json("callid_details", uuid.decode())
    for words in (["list_calls", "1000"], ["parser_stats"], ["clocks"], ["list_active_parsers"]):
        assert must_be_clean(inspector.ask(*words)).returncode == 0
