"""Commands that ask all inspectors at a broker: their rows together, and calls whose legs are kept by
different ones."""

import json
import re
import signal
import socket
import time

import pytest

from conftest import wait_for
from test_amqp import asker, broker, pki, start  # noqa: F401 (fixtures)
from test_whole_calls import CALLEE, PBX, Leg, a_leg, b_leg, hep3

GATHER_MS = 20_000  # nobody is given up by a machine that is slow


class Site:
    """An inspector at the broker, and a sender of its own."""

    def __init__(self, inspector):
        self.inspector = inspector
        self.node = inspector.node
        self.address = inspector.start_parser()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def ask(self, *words):
        status, text = self.inspector.ask_directly(*words)
        assert status == 0, text
        return text

    def rows(self, expression, *n, command="search_all"):
        """The rows, and the last line's object if it is none."""
        lines = [json.loads(line) for line in self.ask(command, expression, *n).splitlines()]
        told = lines.pop() if lines and "incomplete" in lines[-1] else {}
        return lines, told

    def wait_found(self, *call_ids):
        for call_id in call_ids:
            wait_for(
                lambda: [[r["call-id"]] for r in self.rows(call_id, command="search")[0]] == [[call_id]]
                and not self.rows(call_id, command="search")[1],
                call_id + " to be in the index",
            )


class Sites:
    """One clock for all that is sent: the machine's own."""

    def __init__(self, inspectors):
        self.all = [Site(one) for one in inspectors]

    def send(self, site, *messages, also=()):
        for message, src, dst in messages:
            now = time.time_ns() // 1000
            for to in (site, *also):
                to.socket.sendto(hep3(message, src, dst, now), to.address)
            time.sleep(0.002)


@pytest.fixture
def sites(start):  # noqa: F811
    def make(count, gather_ms=GATHER_MS):
        return Sites(start.all(count, gather_ms=gather_ms))

    return make


def test_a_search_shows_the_rows_of_all_inspectors(sites):
    all_ = sites(2)
    one, two = all_.all
    legs = [Leg("%d@x" % i, PBX, CALLEE, "alice", "bob") for i in range(4)]
    for i, leg in enumerate(legs[:3]):
        all_.send(all_.all[i % 2], leg.request("INVITE"))
    both = legs[3]
    all_.send(one, both.request("INVITE"))
    all_.send(two, both.request("INVITE"), both.response("486 Busy Here"))
    one.wait_found("0@x", "2@x", "3@x")
    two.wait_found("1@x", "3@x")
    for asked in (one, two):
        rows, told = asked.rows("from=alice")
        assert not told
        assert [row["call-id"] for row in rows] == ["3@x", "2@x", "1@x", "0@x"]
        assert [row["inspectors"] for row in rows] == [
            sorted([one.node, two.node]), [one.node], [two.node], [one.node],
        ]  # fmt: skip
        assert (rows[0]["messages"], rows[0]["outcome"]) == (2, "busy")  # who saw more tells more
        assert [row["call-id"] for row in asked.rows("from=alice", "2")[0]] == ["3@x", "2@x"]
    alone = one.rows("0@x", command="search")[0][0]
    assert one.rows("0@x")[0] == [{**alone, "inspectors": [one.node]}]
    assert one.rows("from=nobody") == ([], {})


def test_mistakes_are_told_before_anybody_is_asked(sites):
    one, two = sites(2).all
    status, text = one.inspector.ask_directly("search_all", "form=alice")
    assert (status, text) == one.inspector.ask_directly("search", "form=alice")
    assert status == 1
    assert one.inspector.ask_directly("search_all", "from=alice", "0")[0] == 1
    assert two.inspector.amqp()["helped"] == 0


def test_a_search_tells_who_did_not_answer(sites):
    all_ = sites(3, gather_ms=1_000)
    one, two, three = all_.all
    leg = a_leg()
    all_.send(one, leg.request("INVITE"))
    one.wait_found(leg.call_id)
    three.inspector.process.send_signal(signal.SIGSTOP)
    rows, told = one.rows("alice")
    assert rows == []
    rows, told = one.rows(leg.call_id)
    assert [row["call-id"] for row in rows] == [leg.call_id]
    text = "inspector %s did not answer: its calls are missing" % three.node
    assert told == {"incomplete": text, "missing": [three.node]}
    three.inspector.process.send_signal(signal.SIGCONT)
    wait_for(lambda: not one.rows(leg.call_id)[1], "everybody to answer")


def test_without_a_connection_the_own_rows_are_shown(start, tmp_path, inspector):  # noqa: F811
    assert inspector.ask_directly("search_all", "alice") == (
        2, "AMQP is not configured: there are no other inspectors to ask\n",
    )  # fmt: skip
    one = Site(start("alone", "amqp://guest:guest@127.0.0.1:1"))
    all_ = Sites([])
    leg = a_leg()
    all_.send(one, leg.request("INVITE"))
    one.wait_found(leg.call_id)
    rows, told = one.rows(leg.call_id)
    assert [row["inspectors"] for row in rows] == [[one.node]]
    assert told == {
        "incomplete": "other inspectors were not asked: there is no connection to the broker",
        "missing": [],
    }


def test_an_inspector_without_an_index_says_so(start):  # noqa: F811
    one, two = start("one", gather_ms=GATHER_MS), start("two", gather_ms=GATHER_MS)
    two.stop()
    two.arguments += ("--index", "off")
    two.start()
    one.wait_amqp(lambda s: [p["node"] for p in s["peers"]] == [two.node], "a peer")
    two.wait_amqp(lambda s: len(s["peers"]) == 1, "a peer")
    site = Site(one)
    leg = a_leg()
    Sites([]).send(site, leg.request("INVITE"))
    site.wait_found(leg.call_id)
    assert site.rows("alice")[1] == {
        "incomplete": "inspector %s: the index is turned off (setting index)" % two.node,
        "missing": [],
    }


def two_legs(all_, site_a, site_b, headers="X-CID: a@phone\r\n"):
    """A call through a PBX. Each site sees one leg of it."""
    a, b = a_leg(), b_leg(headers)
    for site, message in (
        (site_a, a.request("INVITE")), (site_a, a.response("100 Trying")), (site_b, b.request("INVITE")),
        (site_b, b.response("180 Ringing")), (site_a, a.response("180 Ringing")), (site_b, b.response("200 OK")),
        (site_a, a.response("200 OK")), (site_b, b.request("ACK")), (site_a, a.request("ACK")),
        (site_a, a.request("BYE", 2)), (site_b, b.request("BYE", 2)), (site_b, b.response("200 OK", "BYE", 2)),
        (site_a, a.response("200 OK", "BYE", 2)),
    ):  # fmt: skip
        all_.send(site, message)
    site_a.wait_found(a.call_id)
    site_b.wait_found(b.call_id)


TOLD = [
    ("A", "INVITE"), ("A", "100 Trying"), ("B", "INVITE"), ("B", "180 Ringing"), ("A", "180 Ringing"),
    ("B", "200 OK"), ("A", "200 OK"), ("B", "ACK"), ("A", "ACK"), ("A", "BYE"), ("B", "BYE"), ("B", "200 OK"),
    ("A", "200 OK"),
]  # fmt: skip


def told_by(details):
    return [
        (m["leg"], m["label"].removeprefix("SIP/2.0 ") if m["label"].startswith("SIP") else m["label"].split()[0])
        for m in details["messages"]
    ]


@pytest.mark.parametrize("headers", ["X-CID: a@phone\r\n", ""], ids=["header", "guess"])
def test_a_call_whose_legs_two_inspectors_keep_is_told_as_one(sites, inspector, headers):
    """As by one inspector that has both."""
    all_ = sites(2)
    one, two = all_.all
    two_legs(all_, one, two, headers)
    assert len(one.inspector.json("call_legs", "a@phone")["legs"]) == 1  # by itself it cannot
    whole = Sites([])
    inspector.node = None
    alone = Site(inspector)
    two_legs(whole, alone, alone, headers)
    wait_for(lambda: len(inspector.json("call_legs", "a@phone")["legs"]) == 2, "the legs")
    reference = inspector.json("call_details", "a@phone")
    assert told_by(reference) == TOLD
    for asked in (one, two):
        for call_id in ("a@phone", "b@pbx"):
            details = asked.inspector.json("call_details_all", call_id)
            assert told_by(details) == TOLD
            assert "incomplete" not in details
            assert [leg["inspectors"] for leg in details["legs"]] == [[one.node], [two.node]]
            for leg, same in zip(details["legs"], reference["legs"]):
                del leg["inspectors"]
                assert {n: v for n, v in leg.items() if n not in ("start", "last", "ring", "answer", "end")
                        and not n.endswith("_ms")} == {
                    n: same[n] for n in leg if n not in ("start", "last", "ring", "answer", "end")
                    and not n.endswith("_ms")}  # fmt: skip
            assert details["dialog_entities"] == reference["dialog_entities"]
            legs = asked.inspector.json("call_legs_all", call_id)
            assert [leg["call-id"] for leg in legs["legs"]] == ["a@phone", "b@pbx"]
            picture = asked.ask("ladder_all", call_id)
            without_stamps = [line[12:] for line in picture.splitlines() if "─" in line]
            expected = inspector.text("ladder", call_id).splitlines()
            assert len(without_stamps) == len([line for line in expected if "─" in line])
            assert "incomplete" not in picture


def test_a_leg_found_elsewhere_leads_to_further_legs(sites):
    """Each inspector keeps one leg of a chain, and no two neighbours are at the one that is asked."""
    all_ = sites(3)
    legs = [
        Leg("a@1", PBX, CALLEE, "1", "2"),
        Leg("b@2", CALLEE, PBX, "3", "4", "X-CID: a@1\r\n"),
        Leg("c@3", PBX, CALLEE, "5", "6", "X-CID: b@2\r\n"),
        Leg("d@1", PBX, CALLEE, "7", "8", "X-CID: c@3\r\n"),
    ]
    for i, leg in enumerate(legs):
        all_.send(all_.all[i % 3], leg.request("INVITE"))
        all_.all[i % 3].wait_found(leg.call_id)
    for site in all_.all:
        told = site.inspector.json("call_legs_all", "a@1")
        assert [leg["call-id"] for leg in told["legs"]] == [leg.call_id for leg in legs]
        assert "incomplete" not in told
        proofs = site.inspector.json("call_details_all", "c@3")["legs"][1]["joined_by"]
        assert {(p["with"], p["message"]) for p in proofs} == {("a@1", 1), ("c@3", 2)}


def test_a_leg_that_several_keep_is_told_once(sites):
    all_ = sites(2)
    one, two = all_.all
    leg = a_leg()
    for message in (leg.request("INVITE"), leg.response("486 Busy Here")):
        all_.send(one, message, also=[two])
    one.wait_found(leg.call_id)
    two.wait_found(leg.call_id)
    details = one.inspector.json("call_details_all", leg.call_id)
    assert told_by(details) == [("A", "INVITE"), ("A", "486 Busy Here")]
    assert details["legs"][0]["inspectors"] == sorted([one.node, two.node])
    assert one.inspector.json("call_details_all", "nobody")["legs"] == []


def test_who_did_not_answer_is_told_with_the_call(sites):
    all_ = sites(2, gather_ms=1_000)
    one, two = all_.all
    two_legs(all_, one, two)
    two.inspector.process.send_signal(signal.SIGSTOP)
    text = "inspector %s did not answer: its messages are missing" % two.node
    for command in ("call_legs_all", "call_details_all"):
        told = one.inspector.json(command, "a@phone")
        assert (told["incomplete"], told["missing"]) == (text, [two.node])
        assert [leg["call-id"] for leg in told["legs"]] == ["a@phone"]
    assert one.ask("ladder_all", "a@phone").splitlines()[-1] == "incomplete: " + text
    assert one.ask("ladder_all", "b@pbx").splitlines() == [
        "no messages are stored for b@pbx", "incomplete: " + text,
    ]  # fmt: skip
    two.inspector.process.send_signal(signal.SIGCONT)
    wait_for(
        lambda: told_by(one.inspector.json("call_details_all", "a@phone")) == TOLD,
        "all messages",
    )


def test_what_strangers_answer_is_counted_and_shown_to_nobody(start, asker):  # noqa: F811
    """A stranger claims to be an inspector, and answers its questions with nonsense."""
    one = start("one", gather_ms=2_000).wait_bound()
    site = Site(one)
    leg = a_leg()
    Sites([]).send(site, leg.request("INVITE"))
    site.wait_found(leg.call_id)
    common = {"App-Name": "x", "App-Version": "1", "Event-Category": "call_inspector", "Msg-ID": "1"}

    def as_stranger(event, **members):
        members = {name.replace("_", "-"): value for name, value in members.items()}
        body = {**common, "Instance": "stranger", "Server-ID": asker.queue, "Event-Name": event, **members}
        asker.publish("call_inspector." + event.split("_")[0], body)

    as_stranger("present", Node="evil\x1b[31m@host")
    one.wait_amqp(lambda s: len(s["peers"]) == 1, "the stranger")
    before = one.amqp()
    row = {"call-id": "x@evil", "start": "63962450204.066658", "messages": 3, "from_name": "\x1b[2J"}
    for members in (
        {"Rows": 7}, {"Rows": [{**row, "start": "soon"}]}, {"Rows": [{**row, "deep": [[1]]}]}, {},
        {"Looked_Up": [{"holders": [["c", 1 << 60, 1]]}]}, {"Looked_Up": [{"outline": [1, 2]}]},
    ):  # fmt: skip
        as_stranger("inquiry_resp", **members)
    as_stranger("inquiry_resp", Rows=[row])  # nobody asked
    for members in ({}, {"Expression": "x"}, {"Look_Ups": [{"holders": ["header", "x", "v"]}]}, {"Messages_Of": [1]}):
        as_stranger("inquiry_req", **members)
    one.wait_amqp(
        lambda s: (s["malformed"]["bad_report"], s["malformed"]["bad_inquiry"], s["late"] - before["late"])
        == (6, 4, 1),
        "nonsense to be counted",
    )
    text = site.ask("call_details_all", leg.call_id) + site.ask("ladder_all", leg.call_id)
    assert "evil" in text and "\x1b" not in text
    told = one.json("call_details_all", leg.call_id)
    assert told_by(told) == [("A", "INVITE")]
    assert told["missing"] == ["evil\x1b[31m@host"]


def good_call(all_, site, call_id="good@phone"):
    """An earlier call between the same two, which only this site saw."""
    leg = a_leg()
    leg.call_id = call_id
    for message in (leg.request("INVITE"), leg.response("200 OK"), leg.request("ACK"), leg.request("BYE", 2),
                    leg.response("200 OK", "BYE", 2)):  # fmt: skip
        all_.send(site, message)
    site.wait_found(call_id)


def test_a_call_that_several_keep_is_told_message_by_message(sites):
    all_ = sites(2)
    one, two = all_.all
    good_call(all_, two)
    two_legs(all_, one, two)
    for asked in all_.all:
        story = asked.ask("story_all", "b@pbx")
        assert "%s called %s." % (PBX.split(":")[0], CALLEE.split(":")[0]) in story
        assert "%s took the call after" % CALLEE.split(":")[0] in story
        assert "incomplete" not in story
        details = asked.inspector.json("call_details_all", "a@phone")
        place = next(i for i, m in enumerate(details["messages"]) if m["call-id"] == "b@pbx")
        shown = asked.ask("message_all", "a@phone", str(place))
        assert "leg B is b@pbx" in shown and "X-CID: a@phone" in shown and "incomplete" not in shown
        made = asked.ask("diff_all", "a@phone", "0")
        assert "+ X-CID: a@phone" in made and "incomplete" not in made
        assert asked.ask("diff_all", "a@phone", "0", str(place)) == made
        compared = asked.ask("compare_all", "a@phone")
        assert compared.startswith("- good@phone, ") and "the last good one from +49301234567 to 2001" in compared
        assert asked.ask("compare_all", "a@phone", "good@phone").startswith("- good@phone, ")
    assert one.inspector.ask_directly("message_all", "a@phone", "99")[0] == 2
    assert one.inspector.ask_directly("compare_all", "nobody")[0] == 2


def test_who_did_not_answer_is_told_below_each_answer(sites):
    all_ = sites(2, gather_ms=1_000)
    one, two = all_.all
    good_call(all_, one)
    two_legs(all_, one, two)
    two.inspector.process.send_signal(signal.SIGSTOP)
    text = "incomplete: inspector %s did not answer: its messages are missing" % two.node
    for words in (("story_all", "a@phone"), ("message_all", "a@phone", "0"), ("diff_all", "a@phone", "0", "1")):
        assert one.ask(*words).splitlines()[-1] == text, words
    assert one.ask("compare_all", "a@phone").splitlines()[-2:] == ["- " + text, "+ " + text]
    for words in (("message_all", "b@pbx", "0"), ("compare_all", "b@pbx"), ("message_all", "a@phone", "99")):
        status, told = one.inspector.ask_directly(*words)
        assert (status, told.splitlines()[-1]) == (2, text), words
    two.inspector.process.send_signal(signal.SIGCONT)
