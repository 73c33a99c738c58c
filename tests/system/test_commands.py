"""The command line: the words and exit codes that Kazoo's users know."""

import json
import os
import pathlib
import re
import socket
import subprocess

import pytest

from conftest import PROGRAM, Sender, free_port
from recordings import Run

DOCS = pathlib.Path(__file__).parents[2] / "docs"
CALL = "kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1"


def outcome(answer):
    return answer.returncode, answer.stdout.decode(), answer.stderr.decode()


def test_parsers_start_once_and_stop(inspector):
    first, second = free_port(), free_port()
    for _ in range(2):  # starting a running one changes nothing and says the same
        started = inspector.ask("start_hep_parser", "127.0.0.1", str(first))
        assert outcome(started) == (0, "started '127.0.0.1:%d'\n" % first, "")
    inspector.text("start_hep_parser", "127.0.0.1", str(second))
    newest_first = "'127.0.0.1:%d'\n'127.0.0.1:%d'\n" % (second, first)
    assert inspector.text("list_active_parsers") == newest_first

    id_ = "127.0.0.1:%d" % first
    assert outcome(inspector.ask("stop_active_parser", id_)) == (0, "ok\n", "")
    unknown = (2, "", "no active parser '%s'\n" % id_)
    assert outcome(inspector.ask("stop_active_parser", id_)) == unknown
    assert inspector.text("list_active_parsers") == "'127.0.0.1:%d'\n" % second
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", first))  # the port is free again


def test_a_parser_binds_the_address_that_it_is_given(inspector):
    port = str(free_port())
    inspector.text("start_hep_parser", "127.0.0.1", port)
    assert inspector.text("start_hep_parser", "127.0.0.2", port) == "started '127.0.0.2:%s'\n" % port
    assert inspector.text("start_hep_parser", "::1", port) == "started '[::1]:%s'\n" % port


@pytest.mark.parametrize(
    "ip, port, why",
    [
        ("127.0.0.1", "0", "bad port '0' (1 to 65535)"),
        ("127.0.0.1", "65536", "bad port '65536' (1 to 65535)"),
        ("127.0.0.1", "sip", "bad port 'sip' (1 to 65535)"),
        ("127.0.0", "9060", "bad address '127.0.0'"),
        ("example.com", "9060", "bad address 'example.com'"),
        ("192.0.2.1", "9060", "no such address on this machine (192.0.2.1:9060)"),
    ],
)
def test_a_parser_that_cannot_start_says_why_in_one_line(inspector, ip, port, why):
    answer = inspector.ask("start_hep_parser", ip, port)
    assert outcome(answer) == (2, "", "failed to start parser: %s\n" % why)


def test_a_port_in_use_is_told(inspector):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        answer = inspector.ask("start_hep_parser", "127.0.0.1", str(port))
    why = "failed to start parser: address already in use (127.0.0.1:%d)\n" % port
    assert outcome(answer) == (2, "", why)


def test_an_unknown_call_is_empty(inspector):
    assert inspector.text("callid_details", "nobody@nowhere") == "[]\n"
    assert inspector.json("inspect_call_id", "nobody@nowhere") == {
        "call-id": "nobody@nowhere", "messages": [], "dialog_entities": [], "analysis": [],
        "events": [], "clocks": [], "gaps": [], "contradictions": [],
    }  # fmt: skip


@pytest.fixture
def with_sample(inspector, program):
    host, port = inspector.start_parser()
    run = Run("kam2_hep3_skew-3.2s")
    for stream in run.streams:
        subprocess.run(
            [program, "replay", run.directory / (stream + ".bin"), "--to", "%s:%d" % (host, port),
             "--rate", "2000"],
            check=True, capture_output=True,
        )  # fmt: skip
    inspector.wait_received((host, port), sum(map(len, run.datagrams.values())))
    return inspector


def test_inspecting_a_call(with_sample):
    details = with_sample.json("callid_details", CALL)
    inspected = with_sample.json("inspect_call_id", CALL)
    assert list(inspected) == [
        "call-id", "messages", "dialog_entities", "analysis",
        "events", "clocks", "gaps", "contradictions",
    ]  # fmt: skip
    assert inspected["messages"] == [
        {key: value for key, value in message.items() if key != "call-id"} for message in details
    ]
    assert inspected["dialog_entities"] == [
        "127.0.0.1:5070", "127.0.0.10:5060", "127.0.0.20:5060", "127.0.0.30:5080",
    ]  # fmt: skip
    # Two proxies saw it, one with a clock that is 3.2 seconds slow.
    one, other = inspected["clocks"]
    assert abs(abs(one["offset_ms"] - other["offset_ms"]) - 3200) < 5
    assert one["messages_in_common"] == other["messages_in_common"] > 0
    for clock in (one, other):
        assert set(clock["delivery"]) == {"kind", "median_ms", "worst_ms"}
    assert len(inspected["events"]) == len(details)
    assert {len(event["observed_by"]) for event in inspected["events"]} == {1, 2}
    assert all(event["missed_by"] == [] for event in inspected["events"])
    assert not any("guessed" in event for event in inspected["events"])
    assert inspected["gaps"] == []
    first = details[0]
    assert first["call-id"] == CALL
    assert isinstance(first["timestamp"], float) and isinstance(first["ref_timestamp"], str)
    assert first["label"] == first["raw"][0] == "INVITE sip:bob1@127.0.0.10:5060 SIP/2.0"
    assert first["c_seq"] == "1 INVITE"
    assert (first["hep"], first["capture_id"], first["transport"]) == (3, 101, "udp")
    # Gregorian seconds, as Kazoo counts
    assert 0 < float(first["timestamp"]) - 62_167_219_200 - 1795225910.376 < 1


def test_capture_goes_off_and_on_for_one_parser_or_all(inspector):
    (_, one), (_, two) = first, second = inspector.start_parser(), inspector.start_parser()
    datagram = Run("kam_hep3_mode1").datagrams["p1"][0][1]

    def stored_of_one_more():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            before = [inspector.stats(a) for a in (first, second)]
            for address in (first, second):
                s.sendto(datagram, address)
            after = [inspector.wait_received(a, b["received"] + 1)
                     for a, b in zip((first, second), before)]  # fmt: skip
        return [a["stored"] - b["stored"] for a, b in zip(after, before)]

    def check(*states):
        newest_first = "'127.0.0.1:%d' %s\n'127.0.0.1:%d' %s\n" % (two, states[1], one, states[0])
        assert inspector.text("capture", "check") == newest_first
        assert inspector.text("capture", "check", "127.0.0.1:%d" % one) == states[0] + "\n"
        assert [inspector.stats(a)["capture"] for a in (first, second)] == list(states)

    check("on", "on")
    assert inspector.text("capture", "off", "127.0.0.1:%d" % one) == "ok\n"
    check("off", "on")
    assert stored_of_one_more() == [0, 1]
    assert inspector.stats(first)["refused"] == {"capture_off": 1}
    assert inspector.text("capture", "off") == "ok\n"
    check("off", "off")
    assert stored_of_one_more() == [0, 0]
    third = inspector.start_parser()
    assert inspector.stats(third)["capture"] == "off"
    inspector.text("stop_active_parser", "127.0.0.1:%d" % third[1])
    assert inspector.text("capture", "on") == "ok\n"
    check("on", "on")
    assert stored_of_one_more() == [1, 1]
    for word in ("on", "off", "check"):
        unknown = inspector.ask("capture", word, "127.0.0.1:1")
        assert outcome(unknown) == (2, "", "no active parser '127.0.0.1:1'\n")
    assert outcome(inspector.ask("capture", "maybe")) == (1, "", "the argument is on, off or check\n")


def test_files_are_where_kazoo_has_them_and_plain_json(with_sample):
    with_sample.settle()
    files = [p for p in with_sample.root.glob("??/??/*") if p.is_file()]
    assert len(files) == len(Run("kam2_hep3_skew-3.2s").calls)
    for file in files:
        assert len(file.name) == 28
        for line in file.read_text().splitlines():
            assert json.loads(line)["raw"]
        assert file.stat().st_mode & 0o777 == 0o640
        assert file.parent.stat().st_mode & 0o777 == 0o750


def test_flush(with_sample):
    other = CALL.replace("call-1-", "call-2-")
    assert with_sample.json("callid_details", other)
    assert with_sample.text("flush", CALL) == "ok\n"
    assert with_sample.text("callid_details", CALL) == "[]\n"
    assert with_sample.json("callid_details", other)
    assert with_sample.text("flush") == "ok\n"
    assert with_sample.text("callid_details", other) == "[]\n"
    assert list(with_sample.root.glob("??/*")) == []
    assert with_sample.text("flush", CALL) == "ok\n"


def test_broken_sip_is_kept_or_refused(inspector):
    address = inspector.start_parser()
    head = bytes.fromhex("0110021113ce13c47f0000017f00000a")
    sender = Sender(inspector, [address])

    def send():
        sender.send(address, head + b"BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n")
        return sender.settle()[address]

    assert inspector.text("capture_bad_msgs", "check") == "'%s:%d' on\n" % address
    assert send()["damaged"] == {"sip_no_call_id": 1}
    (kept,) = inspector.json("callid_details", "@bad/sip_no_call_id")
    assert kept["label"] == "BYE sip:a SIP/2.0"
    assert inspector.text("capture_bad_msgs", "off") == "ok\n"
    stats = send()
    assert stats["capture_bad_msgs"] == "off" and stats["refused"] == {"sip_no_call_id": 1}
    assert len(inspector.json("callid_details", "@bad/sip_no_call_id")) == 1


def test_order_is_a_filter(with_sample, program, tmp_path):
    details = with_sample.json("callid_details", CALL)
    with_sample.settle()
    lines = [p.read_text() for p in with_sample.root.glob("??/??/*") if CALL in p.read_text()]
    chunks = [json.loads(line) for line in lines[0].splitlines()]
    assert len(chunks) > len(details)
    shuffled = sorted(chunks, key=lambda c: (len(c["label"]), c["src"]))
    file = tmp_path / "chunks.json"
    file.write_text(json.dumps(shuffled, indent=2))

    def order(*arguments, **more):
        return json.loads(subprocess.run([program, "order", *arguments], check=True,
                                         capture_output=True, **more).stdout)  # fmt: skip

    assert order(file) == details
    assert order(input=json.dumps([shuffled, [], shuffled]).encode()) == [details, [], details]
    assert order(input=b"[]") == []


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[{}]", "[[{}]]", '[{"label":"x"}', "[[], 1]"])
def test_order_refuses_what_is_no_array_of_chunks(program, text):
    answer = subprocess.run([program, "order"], input=text.encode(), capture_output=True)
    assert answer.returncode == 2 and answer.stdout == b""
    assert answer.stderr.startswith(b"call_inspector: ") and answer.stderr.count(b"\n") == 1


def test_without_an_inspector_commands_fail_and_say_where(program, tmp_path):
    answer = subprocess.run([program, "--socket", tmp_path / "none", "flush"], capture_output=True)
    assert answer.returncode == 1
    assert answer.stderr.decode().startswith(
        "call_inspector: no inspector answers at %s/none: " % tmp_path
    )


@pytest.mark.parametrize(
    "words", [["nonsense"], ["callid_details"], ["flush", "a", "b"], ["list_active_parsers", "x"]]
)
def test_wrong_usage_is_exit_code_one(inspector, words):
    answer = inspector.ask(*words)
    assert answer.returncode == 1 and answer.stdout == b"" and answer.stderr.count(b"\n") == 1


def test_an_answer_that_cannot_be_written_is_an_error(inspector):
    with open("/dev/full", "w") as full:
        answer = subprocess.run(
            [PROGRAM, "--socket", inspector.socket, "store_stats"], stdout=full, stderr=subprocess.PIPE)  # fmt: skip
    assert answer.returncode == 2 and answer.stderr == b"call_inspector: cannot write the answer\n"


def test_help_names_every_command(program):
    overview = subprocess.run([program, "--help"], check=True, capture_output=True).stdout.decode()
    names = [line.split()[0] for line in overview.splitlines() if line[:2] == "  " != line[1:3]]
    assert {"run", "port", "order", "replay", "start_hep_parser", "flush"} <= set(names)
    for name in names:
        page = subprocess.run([program, name, "--help"], check=True, capture_output=True).stdout
        assert page.decode().startswith("usage: call_inspector " + name)
    told = " ".join(overview.split())
    assert "what to look at next. message" in told and "Pin the next COUNT calls" in told, "whole sentences"
    assert max(map(len, overview.splitlines())) <= 100
    version = subprocess.run([program, "--version"], check=True, capture_output=True).stdout
    assert version.startswith(b"call_inspector 0.")


@pytest.mark.parametrize("name", ["run", "port", "order", "replay"])
def test_help_and_the_documentation_tell_every_option(program, name):
    page = subprocess.run([program, name, "--help"], check=True, capture_output=True).stdout.decode()
    table = page[page.index("\n\n") :]
    shown = re.findall(r"^  --(\S+) ", table, re.M)
    text = (DOCS / "commands.md").read_text()
    section = text[text.index("## call_inspector " + name) :]
    section = section[: section.index("\n## ") if "\n## " in section else len(section)]
    assert shown and set(shown) - {"file"} == set(re.findall(r"--([a-z][a-z-]*)", section))
    for option in shown:  # what help shows is what is parsed
        answer = subprocess.run([program, name, "--" + option], capture_output=True, timeout=60)
        assert answer.returncode == 1
        assert answer.stderr.decode() == (
            "call_inspector: the required argument for option '--%s' is missing; "
            "try call_inspector %s --help\n" % (option, name)
        )


@pytest.mark.parametrize(
    "arguments",
    [["run", "--nonsense"], ["run", "--hep", "here"], ["replay"], ["replay", "x.bin"], ["-x"], []],
)
def test_bad_options_are_refused(program, arguments):
    answer = subprocess.run([program, *arguments], capture_output=True, timeout=60)
    assert answer.returncode == 1 and answer.stdout == b"" and answer.stderr


def test_replay_refuses_what_is_no_recording(program, tmp_path):
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"\0\0\0\x09" + b"\0" * 9)
    for path, why in [(broken, "byte 0"), (tmp_path / "none", "cannot read")]:
        answer = subprocess.run([program, "replay", path, "--to", "127.0.0.1:9"], capture_output=True)
        assert answer.returncode == 2 and why in answer.stderr.decode()


def test_the_socket_is_for_owner_and_group(inspector):
    assert os.stat(inspector.socket).st_mode & 0o777 == 0o660
