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
    """One clock for all that is sent."""

    def __init__(self, inspectors):
        self.all = [Site(one) for one in inspectors]
        self.now = time.time_ns() // 1000

    def send(self, site, *messages):
        for message, src, dst in messages:
            self.now += 2000
            site.socket.sendto(hep3(message, src, dst, self.now), site.address)
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
