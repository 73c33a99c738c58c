"""Logs of Kamailio and FreeSWITCH, read as they were recorded and as they grow."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from conftest import PROGRAM, Inspector, Sender, wait_for
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
    ("fs_fail_xcid_skew+0.4s", "fs.freeswitch.log"): ("freeswitch", SWITCH, 99),
}


def place_log(directory, run, name):
    path = directory / name
    shutil.copyfile(DATA / run / name, path)
    return path, (DATA / run / name).read_bytes().count(b"\n")


def key_of(message):
    """What a log tells of a message: a registrar replaces the URI of what it sends on."""
    label = message["label"]
    if not label.startswith("SIP/2.0"):
        label = label.split(" ")[0]
    return message["src"], message["dst"], label, message.get("c_seq", message.get("cseq"))


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
    answers = {c["call_id"]: inspector.json("callid_details", c["call_id"]) for c in manifest["calls"]}
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
    wrong, _ = problems(inspector, name, lambda m: m["seen"])
    assert wrong == {}
    inspector.stop()
