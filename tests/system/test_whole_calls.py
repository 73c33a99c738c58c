"""All legs of a call with the real program: found, put in one order, drawn."""

import json
import re
import socket
import struct
import time

import pytest

from conftest import Inspector, wait_for
from stored import relative

PHONE, PBX, CALLEE = "10.0.0.1", "10.0.0.2", "10.0.0.3"


def hep3(message, src, dst, micros, capture=7):
    fields = (
        (1, b"\2"), (2, b"\21"), (3, socket.inet_aton(src)), (4, socket.inet_aton(dst)),
        (7, struct.pack(">H", 5060)), (8, struct.pack(">H", 5060)),
        (9, struct.pack(">I", micros // 1_000_000)), (10, struct.pack(">I", micros % 1_000_000)),
        (11, b"\1"), (12, struct.pack(">I", capture)), (15, message.encode()),
    )  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, type_, 6 + len(v)) + v for type_, v in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


class Leg:
    def __init__(self, call_id, uac, uas, from_, to, headers=""):
        self.call_id, self.uac, self.uas = call_id, uac, uas
        self.from_, self.to, self.headers = from_, to, headers

    def message(self, start, method, number, to_tag):
        return (
            "%s\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s-%d\r\nFrom: <sip:%s@x.example>;tag=f\r\n"
            "To: <sip:%s@x.example>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: 0\r\n\r\n"
            % (start, self.uac, self.call_id, number, self.from_, self.to, to_tag, self.call_id, number, method, self.headers)
        )  # fmt: skip

    def request(self, method, number=1):
        tag = "" if method in ("INVITE", "CANCEL") else ";tag=t"
        start = "%s sip:%s@%s SIP/2.0" % (method, self.to, self.uas)
        return self.message(start, method, number, tag), self.uac, self.uas

    def response(self, status, method="INVITE", number=1):
        return self.message("SIP/2.0 " + status, method, number, ";tag=t"), self.uas, self.uac


class Collector:
    def __init__(self, tmp_path, *arguments):
        self.inspector = Inspector(tmp_path, *arguments)
        self.address = self.inspector.start_parser()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.now = time.time_ns() // 1000

    def send(self, *messages, late=0):
        for message, src, dst in messages:
            self.now += 2000
            self.socket.sendto(hep3(message, src, dst, self.now - late), self.address)
            time.sleep(0.002)

    def ask(self, *words):
        status, text = self.inspector.ask_directly(*words)
        assert status == 0, text
        return text

    def legs(self, call_id):
        return json.loads(self.ask("call_legs", call_id))

    def wait_complete(self, call_id):
        """The first message makes the store, which the index then reads."""
        wait_for(lambda: "incomplete" not in self.legs(call_id), "a complete index")

    def wait_legs(self, call_id, expected):
        wait_for(lambda: [leg["call-id"] for leg in self.legs(call_id)["legs"]] == expected,
                 "%s to have the legs %s" % (call_id, expected))


@pytest.fixture
def collector(tmp_path):
    one = Collector(tmp_path)
    yield one
    one.inspector.stop()


def a_leg():
    return Leg("a@phone", PHONE, PBX, "+49301234567", "2001")


def b_leg(headers="X-CID: a@phone\r\n"):
    return Leg("b@pbx", PBX, CALLEE, "030-1234567", "77", headers)


def send_call(collector, a, b):
    collector.send(
        a.request("INVITE"), a.response("100 Trying"), b.request("INVITE"), b.response("180 Ringing"),
        a.response("180 Ringing"), b.response("200 OK"), a.response("200 OK"), b.request("ACK"), a.request("ACK"),
        a.request("BYE", 2), b.request("BYE", 2), b.response("200 OK", "BYE", 2), a.response("200 OK", "BYE", 2),
    )  # fmt: skip


def test_the_legs_of_a_call_are_told_with_what_shows_them(collector):
    send_call(collector, a_leg(), b_leg())
    for asked in ("a@phone", "b@pbx"):
        collector.wait_legs(asked, ["a@phone", "b@pbx"])
    collector.wait_complete("b@pbx")
    answer = collector.legs("b@pbx")
    assert answer["call-id"] == "b@pbx"
    first, second = answer["legs"]
    assert (first["leg"], second["leg"]) == ("A", "B")
    assert first["from_user"] == "+49301234567" and first["outcome"] == "answered"
    proof = second["joined_by"][0]
    assert proof["evidence"] == "header" and proof["sure"] and proof["with"] == "a@phone"
    assert proof["shown_by"] == "b@pbx" and "confidence" not in proof


def test_calls_lists_whole_calls(collector):
    send_call(collector, a_leg(), b_leg())
    collector.send(Leg("alone@phone", PHONE, PBX, "2002", "2003").request("INVITE"))
    collector.wait_complete("b@pbx")
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    wait_for(lambda: "alone@phone" in collector.ask("calls"), "the second call")
    wait_for(lambda: json.loads(collector.ask("calls").splitlines()[-1]).get("end"), "the end of the first call")
    newest, first = map(json.loads, collector.ask("calls").splitlines())
    assert newest["call-id"] == "alone@phone" and newest["legs"] == ["alone@phone"]
    assert first["call-id"] == "a@phone" and first["legs"] == ["a@phone", "b@pbx"]
    assert (first["from_user"], first["to_user"], first["outcome"]) == ("+49301234567", "2001", "answered")
    assert first["duration_ms"] > 0 and first["start"] < newest["start"]
    assert collector.ask("calls", "1").count("\n") == 1


def test_a_guess_tells_how_sure_it_is(collector):
    send_call(collector, a_leg(), b_leg(headers=""))
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    proof = collector.legs("a@phone")["legs"][1]["joined_by"][0]
    assert proof["evidence"] == "b2bua" and not proof["sure"] and 0 < proof["confidence"] < 1


def test_the_messages_of_all_legs_are_in_one_order(collector):
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    answer = json.loads(collector.ask("call_details", "a@phone"))
    flow = ["%s %s" % (m["leg"], m["label"].split(" sip:")[0]) for m in answer["messages"]]
    assert flow == [
        "A INVITE", "A SIP/2.0 100 Trying", "B INVITE", "B SIP/2.0 180 Ringing", "A SIP/2.0 180 Ringing",
        "B SIP/2.0 200 OK", "A SIP/2.0 200 OK", "B ACK", "A ACK", "A BYE", "B BYE", "B SIP/2.0 200 OK", "A SIP/2.0 200 OK",
    ]  # fmt: skip
    assert {m["call-id"] for m in answer["messages"]} == {"a@phone", "b@pbx"}
    why = {(e["cause"], i): e["why"] for i, e in enumerate(answer["events"]) if "cause" in e}
    assert why == {(0, 2): "called on", (3, 4): "rings", (5, 6): "answered", (9, 10): "hung up"}
    assert answer["legs"][1]["joined_by"][0]["message"] == 2
    assert len(answer["events"]) == len(answer["messages"])
    for member in ("dialog_entities", "analysis", "clocks", "gaps", "contradictions"):
        assert member in answer


def test_a_leg_that_comes_later_joins_later(collector):
    collector.send(b_leg().request("INVITE"))
    collector.wait_legs("b@pbx", ["b@pbx"])
    collector.send(a_leg().request("INVITE"))
    # The leg that made the other one comes first, although it came later.
    collector.wait_legs("b@pbx", ["a@phone", "b@pbx"])


def test_a_ladder_shows_all_legs_and_the_names_of_hosts(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"hosts": {"pbx": ["10.0.0.2", "10.0.9.0/24"], "phone": ["10.0.0.1:5060"]}}))
    collector = Collector(tmp_path, "--config", str(config))
    try:
        send_call(collector, a_leg(), b_leg())
        collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
        collector.wait_complete("a@phone")
        drawn = collector.ask("ladder", "a@phone")
        head = drawn.splitlines()[0]
        assert "pbx" in head and "phone" in head and "10.0.0.3:5060" in head
        assert "10.0.0.2" not in drawn
        lines = [line for line in drawn.splitlines() if "INVITE" in line]
        assert " A " in lines[0] and " B " in lines[1]
        assert drawn.rstrip().endswith("A  a@phone\nB  b@pbx")
        answer = json.loads(collector.ask("call_details", "b@pbx"))
        assert answer["dialog_entities"] == ["phone", "pbx", "10.0.0.3:5060"]
        assert answer["columns"] == [
            {"name": "phone", "endpoints": ["10.0.0.1:5060"]}, {"name": "pbx", "endpoints": ["10.0.0.2:5060"]},
            {"name": "", "endpoints": ["10.0.0.3:5060"]},
        ]  # fmt: skip
        # One dialogue is drawn without letters.
        collector.send(Leg("alone", PHONE, CALLEE, "5", "6").request("INVITE"))
        collector.wait_legs("alone", ["alone"])
        assert "A  alone" not in collector.ask("ladder", "alone")
    finally:
        collector.inspector.stop()


def test_an_unknown_call_has_no_legs(collector):
    assert collector.legs("nothing")["legs"] == []
    assert json.loads(collector.ask("call_details", "nothing"))["messages"] == []
    assert "no messages are stored" in collector.ask("ladder", "nothing")


def test_a_leg_that_cannot_be_read_costs_only_itself(collector):
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    collector.inspector.settle()
    place = collector.inspector.root / relative("b@pbx")
    place.unlink()
    place.mkdir()  # cannot be read, whoever tries
    for command in ("call_legs", "call_details"):
        answer = json.loads(collector.ask(command, "a@phone"))
        assert "cannot be read" in answer["incomplete"] and str(place) in answer["incomplete"]
        assert answer["legs"][0]["call-id"] == "a@phone" and answer["legs"][0]["outcome"] == "answered"
        # Of the other leg nothing is known but that it is one, and why.
        assert {"leg", "call-id", "joined_by"} == set(answer["legs"][1])
    assert len(answer["messages"]) == 7
    drawn = collector.ask("ladder", "a@phone")
    assert " A " in drawn and "incomplete: the messages of a leg cannot be read" in drawn
    for command in ("call_legs", "call_details", "ladder"):
        status, text = collector.inspector.ask_directly(command, "b@pbx")
        assert status == 2 and text.startswith("cannot read: "), text


def test_without_the_index_a_call_has_one_leg_and_says_why(tmp_path):
    collector = Collector(tmp_path, "--index", "off")
    try:
        send_call(collector, a_leg(), b_leg())
        wait_for(lambda: collector.legs("a@phone")["legs"], "the call to be stored")
        answer = collector.legs("a@phone")
        assert [leg["call-id"] for leg in answer["legs"]] == ["a@phone"]
        assert "index" in answer["incomplete"]
    finally:
        collector.inspector.stop()


def test_a_ladder_is_drawn_as_it_is_asked_for(collector):
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    messages = json.loads(collector.ask("call_details", "a@phone"))["messages"]

    def rows(*words):
        drawn = collector.ask("ladder", "a@phone", *words).splitlines()
        return [line for line in drawn[1:] if line[:2].strip().isdigit()]

    assert [int(row[:2]) for row in rows()] == list(range(len(messages)))
    assert "<- 0 called on" in rows()[2] and "<- 5 answered" in rows()[6]
    assert [int(row[:2]) for row in rows("legs=B", "200")] == [
        place for place, message in enumerate(messages) if message["leg"] == "B"]  # fmt: skip
    named = [line for line in collector.ask("ladder", "a@phone", "legs=B").splitlines() if "@" in line and "#" not in line]
    assert named == ["B  b@pbx"], "legs that are not drawn are not listed"
    assert [int(row[:2]) for row in rows("hosts=" + CALLEE)] == [2, 3, 5, 7, 10, 11]
    assert all(row.isascii() for row in rows("ascii"))
    assert not any(row.isascii() for row in rows("unicode"))
    for width in (60, 80, 120):
        assert max(len(row) for row in rows(str(width))) <= width
    for words, why in (
        (["30"], "unknown option '30' (known: a width from 60 to 1000, color"),
        (["120", "x\x1b[2J"], "unknown option 'x\\x1b[2J' (known: "),
        (["legs="], "unknown option 'legs='"),
        (["legs=X"], "no such leg: X (known: A, B)"),
        (["hosts=kam"], "no such host: kam (known: %s, %s, %s)" % (PHONE, PBX, CALLEE)),
    ):  # fmt: skip
        status, text = collector.inspector.ask_directly("ladder", "a@phone", *words)
        assert status == 2 and text.startswith(why), text


def test_a_ladder_marks_what_is_wrong_at_the_messages_that_show_it(collector):
    leg = a_leg()
    collector.send(leg.request("INVITE"), leg.response("100 Trying"), leg.response("404 Not Found"), leg.request("ACK"))
    collector.wait_legs("a@phone", ["a@phone"])
    answer = json.loads(collector.ask("call_details", "a@phone"))
    drawn = collector.ask("ladder", "a@phone", "100")
    findings = answer["analysis"][0]["findings"]
    assert findings
    for number, finding in enumerate(findings, 1):
        assert "\n!%d  %s: %s" % (number, finding["severity"], finding["text"][:40]) in drawn
        for place in finding["messages"]:
            (row,) = [line for line in drawn.splitlines() if line.startswith("%d !" % place)]
            assert str(number) in row.split()[1][1:].split(",")
    assert "    check: " in drawn


SGR = re.compile("\x1b\\[[0-9]+m")


def test_a_ladder_has_colours_only_if_they_are_asked_for(collector):
    hostile = Leg("a@phone", PHONE, PBX, "1", "2", "X: \x1b[31m\r\n")
    collector.send(hostile.request("INVITE"), hostile.response("200 \x1b[2J\x1b[31mOK"))
    collector.wait_legs("a@phone", ["a@phone"])
    plain = collector.ask("ladder", "a@phone")
    assert "\x1b" not in plain and "\x1b" not in collector.ask("ladder", "a@phone", "color", "nocolor")
    coloured = collector.ask("ladder", "a@phone", "color")
    assert SGR.search(coloured)
    assert SGR.sub("", coloured) == plain, "colours, and nothing else, whatever strangers wrote"
    assert "\\x1b[31mOK" in plain


def test_a_ladder_breaks_the_arrow_of_what_was_lost_on_its_way(collector):
    """The phone's observer sees two INVITEs leave, that of the PBX sees the second arrive."""
    at_pbx = collector.inspector.start_parser()
    leg, onward = a_leg(), b_leg()
    both = (collector.address, at_pbx)
    when = collector.now
    for (message, src, dst), later, observers in (
        (leg.request("INVITE"), 0, both[:1]), (leg.request("INVITE"), 500_000, both), (leg.response("100 Trying"), 501_000, both),
        (onward.request("INVITE"), 502_000, both[1:]), (onward.response("200 OK"), 899_000, both[1:]),
        (leg.response("200 OK"), 900_000, both), (leg.request("ACK"), 902_000, both), (leg.request("BYE", 2), 950_000, both),
        (leg.response("200 OK", "BYE", 2), 951_000, both),
    ):  # fmt: skip
        for observer in observers:
            collector.socket.sendto(hep3(message, src, dst, when + later), observer)
            time.sleep(0.002)
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    collector.inspector.settle()
    folded, opened = collector.ask("ladder", "a@phone"), collector.ask("ladder", "a@phone", "open")
    assert "╳" not in folded and "x2 over 500 ms  1 lost" in folded
    rows = [line for line in opened.splitlines() if "INVITE" in line and " A " in line]
    assert "╳" in rows[0] and "▶" not in rows[0] and "retransmission 1" in rows[1] and "▶" in rows[1], opened
