"""Captures that are exported: other programs read them as the same call flow, and so does an import."""

import base64
import itertools
import json
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import PROGRAM, Inspector, wait_for
from recordings import Run, octets
from test_recordings import RUNS, replay

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench" / "truth"))

import truth  # noqa: E402

GOLDEN = sorted((pathlib.Path(__file__).parents[1] / "data" / "golden").glob("*.json"))
CHECKED = [a for p in ("ip", "udp", "tcp") for a in ("-o", "%s.check_checksum:TRUE" % p)]


def tshark(file, *arguments):
    """SIP on ports that belong to others is SIP, too."""
    command = ["tshark", "-r", file, "-n", *CHECKED, "-o", "udp.try_heuristic_first:TRUE",
               "-o", "tcp.try_heuristic_first:TRUE", *arguments]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode(errors="replace")


def shown_by_tshark(file):
    """(Call-ID, method or status, CSeq) of each message, in the order of the file."""
    fields = ["sip.Call-ID", "sip.Method", "sip.Status-Code", "sip.CSeq"]
    arguments = [a for field in fields for a in ("-e", field)]
    text = tshark(file, "-Y", "sip", "-T", "fields", "-E", "separator=\x1f", "-E", "occurrence=f", *arguments)
    return [(call_id, method or status, c_seq) for call_id, method, status, c_seq in
            (line.split("\x1f") for line in text.splitlines())]  # fmt: skip


def complaints_of_tshark(file):
    """Frames that are malformed, or have a wrong checksum."""
    wrong = "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0"
    return tshark(file, "-Y", wrong)


def flow(messages):
    """What makes two answers the same call flow; events are not SIP."""
    return [(m["call-id"], m["src"], m["dst"], m["label"], octets(m)) for m in messages if "event" not in m]


def as_shown(messages):
    """Likewise as tshark tells it."""
    told = []
    for m in messages:
        if "event" in m:
            continue
        words = m["label"].split(" ")
        told.append((m["call-id"], words[1] if words[0].startswith("SIP/") else words[0], m["c_seq"]))
    return told


def assert_shown(file, messages):
    assert complaints_of_tshark(file) == ""
    assert shown_by_tshark(file) == as_shown(messages)


@pytest.fixture
def other(tmp_path):
    """An inspector into which exports are imported."""
    directory = tmp_path / "other"
    directory.mkdir()
    one = Inspector(directory)
    yield one
    one.stop()


def exported(inspector, *words):
    answer = inspector.json(*words)
    return pathlib.Path(answer["file"]), answer


ANY = "kind=call,registration,subscription,message,options,other"


def all_calls(inspector):
    """The Call-IDs of all dialogues, once the index knows them."""
    inspector.settle()

    def are_known():
        stats = inspector.json("store_stats")
        index = stats["index"]
        return index["dialogues"] == stats["calls"] and index["waiting_bytes"] + index["waiting_files"] == 0

    wait_for(are_known, "the index")
    return [json.loads(line)["call-id"] for line in inspector.text("search", ANY, "10000").splitlines()]


@pytest.mark.parametrize("name", RUNS)
def test_what_real_senders_sent_is_exported_and_imported(inspector, other, name):
    replay(inspector, Run(name))
    ids = all_calls(inspector)
    file, answer = exported(inspector, "export_search", ANY, "all.pcapng", "1000")
    assert answer["calls"] == len(ids)
    assert complaints_of_tshark(file) == ""
    other.json("import_pcap", str(file))
    shown = shown_by_tshark(file)
    for call_id in ids:
        messages = inspector.json("callid_details", call_id)
        assert flow(other.json("callid_details", call_id)) == flow(messages)
        assert [told for told in shown if told[0] == call_id] == as_shown(messages)
    assert len(shown) == answer["messages"]
