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
    """What makes two answers the same call flow; events are not SIP, nor is what pads a message."""
    return [(m["call-id"], m["src"], m["dst"], m["label"], octets(m).rstrip(b"\0"))
            for m in messages if "event" not in m]  # fmt: skip


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
    """An inspector into which exports are imported; what was masked is masked already."""
    directory = tmp_path / "other"
    directory.mkdir()
    one = Inspector(directory, "--mask-credentials", "off")
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


def variants(chunks, number):
    """The same dialogue over IPv4 and UDP, IPv6, TCP, WebSocket; some with bodies larger than a packet."""
    for chunk in chunks:
        chunk["transport"] = ("udp", "udp", "tcp", "ws", "tls")[number % 5]
        if number % 5 % 3 == 1:
            for end in ("src", "dst"):
                host, _, port = chunk[end].rpartition(":")
                chunk[end] = "[2001:db8::%s]:%s" % (host.replace(".", ":"), port)
        if number % 2 and "raw" in chunk and "" not in chunk["raw"]:
            lines = ["x" * 79] * 50
            head = [line for line in chunk["raw"] if not line.startswith("Content-Length")]
            chunk["raw"] = [*head, "Content-Length: %d" % (81 * len(lines)), "", *lines]
            chunk["crlfs"] = 1
    return chunks


def export_chunks(text, file):
    done = subprocess.run([PROGRAM, "export", "--from", "-", "--to", file], input=text, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def ordered(text):
    done = subprocess.run([PROGRAM, "order"], input=text, capture_output=True, check=True)
    return json.loads(done.stdout)


FLAWS = ["none", "offset seconds", "loss", "mixed"]


@pytest.mark.parametrize("flaw", FLAWS)
def test_simulated_calls_are_the_same_behind_an_export(other, tmp_path, flaw):
    """Each flaw with a quarter of the plays, and so each transport with each flaw."""
    for number, play in list(enumerate(truth.plays.ALL))[FLAWS.index(flaw) :: len(FLAWS)]:
        chunks = variants([chunk for *_, chunk in truth.make(play, flaw, 20261129).chunks], number)
        text = json.dumps(chunks).encode()
        messages = ordered(text)
        file = tmp_path / ("%d.pcap" % number)
        export_chunks(text, file)
        assert complaints_of_tshark(file) == ""
        imported = other.json("import_pcap", str(file))
        assert imported["stored"] == len(messages) == imported["received"]
        for call_id in {m["call-id"] for m in messages}:
            mine = [m for m in messages if m["call-id"] == call_id]
            assert flow(other.json("callid_details", call_id)) == flow(mine), (play, flaw)


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_golden_dialogues_are_the_same_behind_an_export(other, tmp_path, file):
    text = json.dumps(json.loads(file.read_text())["input"]).encode()
    messages = ordered(text)
    export_chunks(text, tmp_path / "golden.pcapng")
    assert_shown(tmp_path / "golden.pcapng", messages)
    other.json("import_pcap", str(tmp_path / "golden.pcapng"))
    call_id = messages[0]["call-id"]
    told = [(m["src"], m["dst"], m["label"], m["raw"]) for m in messages]
    assert [(m["src"], m["dst"], m["label"], m["raw"]) for m in other.json("callid_details", call_id)] == told
