"""Logs of Kamailio and FreeSWITCH, read as they were recorded and as they grow."""

import json
import os
import pathlib
import re
import shutil
import tempfile

import pytest

from conftest import Inspector, Sender, wait_for
from logs import PROXY, Writer, differences, log_stats, positions_in_files, start_log, wait_read
from recordings import DATA, EITHER_ORDER_US, Run

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
SWITCH = ("127.0.0.40", "5060")

# Of each recorded log: the program that wrote it, its address, and how many messages it tells.
LOGS = {
    ("kazoo_log_4.2", "kamailio.iso.log"): ("kamailio", PROXY, 273),
    ("kazoo_log_4.2", "kamailio.log"): ("kamailio", PROXY, 273),
    ("fs_fail_xcid_skew+0.4s", "kamailio.iso.log"): ("kamailio", PROXY, 127),
    ("sofia_old_log", "uac.sofia.log"): ("freeswitch", SWITCH, 21),
    ("sofia_hep3", "uas.sofia.log"): ("freeswitch", ("127.0.0.30", "5080"), 21),
    ("b2b_kam3_sofia3_skew", "fs.sofia.log"): ("freeswitch", SWITCH, 108),
    ("fs_fail_xcid_skew+0.4s", "fs.freeswitch.log"): ("freeswitch", SWITCH, 91),
}


def place_log(directory, run, name):
    path = directory / name
    shutil.copyfile(DATA / run / name, path)
    return path, (DATA / run / name).read_bytes().count(b"\n")


def key_of(message):
    """What a log tells of a message: a registrar replaces the URI of what it sends on, and which of
    its ports FreeSWITCH used is not told."""
    label = message["label"]
    if not label.startswith("SIP/2.0"):
        label = label.split(" ")[0]
    src, dst = (message[end].rsplit(":", 1)[0] for end in ("src", "dst"))
    return src, dst, label, message.get("c_seq", message.get("cseq"))


def problem(answer, call, wanted, slack=EITHER_ORDER_US):
    """Why these are not the messages of a call that are `wanted`, each once, in their order."""
    waiting = list(call["messages"])
    order = []
    for chunk in answer:
        if "event" in chunk:
            continue
        found = next((m for m in waiting if key_of(m) == key_of(chunk)), None)
        if found is None:
            return "too much: %s" % (key_of(chunk),)
        waiting.remove(found)
        order.append(found)
    missing = [key_of(m) for m in waiting if wanted(m)]
    if missing:
        return "missing: %s" % missing
    for i, earlier in enumerate(order):
        for later in order[i + 1 :]:
            if earlier["wire_us"] - later["wire_us"] >= slack:
                return "%s before %s" % (key_of(earlier), key_of(later))
    return None


def problems(inspector, run, wanted, slack=EITHER_ORDER_US):
    manifest = json.loads((DATA / run / "manifest.json").read_bytes())
    answers = {}
    for call in manifest["calls"]:
        status, text = inspector.ask_directly("callid_details", call["call_id"])
        assert status == 0, text
        answers[call["call_id"]] = json.loads(text)
    wrong = {c["call_id"]: problem(answers[c["call_id"]], c, wanted, slack) for c in manifest["calls"]}
    shown = sum("event" not in chunk for answer in answers.values() for chunk in answer)
    return {call: why for call, why in wrong.items() if why}, shown


@pytest.mark.parametrize("run,name", LOGS)
def test_a_recorded_log_tells_its_messages_once_and_in_order(inspector, tmp_path, run, name):
    kind, address, messages = LOGS[run, name]
    path, lines = place_log(tmp_path, run, name)
    start_log(inspector, path, kind, address)
    stats = wait_read(inspector, path, lines)
    assert stats["stored"] - stats["events"] == messages and stats["refused"] == {}
    wrong, shown = problems(inspector, run, lambda m: name in m["seen"], slack=200_000)
    assert wrong == {}
    assert shown <= messages


# The logs beside the HEP of the same programs; where the clock of the log is shown wrongly, the
# machine's zone is.
BOTH = [
    ("sofia_hep3", ("uac.sofia.log", "uas.sofia.log"), "UTC"),
    ("sofia_hep1", ("uac.sofia.log",), "UTC"),
    ("b2b_kam3_sofia3", ("fs.sofia.log",), "UTC"),
    ("b2b_kam3_sofia3_skew", ("fs.sofia.log",), "Asia/Tokyo"),
    ("fs_fail_xcid_skew+0.4s", ("kamailio.iso.log", "fs.freeswitch.log"), "UTC"),
    ("fs_fail_xcid_skew+0.4s", ("kamailio.log",), "UTC"),
    ("fs_fail_xcid_skew+0.4s", ("kamailio.log", "fs.freeswitch.log"), "America/New_York"),
]
ADDRESSES = {"uac": ("127.0.0.40", "5060"), "uas": ("127.0.0.30", "5080"), "fs": SWITCH,
             "kamailio": PROXY}  # fmt: skip


def replay(inspector, run):
    addresses = {stream: inspector.start_parser() for stream in run.streams}
    sender = Sender(inspector, addresses.values())
    for _, stream, datagram in run.by_arrival():
        sender.send(addresses[stream], datagram)
    sender.settle()


@pytest.mark.parametrize("first", ["HEP", "log"])
@pytest.mark.parametrize("name,logs,zone", BOTH, ids=lambda v: v if isinstance(v, str) else "+".join(v))
def test_the_same_calls_by_hep_and_by_log_are_one_dialogue(tmp_path, monkeypatch, name, logs, zone, first):
    monkeypatch.setenv("TZ", zone)
    inspector = Inspector(tmp_path)
    run = Run(name)
    if first == "HEP":
        replay(inspector, run)
    for log in logs:
        program = log.split(".")[0]
        path, lines = place_log(tmp_path, name, log)
        start_log(inspector, path, "kamailio" if program == "kamailio" else "freeswitch", ADDRESSES[program])
        wait_read(inspector, path, lines)
    if first == "log":
        replay(inspector, run)
    wrong, _ = problems(inspector, name, lambda m: m["seen"], slack=1_000)
    assert wrong == {}
    inspector.stop()


# What may not be started, and why not.
REFUSED = {
    "/no/such/file": "No such file or directory",
    "/": "is a directory",
    "relative.log": "not an absolute path",
    "/dev/null": "not a regular file",
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_no_log_is_refused_in_words(inspector, path):
    answer = inspector.ask("start_kamailio_parser", path, *PROXY)
    assert answer.returncode == 2 and REFUSED[path] in answer.stderr.decode() + answer.stdout.decode()
    assert inspector.text("list_active_parsers").strip() in ("", "[]")


def test_a_fifo_is_refused_at_once(inspector, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    answer = inspector.ask("start_freeswitch_parser", str(tmp_path / "fifo"), *SWITCH)
    assert answer.returncode == 2 and b"not a regular file" in answer.stderr + answer.stdout


@pytest.mark.parametrize("ip,port", [("nowhere", "5060"), ("127.0.0.1", "0"), ("127.0.0.1", "65536")])
def test_a_bad_address_is_refused(inspector, tmp_path, ip, port):
    (tmp_path / "log").touch()
    answer = inspector.ask("start_kamailio_parser", str(tmp_path / "log"), ip, port)
    assert answer.returncode == 2 and b"bad " in answer.stderr + answer.stdout


@root_only
def test_a_log_that_may_not_be_read_is_refused():
    place = pathlib.Path(tempfile.mkdtemp(prefix="call_inspector_"))  # others may not enter tmp_path
    try:
        place.chmod(0o777)
        (place / "secret").touch(0o600)

        class Nobody(Inspector):
            launcher = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

        inspector = Nobody(place)
        answer = inspector.ask("start_kamailio_parser", str(place / "secret"), *PROXY)
        assert answer.returncode == 2 and b"permission denied" in answer.stderr + answer.stdout
        inspector.stop()
    finally:
        shutil.rmtree(place)


def test_a_log_is_one_parser_however_its_path_is_written_and_goes_on_after_a_stop(inspector, tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(300)
    path = str(writer.path)
    for other in (path, path.replace("/kamailio", "//kamailio"), path.replace("/kamailio", "/./kamailio")):
        start_log(inspector, other)
    assert inspector.text("list_active_parsers").strip().splitlines() == ["'%s'" % path]
    wait_for(lambda: log_stats(inspector, path)["log"]["unread"] == 0, "the log to be read")
    inspector.text("stop_active_parser", path.replace("/kamailio", "//kamailio"))
    writer.append(300)
    writer.finish()
    start_log(inspector, path)
    expected_in_the_end(inspector, writer)


def expected_in_the_end(inspector, writer):
    """Every message of the writer's calls is in the store's files once, where it stands."""
    def is_all():
        inspector.settle()
        return not differences(positions_in_files(inspector.root), writer.expected)
    wait_for(is_all, "all messages once")


def test_from_the_start_each_time(tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(50)
    writer.finish()
    options = ("--kamailio-log", "%s %s:%s" % (writer.path, *PROXY), "--logs", "begin=start")
    inspector = Inspector(tmp_path, *options)
    messages = sum(map(len, writer.expected.values()))
    wait_for(lambda: log_stats(inspector, writer.path)["stored"] == messages, "all of them")
    inspector.stop()
    inspector.start()
    wait_for(lambda: log_stats(inspector, writer.path)["stored"] == messages, "all of them again")
    inspector.stop()


def test_a_log_that_vanishes_is_told_and_waited_for(inspector, tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    writer.append(50)
    start_log(inspector, writer.path)
    wait_for(lambda: log_stats(inspector, writer.path)["log"]["unread"] == 0, "the log to be read")
    writer.end_line()
    writer.path.unlink()
    wait_for(lambda: "No such file" in log_stats(inspector, writer.path)["log"].get("trouble", ""), "trouble")
    writer.file = writer.path.open("ab", buffering=0)
    writer.append(50)
    writer.finish()
    expected_in_the_end(inspector, writer)
    wait_for(lambda: "trouble" not in log_stats(inspector, writer.path)["log"], "the end of trouble")


JUNK = [b"\x1b[2J\x1b]0;x\x07", b"'\"`$(reboot)", b"a|log|b", b"\xff\xfe\x00\x01", b"\x9b31m", b"A" * 1_100_000]


def test_what_a_stranger_writes_reaches_no_terminal_raw(inspector, tmp_path, rng):
    writer = Writer(tmp_path / "kamailio.log", rng)
    prefix = b"2026-11-21T02:43:15.000001+00:00 host kamailio[7]: INFO: <script>: "
    for junk in JUNK:
        for line in (
            b"x%s@y|start|received udp request INVITE sip:a@b" % junk,
            b"known@x|start|received udp request INVITE sip:%s@b" % junk,
            b"known@x|log|from %s" % junk,
            b"known@x|start|received internal reply 480 %s" % junk,
            b"known@x|end|%s" % junk,
        ):
            writer.put(prefix + line + b"\n")
        writer.put(junk + b"\n")
    writer.put(rng.randbytes(200_000) + b"\n")
    writer.position = writer.path.stat().st_size
    start_log(inspector, writer.path)
    writer.append(30)
    writer.finish()
    def is_all():
        inspector.settle()
        found = positions_in_files(inspector.root)
        return all(sorted(found[call]) == where for call, where in writer.expected.items())
    wait_for(is_all, "the calls behind all this")
    for words in (["ladder", "known@x"], ["callid_details", "known@x"], ["list_calls", "1000"],
                  ["parser_stats"], ["inspect_call_id", "known@x"]):  # fmt: skip
        shown = inspector.ask(*words).stdout
        assert shown and not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", shown), words
        shown.decode()
