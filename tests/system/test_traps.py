"""Traps with the real program: the next calls that match when they end are pinned, with all legs."""

import json
import signal

import pytest

from conftest import wait_for
from stored import relative
from test_search import Searched, send_call, sip
from test_whole_calls import Collector, a_leg, b_leg, send_call as send_whole_call


@pytest.fixture
def searched(tmp_path):
    one = Searched(tmp_path)
    one.send(sip("first@x", from_="nobody"))  # it makes the store, and the index
    one.wait_found("call=first@x", ["first@x"])
    one.wait_complete()
    yield one
    one.inspector.stop()


def traps(inspector):
    return [json.loads(line) for line in inspector.text("traps").splitlines()]


def caught(inspector, id_):
    return next(trap["call-ids"] for trap in traps(inspector) if trap["id"] == id_)


def survive_a_flush(inspector, call_ids):
    inspector.text("flush")
    return [one for one in call_ids if (inspector.root / relative(one)).exists()]


def test_the_next_calls_that_match_when_they_end_are_pinned(searched):
    inspector = searched.inspector
    send_call(searched, "before@x")
    searched.wait_found("call=before@x status=486", ["before@x"])
    trap = inspector.json("trap", "status=4xx from=alice", "2")
    assert list(trap) == ["id", "expression", "count", "until", "caught", "call-ids"]
    assert (trap["id"], trap["count"], trap["caught"], trap["call-ids"]) == (1, 2, 0, [])
    searched.send(sip("ringing@x"), sip("ringing@x", status=180))
    send_call(searched, "carol@x", from_="carol")
    send_call(searched, "one@x")
    wait_for(lambda: caught(inspector, 1) == ["one@x"], "the first call")
    searched.send(sip("ringing@x", status=404))
    wait_for(lambda: caught(inspector, 1) == ["one@x", "ringing@x"], "the second call")
    send_call(searched, "third@x")
    searched.wait_found("call=third@x status=486", ["third@x"])
    (trap,) = traps(inspector)
    assert (trap["count"], trap["caught"], "trouble" in trap) == (2, 2, False)
    everyone = ["before@x", "carol@x", "one@x", "ringing@x", "third@x"]
    assert survive_a_flush(inspector, everyone) == ["one@x", "ringing@x"]
    assert inspector.text("untrap", "1") == "ok\n"
    assert traps(inspector) == []
    assert survive_a_flush(inspector, everyone) == ["one@x", "ringing@x"], "they stay pinned"


def test_all_legs_are_pinned_and_count_once(tmp_path):
    collector = Collector(tmp_path)
    inspector = collector.inspector
    collector.send(a_leg().request("INVITE"))
    collector.wait_complete("a@phone")
    inspector.text("trap", "outcome=answered", "5")
    send_whole_call(collector, a_leg(), b_leg())
    wait_for(lambda: caught(inspector, 1), "the call")
    wait_for(lambda: inspector.json("store_stats")["waiting"] == 0, "the rest of it")
    wait_for(lambda: all(row.get("end") for row in map(json.loads, inspector.text("search", "kind=call").splitlines())),
             "the end of both legs")  # fmt: skip
    assert len(caught(inspector, 1)) == 1 and traps(inspector)[0]["caught"] == 1
    assert survive_a_flush(inspector, ["a@phone", "b@pbx"]) == ["a@phone", "b@pbx"]
    inspector.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_traps_survive_a_restart(searched, how):
    inspector = searched.inspector
    inspector.text("trap", "from=alice,bob status!=200", "3", "3600")
    inspector.text("trap", "from=carol", "1")
    inspector.text("untrap", "2")
    send_call(searched, "one@x")
    wait_for(lambda: caught(inspector, 1) == ["one@x"], "the first call")
    before = traps(inspector)
    searched.restart(how)
    assert traps(inspector) == before
    searched.wait_complete()
    send_call(searched, "two@x")
    wait_for(lambda: caught(inspector, 1) == ["one@x", "two@x"], "the second call")
    assert inspector.json("trap", "from=carol", "1")["id"] == 3, "no number comes twice"


def test_a_trap_expires(searched):
    searched.inspector.text("trap", "from=alice", "5", "1")
    assert len(traps(searched.inspector)) == 1
    wait_for(lambda: traps(searched.inspector) == [], "the end of a second")
    assert "trap 1 has expired; it caught 0 of 5 calls" in searched.inspector.log.read_text()
    searched.restart()
    assert traps(searched.inspector) == []


def test_a_damaged_file_is_told_and_new_traps_can_be_set(searched):
    searched.inspector.text("trap", "from=alice", "5")
    searched.inspector.kill(signal.SIGTERM)
    (searched.inspector.root / ".traps").write_bytes(b'{"next_id":7,"traps":[{"id":true},1')
    searched.inspector.start()
    assert "some traps cannot be read and are lost" in searched.inspector.log.read_text()
    assert traps(searched.inspector) == []
    searched.inspector.text("trap", "from=alice", "5")
    assert len(traps(searched.inspector)) == 1


def test_what_a_trap_cannot_pin_is_told(searched):
    inspector = searched.inspector
    inspector.text("trap", "from=alice", "5")
    (inspector.root / ".pins").write_text("this is no directory")
    send_call(searched, "one@x")
    wait_for(lambda: "trouble" in traps(inspector)[0], "the trouble")
    assert traps(inspector)[0]["caught"] == 0
    assert "cannot be pinned" in traps(inspector)[0]["trouble"]
    assert "trap 1: one@x: cannot be pinned" in inspector.log.read_text()
    (inspector.root / ".pins").unlink()
    send_call(searched, "two@x")
    wait_for(lambda: caught(inspector, 1) == ["two@x"], "the next call")
    assert "trouble" not in traps(inspector)[0]


@pytest.mark.parametrize(
    "words, code, told",
    [
        (["trap", "form=alice", "1"], 1, "column 1: no field 'form'; is from meant?"),
        (["trap", "from=alice", "0"], 1, "COUNT is a number from 1 to 1000"),
        (["trap", "from=alice", "1001"], 1, "COUNT is a number from 1 to 1000"),
        (["trap", "from=alice", "status=486"], 1, "COUNT is a number from 1 to 1000; an expression of several"),
        (["trap", "from=alice", "1", "0"], 1, "SECONDS is a number from 1 to 2592000"),
        (["trap", "from=alice", "1", "2592001"], 1, "SECONDS is a number from 1 to 2592000"),
        (["untrap", "one"], 1, "ID is the number of a trap"),
        (["untrap", "7"], 2, "no trap 7"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(searched, words, code, told):
    answer = searched.inspector.ask(*words)
    assert (answer.returncode, answer.stdout) == (code, b"")
    assert answer.stderr.decode().startswith(told), answer.stderr.decode()


def test_there_is_room_for_a_hundred_traps(searched):
    for i in range(100):
        searched.inspector.text("trap", "from=user%d" % i, "1")
    answer = searched.inspector.ask("trap", "from=alice", "1")
    assert (answer.returncode, answer.stderr) == (2, b"there are 100 traps already\n")
    searched.inspector.text("untrap", "50")
    assert searched.inspector.json("trap", "from=alice", "1")["id"] == 101


def test_without_an_index_nothing_is_trapped(tmp_path):
    searched = Searched(tmp_path, "--index", "off")
    answer = searched.inspector.ask("trap", "from=alice", "1")
    assert (answer.returncode, answer.stderr) == (2, b"the index is turned off (setting index)\n")
    searched.inspector.stop()


def test_a_trap_can_wait_for_the_first_call(tmp_path):
    searched = Searched(tmp_path)
    searched.inspector.text("trap", "from=alice", "1")
    send_call(searched, "one@x")
    wait_for(lambda: caught(searched.inspector, 1) == ["one@x"], "the first call")
    searched.inspector.stop()
