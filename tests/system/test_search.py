"""Searching calls with the real program: what was sent is found, what is gone is not."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import time

import pytest

from conftest import Inspector, wait_for
from stored import hep3, relative, settled


def sip(call_id, method="INVITE", status=None, number=1, from_="alice", to="bob", extra=""):
    start = "SIP/2.0 %d Reason" % status if status else "%s sip:%s@example.com SIP/2.0" % (method, to)
    return (
        "%s\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s-%d\r\n"
        "From: \"A\" <sip:%s@example.com>;tag=f\r\nTo: <sip:%s@example.com>%s\r\n"
        "Call-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: 0\r\n\r\n"
        % (start, call_id, number, from_, to, ";tag=t" if status else "", call_id, number, method, extra)
    ).encode()


class Searched:
    def __init__(self, tmp_path, *arguments):
        self.inspector = Inspector(tmp_path, *arguments)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listen()

    def listen(self):
        self.address = self.inspector.start_parser()

    def send(self, *messages):
        for message in messages:
            self.socket.sendto(hep3(message, time.time_ns() // 1000), self.address)

    def answer(self, expression, *n):
        """The rows, and why the answer may lack some."""
        status, text = self.inspector.ask_directly("search", expression, *n)
        assert status == 0, text
        lines = [json.loads(line) for line in text.splitlines()]
        incomplete = [line for line in lines if "incomplete" in line]
        assert lines[len(lines) - len(incomplete):] == incomplete
        return [line for line in lines if "incomplete" not in line], incomplete

    def found(self, expression, *n):
        return [row["call-id"] for row in self.answer(expression, *n)[0]]

    def wait_found(self, expression, call_ids):
        wait_for(lambda: sorted(self.found(expression)) == sorted(call_ids),
                 "%s to find %s, and not %s" % (expression, call_ids, self.found(expression)))

    def wait_complete(self):
        wait_for(lambda: not self.answer("call=nothing")[1], "a complete index")

    def restart(self, how=signal.SIGTERM):
        self.inspector.kill(how)
        self.inspector.start()
        self.listen()

    @property
    def database(self):
        return self.inspector.root / ".index" / "calls.db"


@pytest.fixture
def searched(tmp_path):
    one = Searched(tmp_path)
    yield one
    one.inspector.stop()


def send_call(searched, call_id, **who):
    searched.send(sip(call_id, **who), sip(call_id, status=180, **who), sip(call_id, status=486, **who))


def test_a_call_is_found_within_a_second_of_its_first_message(searched):
    send_call(searched, "earlier@x")  # the first message makes the database
    searched.wait_found("from=alice", ["earlier@x"])
    waits = []
    for i in range(5):
        call_id = "live-%d@x" % i
        begun = time.monotonic()
        searched.send(sip(call_id))
        searched.wait_found("call=" + call_id, [call_id])
        waits.append(time.monotonic() - begun)
    assert sorted(waits)[2] < 1, waits
    (row,), _ = searched.answer("call=live-0@x")
    assert (row["kind"], row["outcome"], row["from_user"], row["to_user"]) == ("call", "in_progress", "alice", "bob")
    assert row["messages"] == 1 and "status" not in row
    searched.send(sip("live-0@x", status=200))
    wait_for(lambda: searched.answer("call=live-0@x")[0][0].get("status") == 200, "the 200")


def test_what_a_row_tells(searched):
    searched.send(
        sip("row@x", from_="%2B4930123", extra="User-Agent: Phone/1\r\nP-Asserted-Identity: <tel:+49-30-123>\r\n"),
        sip("row@x", status=180), sip("row@x", status=200, extra="Server: Gate/2\r\n"), sip("row@x", "BYE", number=2),
    )  # fmt: skip
    wait_for(lambda: searched.found("call=row@x method=BYE"), "the BYE")
    searched.wait_complete()  # the first message makes the store, which the index then reads
    (row,), incomplete = searched.answer("30123 kind=call")
    assert not incomplete
    assert list(row) == [
        "call-id", "kind", "start", "last", "from_user", "from_host", "from_name", "to_user", "to_host",
        "ruri_user", "ruri_host", "pai_user", "ring", "answer", "end", "status", "outcome", "post_dial_delay_ms",
        "duration_ms", "endpoints", "user_agents", "methods", "messages",
    ]  # fmt: skip
    assert row["from_user"] == "+4930123" and row["from_name"] == "A"
    assert row["endpoints"] == ["10.0.0.1:5060", "10.0.0.2:5080"]
    assert row["user_agents"] == ["Gate/2", "Phone/1"] and row["methods"] == ["INVITE", "BYE"]
    assert (row["status"], row["outcome"], row["messages"]) == (200, "answered", 4)
    details = searched.inspector.json("callid_details", "row@x")
    assert row["start"] == min(chunk["ref_timestamp"] for chunk in details)
    assert row["last"] == max(chunk["ref_timestamp"] for chunk in details)


def test_the_newest_first_and_as_many_as_asked_for(searched):
    for i in range(30):
        searched.send(sip("call-%02d@x" % i))
        time.sleep(0.001)  # arrivals of one batch may have one time
    searched.send(sip("register@x", "REGISTER"), sip("options@x", "OPTIONS"))
    newest_first = ["call-%02d@x" % i for i in reversed(range(30))]
    wait_for(lambda: searched.found("", "100") == newest_first, "all calls, and nothing else")
    assert searched.found("from=alice") == newest_first[:20]
    assert searched.found("from=alice", "3") == newest_first[:3]
    assert searched.found("kind=registration,options", "1") in (["register@x"], ["options@x"])
    searched.wait_complete()
    calls = searched.inspector.text("calls", "2")
    assert [json.loads(line)["call-id"] for line in calls.splitlines()] == newest_first[:2]
    assert [json.loads(line)["legs"] for line in calls.splitlines()] == [[one] for one in newest_first[:2]]


def test_calls_say_that_the_index_is_not_complete(searched):
    for i in range(300):
        searched.send(sip("call-%d@x" % i))
        if i % 50 == 0:
            time.sleep(0.01)
    wait_for(lambda: len(searched.found("from=alice", "1000")) == 300, "all calls")
    searched.wait_complete()
    searched.inspector.json("rebuild_index")
    seen = []

    def is_complete():
        lines = [json.loads(line) for line in searched.inspector.text("calls", "1000").splitlines()]
        incomplete = lines.pop() if lines and "incomplete" in lines[-1] else None
        assert incomplete or len(lines) == 300
        seen.append(incomplete)
        return incomplete is None

    wait_for(is_complete, "the index")
    assert any(one and "is being made" in one["incomplete"] for one in seen)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_stored_is_found_after_a_restart_and_counted_once(searched, how):
    for i in range(20):
        send_call(searched, "call-%d@x" % i)
    settled(searched.inspector, 60)  # the index may have seen all of it, or not
    searched.restart(how)
    all_calls = ["call-%d@x" % i for i in range(20)]
    wait_for(lambda: sorted(searched.found("status=486", "100")) == sorted(all_calls), "all calls")
    searched.wait_complete()
    rows, _ = searched.answer("from=alice", "100")
    assert [row["messages"] for row in rows] == [3] * 20
    send_call(searched, "after@x")
    searched.wait_found("call=after@x", ["after@x"])


def test_kills_under_load_lose_no_call_and_count_none_twice(searched, rng):
    sent = 0
    for _ in range(6):
        count = rng.randrange(50, 300)
        for i in range(sent, sent + count):
            searched.send(sip("call-%d@x" % i, number=7))
            if i % 20 == 0:
                time.sleep(0.002)
        sent += count
        time.sleep(rng.uniform(0, 0.3))  # nothing is waited for: any moment will do
        searched.restart(signal.SIGKILL)
    searched.wait_complete()
    inspector = searched.inspector
    settled(inspector, 0)
    stored = {}
    for i in range(sent):
        file = inspector.root / relative("call-%d@x" % i)
        if file.exists():
            stored["call-%d@x" % i] = file.read_bytes().count(b"\n")
    assert len(stored) > 100
    wait_for(lambda: len(searched.found("from=alice", "10000")) == len(stored), "all that is stored")
    rows, _ = searched.answer("from=alice", "10000")
    assert {row["call-id"]: row["messages"] for row in rows} == stored


def test_what_is_removed_is_not_found(searched):
    for call_id in ("rm@x", "flushed@x", "pinned@x", "last@x"):
        send_call(searched, call_id)
    searched.wait_found("status=486", ["rm@x", "flushed@x", "pinned@x", "last@x"])
    inspector = searched.inspector
    os.remove(inspector.root / relative("rm@x"))
    assert searched.found("call=rm@x") == []
    inspector.text("flush", "flushed@x")
    assert searched.found("call=flushed@x") == []
    inspector.text("pin", "pinned@x")
    inspector.text("flush")
    assert searched.found("status=486") == ["pinned@x"]
    wait_for(lambda: inspector.json("store_stats")["index"]["dialogues"] == 1, "the index to forget")
    searched.send(sip("rm@x", "BYE", number=9))  # begins anew, as after logrotate
    wait_for(lambda: searched.found("call=rm@x"), "the rest of a call")
    assert searched.answer("call=rm@x")[0][0]["messages"] == 1


def test_what_keep_removes_is_not_found(tmp_path):
    searched = Searched(tmp_path, "--store", "keep=2s", "--store", "check_every=1s")
    send_call(searched, "old@x")
    searched.wait_found("call=old@x", ["old@x"])
    wait_for(lambda: not searched.found("call=old@x"), "keep")
    wait_for(lambda: searched.inspector.json("store_stats")["index"]["dialogues"] == 0, "an empty index")
    searched.inspector.stop()


def test_compressed_calls_are_found(tmp_path):
    searched = Searched(tmp_path, "--store", "compress_after=1s", "--store", "check_every=1s")
    send_call(searched, "old@x")
    wait_for(lambda: searched.inspector.json("store_stats")["compressed"] == 1, "a compressed call")
    searched.wait_found("status=486", ["old@x"])
    searched.send(sip("old@x", number=2))
    wait_for(lambda: [r["messages"] for r in searched.answer("call=old@x")[0]] == [4], "a call that goes on")
    searched.restart(signal.SIGKILL)
    searched.wait_complete()
    assert [row["messages"] for row in searched.answer("call=old@x")[0]] == [4]
    searched.inspector.text("rebuild_index")
    searched.wait_complete()
    assert [row["messages"] for row in searched.answer("call=old@x")[0]] == [4]
    searched.inspector.stop()


def damage(database):
    database.write_bytes(b"this was a database once\n" * 1000)


def cut(database):
    os.truncate(database, 10_000)


def age(database):
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 0")
    connection.close()


def lose(database):
    shutil.rmtree(database.parent)


@pytest.mark.parametrize("change", [damage, cut, age, lose])
def test_a_database_that_cannot_be_used_is_made_anew(searched, change):
    for i in range(50):
        send_call(searched, "call-%d@x" % i)
    wait_for(lambda: len(searched.found("status=486", "100")) == 50, "all calls")
    searched.inspector.kill(signal.SIGTERM)
    change(searched.database)
    searched.inspector.start()
    wait_for(lambda: len(searched.found("status=486", "100")) == 50, "all calls again")
    searched.wait_complete()
    wait_for(lambda: searched.inspector.json("store_stats")["index"]["dialogues"] == 50, "the count")
    assert "trouble" not in searched.inspector.json("store_stats")["index"]


def test_a_search_while_the_index_is_rebuilt_says_what_it_is(searched):
    for i in range(300):
        searched.send(sip("call-%d@x" % i))
        if i % 50 == 0:
            time.sleep(0.01)
    wait_for(lambda: len(searched.found("from=alice", "1000")) == 300, "all calls")
    started = searched.inspector.json("rebuild_index")
    assert started["started"] is True
    seen = []

    def is_complete():
        rows, incomplete = searched.answer("from=alice", "1000")
        assert incomplete or len(rows) == 300
        seen.extend(incomplete)
        return not incomplete

    wait_for(is_complete, "the index")
    assert any("is being made" in one["incomplete"] for one in seen)


def test_the_index_can_be_turned_off(tmp_path):
    searched = Searched(tmp_path, "--index", "off")
    send_call(searched, "a@x")
    settled(searched.inspector, 3)
    for words in (["search", "from=alice"], ["calls"], ["rebuild_index"]):
        answer = searched.inspector.ask(*words)
        assert (answer.returncode, answer.stderr) == (2, b"the index is turned off (setting index)\n")
    assert searched.inspector.json("store_stats")["index"] == {"on": False}
    assert not (searched.inspector.root / ".index").exists()
    searched.inspector.stop()


def test_the_index_can_be_elsewhere(tmp_path):
    directory = tmp_path / "fast disk" / "index"
    searched = Searched(tmp_path, "--index-directory", str(directory))
    send_call(searched, "a@x")
    searched.wait_found("from=alice", ["a@x"])
    assert (directory / "calls.db").exists()
    assert not (searched.inspector.root / ".index").exists()
    searched.inspector.stop()


@pytest.mark.parametrize(
    "expression, told",
    [
        ("form=alice", "column 1: no field 'form'; is from meant?"),
        ("from=alice colour=red", "column 12: no field 'colour'; there are from, to, user"),
        ("from=alice status=abc", "column 19: status is a status such as 486, or 5xx"),
        ("from=\"alice", "column 6: this double quote is never closed"),
        ("duration>=5", "column 9: no operator '>='; there are =, !=, ~, < and >"),
        ("since=yesterday", "column 7: since is a time such as 2026-11-29"),
        ("ip=10.0.0.300", "column 4: ip is an address"),
        ("host=kam1", "column 6: host is a name of the setting hosts"),
        ("from=", "column 6: a value is missing"),
        ("from=J\u00fcrgen outcome=good", "column 21: outcome is one of in_progress, answered"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(searched, expression, told):
    answer = searched.inspector.ask("search", expression)
    assert answer.returncode == 1 and answer.stdout == b""
    assert answer.stderr.decode().startswith(told), answer.stderr.decode()


def test_a_wrong_number_is_told(searched):
    for n in ("0", "-1", "10001", "status=486"):
        answer = searched.inspector.ask("search", "from=alice", n)
        assert answer.returncode == 1
        assert b"one argument, in quotes" in answer.stderr
        answer = searched.inspector.ask("calls", n)
        assert answer.returncode == 1
        assert answer.stderr == b"N is a number from 1 to 10000\n", "calls takes no expression"


def test_hosts_have_names(tmp_path):
    """Other names make the index anew, as keys depend on them."""
    searched = Searched(tmp_path, "--hosts", "edge=10.0.0.1")
    send_call(searched, "a@x")
    searched.wait_found("host=edge", ["a@x"])
    assert searched.found("host!=edge") == []
    searched.inspector.arguments = ("--hosts", "inner=10.0.0.2:5080", "--hosts", "other=192.0.2.0/24")
    searched.restart()
    searched.wait_found("host=inner", ["a@x"])
    assert searched.found("host=other") == []
    searched.wait_complete()
    answer = searched.inspector.ask("search", "host=edge")
    assert answer.stderr.decode() == (
        "column 6: host is a name of the setting hosts (inner, other), not 'edge'\n"
    )
    searched.inspector.stop()
