"""Logs of a Kamailio and a FreeSWITCH beside HEP of the same run."""

import json
import shutil
from collections import Counter

import pytest

from conftest import Sender, wait_for
from recordings import Run, octets

RUN = "fs_misc_kazoo_hep2"
SWITCH = "127.0.0.40"


def read_logs(inspector, run, directory):
    """Until every record of them is stored."""
    logs = (("fs.freeswitch.log", "freeswitch", SWITCH), ("kamailio.iso.log", "kamailio", "127.0.0.10"))
    for name, kind, address in logs:
        shutil.copy(run.directory / name, directory)
        inspector.text("start_%s_parser" % kind, str(directory / name), address, "5060")

    def is_read():
        stats = [parser["log"] for parser in inspector.json("parser_stats") if "log" in parser]
        return all(log["unread"] == 0 and "in_open_records" not in log["lines"] for log in stats)

    wait_for(is_read, "all lines")
    inspector.settle()


def host(endpoint):
    return endpoint.rsplit(":", 1)[0]


@pytest.fixture
def both(inspector, tmp_path):
    """The run, and its calls as the inspector shows them."""
    run = Run(RUN)
    addresses = {stream: inspector.start_parser() for stream in run.streams}
    sender = Sender(inspector, addresses.values())
    for _, stream, datagram in run.by_arrival():
        sender.send(addresses[stream], datagram)
    sender.settle()
    read_logs(inspector, run, tmp_path)
    return run, {call["call_id"]: inspector.json("callid_details", call["call_id"]) for call in run.calls}


def test_a_message_that_both_report_is_shown_once_and_as_hep_has_it(both):
    run, answers = both
    for call in json.loads(run.read("manifest.json"))["calls"]:
        seen = [m for m in call["messages"] if m["seen"]]
        happened = Counter((host(m["src"]), host(m["dst"]), m["label"], m["cseq"]) for m in seen)
        messages = [chunk for chunk in answers[call["call_id"]] if "event" not in chunk]
        shown = Counter((host(c["src"]), host(c["dst"]), c["label"], c["c_seq"]) for c in messages)
        assert shown == happened, call["call_id"]
        assert all(octets(chunk).startswith(chunk["label"].encode()) for chunk in messages)
        # HEP has pieces of some messages only, and the log has all of them.
        by_log = [m for m in seen if not set(m["seen"]) & set(run.streams)]
        assert len([chunk for chunk in messages if "hep" not in chunk]) <= len(by_log)


def test_a_channel_is_new_behind_the_request_that_made_it(both):
    _, answers = both
    seen = 0
    for answer in answers.values():
        labels = [chunk["label"] for chunk in answer]
        new = next((i for i, label in enumerate(labels) if "New Channel sofia/" in label), None)
        received = next((i for i, c in enumerate(answer) if "event" not in c and host(c["dst"]) == SWITCH), None)
        if new is None or received is None or not labels[received].startswith("INVITE"):
            continue
        assert received < new, labels
        assert "direction" not in answer[new] and "src" not in answer[new]
        seen += 1
    assert seen > 0


def test_list_calls_names_a_call_by_its_request(inspector, tmp_path):
    read_logs(inspector, Run(RUN), tmp_path)
    labels = [call["label"] for call in inspector.json("list_calls", "1000")]
    assert any(label.startswith("INVITE ") for label in labels)
    assert not any("New Channel" in label for label in labels if not label.startswith("log: "))
    wanted = {call["call-id"] for call in inspector.json("list_calls", "1000") if call["label"].startswith("log: ")}
    for call_id in wanted:
        assert all("event" in chunk for chunk in inspector.json("callid_details", call_id))


def test_credentials_in_a_log_are_masked_and_other_words_are_not(inspector, tmp_path):
    log = tmp_path / "kamailio.log"
    line = "2026-11-21T02:43:15.985155+00:00 proxy kamailio[7]: INFO: <script>: masked@log|%s\n"
    uri = "sip:bob@192.0.2.1;nc=1;realm=x?Authorization=Digest%20response%3D%22" + "a" * 32 + "%22"
    texts = ("start|received udp request INVITE " + uri, "log|source 192.0.2.2:5070 -> 192.0.2.1:5060",
             "log|cseq 1 INVITE", "end|done")  # fmt: skip
    log.write_text("".join(line % text for text in texts))
    inspector.text("start_kamailio_parser", str(log), "192.0.2.1", "5060")
    wait_for(lambda: inspector.json("callid_details", "masked@log"), "the request")
    (request,) = inspector.json("callid_details", "masked@log")
    assert "a" * 32 not in str(request)
    assert "received udp request INVITE sip:bob@192.0.2.1;nc=1;realm=x?" in request["raw"][0]
    assert request["label"].startswith("INVITE sip:bob@192.0.2.1;nc=1;realm=x?")
