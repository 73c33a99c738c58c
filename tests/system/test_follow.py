"""Following dialogues with the real program: what begins and ends is printed while it happens."""

import json
import queue
import subprocess
import threading
import time

import pytest

from conftest import PATIENCE, PROGRAM, wait_for
from stored import settled
from test_search import Searched, send_call, sip


@pytest.fixture
def searched(tmp_path):
    one = Searched(tmp_path)
    yield one
    one.inspector.stop()


class Follow:
    """`follow` in a terminal; its lines with the time when they came."""

    def __init__(self, searched, *words):
        self.process = subprocess.Popen(
            [PROGRAM, "--socket", searched.inspector.socket, "follow", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), json.loads(line)))

    def next(self):
        return self.lines.get(timeout=PATIENCE)

    def end(self):
        """The exit code, the lines that were not read, and the complaints."""
        code = self.process.wait(PATIENCE)
        rest = []
        while not self.lines.empty():
            rest.append(self.lines.get()[1])
        return code, rest, self.process.stderr.read().decode()


def begun(searched, *words):
    """A follow that sees what is sent from now on."""
    follow = Follow(searched, *words)
    for i in range(1000):
        searched.send(sip("probe-%d@x" % i, from_="probe"))
        try:
            _, row = follow.lines.get(timeout=0.1)
        except queue.Empty:
            continue
        assert row["from_user"] == "probe"
        last = "probe-%d@x" % i
        while row["call-id"] != last:
            _, row = follow.next()
        return follow
    pytest.fail("nothing is followed")


def test_a_dialogue_is_told_when_it_begins_and_when_it_ends(searched):
    send_call(searched, "before@x")
    searched.wait_found("call=before@x", ["before@x"])
    searched.wait_complete()
    follow = begun(searched, "from=alice,probe", "60")
    waits = []
    for i in range(5):
        call_id = "call-%d@x" % i
        sent = time.monotonic()
        searched.send(sip("other-%d@x" % i, from_="carol"), sip(call_id))
        came, row = follow.next()
        assert (row["call-id"], row["outcome"], row["messages"]) == (call_id, "in_progress", 1)
        waits.append(came - sent)
        sent = time.monotonic()
        searched.send(sip(call_id, status=180), sip(call_id, status=486))
        came, row = follow.next()
        assert (row["call-id"], row["outcome"], row["status"]) == (call_id, "busy", 486)
        waits.append(came - sent)
    assert sorted(waits)[5] < 1, waits
    follow.process.kill()


def test_it_ends_when_its_time_is_over(searched):
    started = time.monotonic()
    code, rest, complaints = Follow(searched, "from=alice", "1").end()
    assert (code, rest, complaints) == (0, [], "")
    assert 1 <= time.monotonic() - started < PATIENCE


@pytest.mark.parametrize(
    "words, told",
    [
        (["form=alice"], "column 1: no field 'form'; is from meant?"),
        (["from=alice", "0"], "SECONDS is a number from 1 to 3600"),
        (["from=alice", "3601"], "SECONDS is a number from 1 to 3600"),
        (["from=alice", "status=486"], "SECONDS is a number from 1 to 3600; an expression of several words is one"),
        ([], "usage: follow EXPRESSION [SECONDS]"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(searched, words, told):
    answer = searched.inspector.ask("follow", *words)
    assert answer.returncode == 1 and answer.stdout == b""
    assert answer.stderr.decode().startswith(told), answer.stderr.decode()


def test_it_ends_with_the_inspector(searched):
    follow = begun(searched, "from=probe", "600")
    searched.inspector.stop()
    code, _, complaints = follow.end()
    assert code == 1 and "no inspector answers" in complaints or "went away" in complaints
    searched.inspector.start()
    searched.listen()


def test_without_an_index_nothing_can_be_followed(tmp_path):
    searched = Searched(tmp_path, "--index", "off")
    answer = searched.inspector.ask("follow", "from=alice")
    assert (answer.returncode, answer.stderr) == (2, b"the index is turned off (setting index)\n")
    searched.inspector.stop()


class Cursor:
    """`follow_next`, as a program asks it."""

    def __init__(self, searched, expression):
        self.inspector, self.expression = searched.inspector, expression
        self.cursor = self.inspector.text("follow", expression).split()[0]

    def rows(self):
        text = self.inspector.text("follow_next", self.cursor, self.expression)
        self.cursor, *lines = text.splitlines()
        return [json.loads(line) for line in lines]

    def wait(self, count):
        rows = []
        wait_for(lambda: rows.extend(self.rows()) or len(rows) >= count, "%d rows" % count)
        return rows


def test_what_comes_to_match_is_told_once(searched):
    searched.send(sip("late@x"), sip("late@x", status=180))
    searched.wait_found("call=late@x", ["late@x"])
    searched.wait_complete()
    cursor = Cursor(searched, "status=4xx,5xx")
    searched.send(sip("late@x", status=503))
    rows = cursor.wait(1)
    searched.send(sip("late@x", status=503), sip("late@x", "ACK"))  # nothing that one follows for
    send_call(searched, "other@x")
    rows += cursor.wait(1)
    assert [(row["call-id"], row["outcome"]) for row in rows] == [("late@x", "failed"), ("other@x", "busy")]


def test_a_program_goes_on_from_a_cursor(searched):
    searched.send(sip("first@x"))
    searched.wait_found("call=first@x", ["first@x"])
    searched.wait_complete()
    one, other = Cursor(searched, "from=alice"), Cursor(searched, "from=alice status=486")
    send_call(searched, "a@x")
    assert {row["call-id"] for row in one.wait(1)} == {"a@x"}
    assert [row["status"] for row in other.wait(1)] == [486]
    again = Cursor(searched, "from=alice")
    searched.send(sip("b@x"))
    assert [row["call-id"] for row in again.wait(1)] == ["b@x"]
    answer = searched.inspector.ask("follow_next", "yesterday", "from=alice")
    assert (answer.returncode, answer.stderr) == (1, b"CURSOR is what follow or follow_next gave\n")


def test_a_cursor_of_an_earlier_run_is_told_and_goes_on_from_now(searched):
    send_call(searched, "a@x")
    searched.wait_found("call=a@x", ["a@x"])
    cursor = Cursor(searched, "from=alice")
    searched.restart()
    assert cursor.rows() == [{"left_out": "what happened before the inspector's start"}]
    searched.wait_complete()
    searched.send(sip("b@x"))
    assert [row["call-id"] for row in cursor.wait(1)] == ["b@x"]


def test_what_was_not_asked_for_in_time_is_counted(searched):
    """Sixteen megabytes of changes are kept: with a long Call-ID they are soon used up."""
    searched.send(sip("first@x"))
    searched.wait_found("call=first@x", ["first@x"])
    cursor = Cursor(searched, "from=alice")
    long = "y" * 8000
    sent = 2500
    keeper = Cursor(searched, "from=nobody")
    for i in range(sent):
        searched.send(sip("%d-%s@x" % (i, long)))
        if i % 20 == 0:
            time.sleep(0.002)
            keeper.rows()

    def are_most_known():
        keeper.rows()  # nothing is kept once nobody has asked for ten seconds
        return searched.inspector.json("store_stats")["index"]["dialogues"] > 2100

    wait_for(are_most_known, "the index")
    settled(searched.inspector, 0)
    first = cursor.rows()[0]
    assert 0 < first["left_out"] < sent


def test_a_rebuild_tells_nothing_again(searched):
    for i in range(50):
        send_call(searched, "call-%d@x" % i)
    wait_for(lambda: len(searched.found("status=486", "100")) == 50, "all calls")
    searched.wait_complete()
    cursor = Cursor(searched, "from=alice")
    searched.inspector.text("rebuild_index")
    searched.wait_complete()
    send_call(searched, "after@x")
    rows = cursor.wait(1)
    wait_for(lambda: searched.found("call=after@x status=486"), "the last call")
    rows += cursor.rows()
    assert {row["call-id"] for row in rows} == {"after@x"}
