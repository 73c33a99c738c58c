"""Findings in the index of the real program: analysed once, told to who follows, right after every kill."""

import json
import signal
import sqlite3
import time

import pytest

from conftest import wait_for
from stored import settled
from test_follow import Follow, begun
from test_search import Searched, send_call, sip
from test_traps import caught, traps


@pytest.fixture
def searched(tmp_path):
    one = Searched(tmp_path)
    one.send(sip("first@x", from_="nobody"))  # it makes the store, and the index
    one.wait_found("call=first@x", ["first@x"])
    one.wait_complete()
    yield one
    one.inspector.stop()


def refuse(searched, *call_ids, status=404, **who):
    """Calls to numbers that do not exist."""
    for call_id in call_ids:
        ack = sip(call_id, "ACK", **who).replace(b"com>\r\nCall-ID", b"com>;tag=t\r\nCall-ID")
        searched.send(sip(call_id, **who), sip(call_id, status=status, **who), ack)


def analysed(searched):
    """The dialogues whose findings are kept, with those of them that have any."""
    with sqlite3.connect("file:%s?mode=ro" % searched.database, uri=True) as database:
        kept = {row[0] for row in database.execute("SELECT call_id FROM dialogues WHERE due IS NULL")}
        found = database.execute("SELECT call_id, code FROM findings JOIN dialogues ON id = dialogue")
        return kept, {call_id for call_id, code in found if code == "unknown_number"}


def stats(searched):
    return searched.inspector.json("store_stats")["index"]["findings"]


def test_findings_are_kept_once_a_call_has_ended(searched):
    refuse(searched, "wrong@x")
    send_call(searched, "busy@x")
    searched.send(sip("rings@x"), sip("rings@x", status=180))
    searched.wait_found("finding=unknown_number", ["wrong@x"])  # whoever asks waits for nobody
    wait_for(lambda: {"wrong@x", "busy@x"} <= analysed(searched)[0], "the calls to be analysed")
    assert "rings@x" not in analysed(searched)[0]
    assert analysed(searched)[1] == {"wrong@x"}
    (row,) = searched.answer("call=wrong@x")[0]
    assert row["findings"][0] == "unknown_number", "told without being asked for"
    assert "findings" not in searched.answer("call=rings@x")[0][0]
    lines = [json.loads(line) for line in searched.inspector.text("calls").splitlines()]
    assert [line["findings"] for line in lines if line["call-id"] == "wrong@x"] == [row["findings"]]
    wait_for(lambda: stats(searched)["analysed"] >= 2, "it to be counted")
    wait_for(lambda: (stats(searched)["waiting"], stats(searched)["lag_ms"]) == (0, 0), "nothing to wait")
    assert searched.found("finding=unknown_number") == ["wrong@x"]
    # A late message shows that it was another failure: what was kept is not believed any more.
    searched.send(sip("busy@x", number=2), sip("busy@x", number=2, status=404))
    searched.wait_found("call=busy@x status=404", ["busy@x"])
    assert "findings" not in searched.answer("call=busy@x")[0][0]
    assert sorted(searched.found("finding=unknown_number")) == ["busy@x", "wrong@x"]
    assert "busy@x" not in analysed(searched)[0]


def test_they_are_told_to_who_follows(searched):
    follow = begun(searched, "from=probe")
    follow.process.kill()
    refuse(searched, "before@x")
    wait_for(lambda: "before@x" in analysed(searched)[0], "the first call to be analysed")
    follow = begun_with_finding(searched)
    send_call(searched, "busy@x")
    refuse(searched, "wrong@x")
    row = follow.next()[1]
    assert (row["call-id"], row["findings"][0], row["status"]) == ("wrong@x", "unknown_number", 404)
    refuse(searched, "again@x")
    assert follow.next()[1]["call-id"] == "again@x"
    follow.process.kill()


def begun_with_finding(searched):
    """What is sent from now on is followed."""
    follow = Follow(searched, "from=alice finding=unknown_number", "60")
    other = begun(searched, "from=probe")  # another connection, which was made later
    other.process.kill()
    return follow


def test_a_trap_waits_for_a_finding(searched):
    inspector = searched.inspector
    refuse(searched, "before@x")
    wait_for(lambda: "before@x" in analysed(searched)[0], "the first call to be analysed")
    trap = inspector.json("trap", "finding=unknown_number", "2")
    assert (trap["expression"], trap["caught"]) == ("finding=unknown_number", 0)
    send_call(searched, "busy@x")
    refuse(searched, "wrong@x")
    wait_for(lambda: caught(inspector, 1) == ["wrong@x"], "the call to be caught")
    searched.restart(signal.SIGKILL)
    refuse(searched, "again@x")
    wait_for(lambda: caught(inspector, 1) == ["wrong@x", "again@x"], "the second call")
    assert "trouble" not in traps(inspector)[0]


def test_kills_while_calls_are_analysed_make_no_finding_wrong(searched, rng):
    wrong, right = [], []
    for run in range(5):
        count = rng.randrange(20, 120)
        new = ["call-%d-%d@x" % (run, i) for i in range(count)]
        refuse(searched, *new[::2])
        for call_id in new[1::2]:
            send_call(searched, call_id)
        wrong += new[::2]
        right += new[1::2]
        settled(searched.inspector, 0)
        time.sleep(rng.uniform(1, 3))  # nothing is waited for: any moment will do
        searched.restart(signal.SIGKILL)
    searched.wait_complete()
    everyone = {row["call-id"]: row for row in searched.answer("from=alice", "10000")[0]}
    ended = {one for one in everyone if everyone[one]["outcome"] != "in_progress"}
    whole = {one for one in wrong if one in everyone and everyone[one]["messages"] == 3}
    assert len(whole) > 20
    assert whole <= set(searched.found("finding=unknown_number", "10000")) <= set(wrong)
    wait_for(lambda: ended <= analysed(searched)[0], "all calls to be analysed")
    assert whole <= set(searched.found("finding=unknown_number", "10000")) <= set(wrong)
    assert whole <= analysed(searched)[1] <= set(wrong)


def test_a_rebuilt_index_has_them_again(searched):
    refuse(searched, "wrong@x")
    wait_for(lambda: "wrong@x" in analysed(searched)[0], "the call to be analysed")
    assert searched.inspector.json("rebuild_index")["started"] is True
    searched.wait_complete()
    assert searched.found("finding=unknown_number") == ["wrong@x"]
    wait_for(lambda: analysed(searched) == ({"wrong@x"}, {"wrong@x"}), "the call to be analysed again")
    assert searched.found("finding=unknown_number") == ["wrong@x"]
