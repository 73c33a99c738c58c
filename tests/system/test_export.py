"""Captures that are exported: other programs read them as the same call flow, and so does an import."""

import base64
import json
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import PATIENCE, PROGRAM, Inspector, wait_for
from recordings import Run, octets
from stored import relative
from test_recordings import RUNS, replay
from test_whole_calls import Collector, a_leg, b_leg, collector, send_call  # noqa: F401
from web import Site

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
        rows = [json.loads(line) for line in inspector.text("search", ANY, "10000").splitlines()]
        is_complete = all("incomplete" not in row for row in rows)
        return is_complete and stats["index"]["dialogues"] == stats["calls"] and rows

    return [row["call-id"] for row in wait_for(are_known, "the index")]


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


def shown_by_sngrep(file, kept):
    """What sngrep takes for SIP, and keeps."""
    command = ["sngrep", "-N", "-q", "-I", file, "-O", kept]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return shown_by_tshark(kept)


@pytest.mark.parametrize("number", range(5))
def test_sngrep_takes_each_message_of_a_call(tmp_path, number):
    chunks = variants([chunk for *_, chunk in truth.make("basic", "none", 7).chunks], number)
    text = json.dumps(chunks).encode()
    file, kept = tmp_path / "call.pcap", tmp_path / "kept.pcap"
    export_chunks(text, file)
    shown = shown_by_sngrep(file, kept)
    if chunks[0]["transport"] != "ws":
        assert shown == as_shown(ordered(text))
    # It keeps WebSocket's frames, some twice, without what opens the connection: tshark reads no more in them.
    assert len(shown) >= len(ordered(text))


@pytest.fixture
def called(collector):
    """A call with two legs."""
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    collector.wait_complete("a@phone")
    collector.inspector.settle()
    return collector.inspector


def test_one_leg_or_all_are_exported(called):
    messages = called.json("call_details", "a@phone")["messages"]
    whole, answer = exported(called, "export_pcap", "b@pbx", "whole.pcap", "whole")
    assert_shown(whole, messages)
    assert (answer["messages"], answer["frames"], answer["calls"], answer["left_out"]) == (13, 13, 1, 0)
    assert "incomplete" not in answer and answer["octets"] == whole.stat().st_size
    leg, answer = exported(called, "export_pcap", "b@pbx", "leg.pcap")
    assert_shown(leg, [m for m in messages if m["leg"] == "B"])
    found, answer = exported(called, "export_search", "from=49301234567", "found.pcap", "1", "whole")
    assert_shown(found, messages)
    assert answer["calls"] == 1


def test_comments_tell_who_saw_a_message_and_why_it_was_sent(called):
    file, _ = exported(called, "export_pcap", "a@phone", "call.pcapng", "whole")
    details = called.json("call_details", "a@phone")
    comments = tshark(file, "-T", "fields", "-e", "frame.comment").split("\nmessage ")
    assert len(comments) == len(details["messages"])
    observer = details["events"][0]["observed_by"][0]["observer"]
    for place, comment in enumerate(comments):
        assert comment.startswith("message 0, leg A" if place == 0 else "%d, leg " % place)
        assert "seen by " + observer in comment
    invite = [m["leg"] for m in details["messages"]].index("B")
    assert "because of message %d: called on" % details["events"][invite]["cause"] in comments[invite]
    findings = [finding for finding in details["analysis"][0]["findings"] if finding["messages"]]
    assert findings
    for finding in findings:
        for place in finding["messages"]:
            assert finding["severity"] + ": " + finding["text"] in comments[place]


def test_a_file_is_new_private_and_nowhere_else(called, tmp_path):
    file, _ = exported(called, "export_pcap", "a@phone", "call.pcap")
    assert file == called.root / ".exports" / "call.pcap"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    before = file.read_bytes()
    (file.parent / "link.pcap").symlink_to(tmp_path / "elsewhere")
    for name, why in (
        ("call.pcap", "cannot export: %s: File exists" % file),
        ("link.pcap", "cannot export: %s: File exists" % file.with_name("link.pcap")),
        ("/tmp/call.pcap", "not a file's name: '/tmp/call.pcap'"), ("../call.pcap", "not a file's name"),
        ("..", "not a file's name"), (".hidden", "not a file's name"), ("-o", "not a file's name"),
        ("a b", "not a file's name"), ("", "not a file's name"), ("x" * 201, "not a file's name"),
        ("x\x1b[2J", r"not a file's name: 'x\x1b[2J'"),
    ):  # fmt: skip
        status, text = called.ask_directly("export_pcap", "a@phone", name)
        assert (status, text.startswith(why)) == (2, True), text
    assert file.read_bytes() == before and not (tmp_path / "elsewhere").exists()
    assert sorted(os.listdir(file.parent)) == ["call.pcap", "link.pcap"]


def test_what_cannot_be_exported_is_told(called):
    for words, why in (
        (["export_pcap", "none@x", "x.pcap"], "no messages are stored for none@x\n"),
        (["export_pcap", "a@phone", "x.pcap", "all"], "unknown option: 'all'\n"),
        (["export_search", "from=nobody", "x.pcap"], "no calls were found\n"),
    ):
        assert called.ask_directly(*words) == (2, why)
    status, text = called.ask_directly("export_search", "status=x", "x.pcap")
    assert status == 1 and text.startswith("column 8: ")


def test_a_full_directory_of_exports_takes_no_more(called):
    file, _ = exported(called, "export_pcap", "a@phone", "call.pcap")
    with (file.parent / "large").open("wb") as large:
        large.truncate(1 << 30)
    status, text = called.ask_directly("export_pcap", "a@phone", "more.pcap")
    assert (status, text) == (2, "cannot export: %s: its files would be larger than 1024 MiB together: "
                                 "remove some\n" % file.parent)  # fmt: skip
    (file.parent / "large").unlink()
    exported(called, "export_pcap", "a@phone", "more.pcap")


def test_the_directory_of_exports_is_a_setting(tmp_path):
    one = Collector(tmp_path, "--exports", str(tmp_path / "out"))
    one.send(a_leg().request("INVITE"))
    wait_for(lambda: one.inspector.json("callid_details", "a@phone"), "the call")
    file, _ = exported(one.inspector, "export_pcap", "a@phone", "x.pcap")
    assert file == tmp_path / "out" / "x.pcap" and file.exists()
    one.inspector.stop()
    refused = subprocess.run([PROGRAM, "run", "--root", tmp_path, "--exports", "out"], capture_output=True)
    assert refused.returncode == 1 and b"--exports: not an absolute path" in refused.stderr


def run_export(inspector, *words, **how):
    return subprocess.run([PROGRAM, "export", "--socket", inspector.socket, *words], capture_output=True, **how)


def test_the_command_line_writes_anywhere_or_to_a_pipe(called, tmp_path):
    file, _ = exported(called, "export_pcap", "a@phone", "call.pcap", "whole")
    piped = run_export(called, "a@phone", "--whole")
    assert (piped.returncode, piped.stdout) == (0, file.read_bytes())
    answer = called.text("export_pcap", "a@phone", "-", "whole")
    assert base64.b64decode(answer) == file.read_bytes() and max(map(len, answer.splitlines())) == 76
    mine = tmp_path / "mine.pcapng"
    assert run_export(called, "--search", "from=49301234567", "--count", "1", "--whole", "--to", mine).returncode == 0
    assert mine.stat().st_mode & 0o777 == 0o600
    assert_shown(mine, called.json("call_details", "a@phone")["messages"])
    assert mine.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"
    again = run_export(called, "a@phone", "--to", mine)
    assert (again.returncode, again.stderr.decode()) == (2, "call_inspector: cannot export: %s: File exists\n" % mine)
    none = run_export(called, "none@x")
    assert (none.returncode, none.stdout, none.stderr) == (2, b"", b"no messages are stored for none@x\n")
    for words in ([], ["a@phone", "--from", "-"], ["a@phone", "--search", "x"]):
        wrong = run_export(called, *words)
        assert wrong.returncode == 1 and b"one of CALLID, --search and --from" in wrong.stderr


def test_a_calls_file_is_exported_without_an_inspector(called, tmp_path):
    stored = called.root / relative("b@pbx")
    called.stop()
    done = run_export(called, "--from", stored, "--to", tmp_path / "leg.pcap")
    assert done.returncode == 0, done.stderr
    shown = shown_by_tshark(tmp_path / "leg.pcap")
    assert [what for _, what, _ in shown] == ["INVITE", "180", "200", "ACK", "BYE", "200"]
    for text, why in ((b"", "no SIP to export"), (b"{", "element 0 is not a chunk"), (b"[1]", "element 0 is not")):
        wrong = run_export(called, "--from", "-", input=text)
        assert wrong.returncode == 2 and why in wrong.stderr.decode()
    assert run_export(called, "a@phone").returncode == 1


def test_what_only_a_log_tells_is_exported_as_far_as_it_goes(tmp_path):
    chunk = {"call-id": "log@x", "label": "INVITE sip:bob@example.com SIP/2.0", "c_seq": "1 INVITE",
             "raw": ["start|received udp request INVITE sip:bob@example.com"], "src": "192.0.2.1:5062",
             "dst": "192.0.2.2:5060", "timestamp": 63957219200.000908, "parser": "/var/log/kamailio.log"}  # fmt: skip
    event = {**chunk, "event": "log", "label": "a line"}
    export_chunks(json.dumps([chunk, event]).encode(), tmp_path / "log.pcap")
    assert shown_by_tshark(tmp_path / "log.pcap") == [("log@x", "INVITE", "1 INVITE")]


def test_the_site_has_captures_to_save(tmp_path):
    site = Site(tmp_path)
    site.inspector.text("import_pcap", str(sample(tmp_path)))
    for form, magic in (("pcap", b"\x4d\x3c\xb2\xa1"), ("pcapng", b"\x0a\x0d\x0d\x0a")):
        answer = site.get(site.call('strange"\\@x', "/" + form))
        assert (answer.status, answer.body[:4]) == (200, magic)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="call_strange__@x.%s"' % form
        (tmp_path / form).write_bytes(answer.body)
        assert [told[1] for told in shown_by_tshark(tmp_path / form)] == ["OPTIONS"]
        assert site.get(site.call("none@x", "/" + form)).status == 404
    site.inspector.stop()


def sample(directory):
    """A capture with one OPTIONS, whose Call-ID could harm a header field."""
    chunk = {"call-id": 'strange"\\@x', "label": "OPTIONS sip:a@x SIP/2.0", "c_seq": "1 OPTIONS",
             "raw": ["OPTIONS sip:a@x SIP/2.0", 'Call-ID: strange"\\@x', "CSeq: 1 OPTIONS", "Content-Length: 0"],
             "src": "192.0.2.1:5060", "dst": "192.0.2.2:5060", "timestamp": 63957219200.000908}  # fmt: skip
    export_chunks(json.dumps([chunk]).encode(), directory / "sample.pcap")
    return directory / "sample.pcap"
