"""Single messages of a call, and what differs between messages and between calls, with the real program."""

import contextlib
import json
import re

import pytest

from conftest import Sender, wait_for
from recordings import Run
from test_recordings import replay
from test_whole_calls import PBX, PHONE, Collector, Leg, a_leg, b_leg, hep3, send_call

SDP = (
    "v=0\r\no=- {n} {n} IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP {codecs}\r\na=rtpmap:8 PCMA/8000\r\n"
)


@pytest.fixture
def collector(tmp_path):
    one = Collector(tmp_path)
    yield one
    one.inspector.stop()


@contextlib.contextmanager
def collector_with(tmp_path, *arguments):
    one = Collector(tmp_path, *arguments)
    try:
        yield one
    finally:
        one.inspector.stop()


def fails(collector, *words):
    status, text = collector.inspector.ask_directly(*words)
    assert status == 2 and text.count("\n") == 1, text
    return text.rstrip("\n")


def changes(text):
    """Of an answer: (part, sign, rest) of each changed line, without the lines that name messages."""
    part, found = "", []
    for line in text.splitlines():
        if line[:2] in ("- ", "+ "):
            if not re.match(r"[-+] (message \d+, leg|nothing more)", line):
                found.append((part, line[0], line[2:]))
        else:
            part = line
    return found


def with_body(one, body):
    """The message of a leg with a session description."""
    message, src, dst = one
    message = message.replace(
        "Content-Length: 0\r\n\r\n",
        "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    return message, src, dst


def test_a_message_is_shown_whole_with_who_saw_it_when(inspector):
    run = Run("kam2_hep3_skew-3.2s")
    replay(inspector, run)
    call_id = run.calls[0]["call_id"]
    messages = inspector.json("callid_details", call_id)
    shown = inspector.text("message", call_id, "2")
    head, text = shown.split("\n\n", 1)
    assert text.splitlines() == messages[2]["raw"]
    lines = head.splitlines()
    assert lines[0].startswith("message 2, leg A, 01:51:50.378, 127.0.0.10:5060 ─▶ 127.0.0.20:5060: INVITE (SDP)")
    assert lines[1] == "leg A is " + call_id
    assert lines[2] == "time 2026-11-21 01:51:50.378212, on the common clock, UTC"
    # Both proxies saw it, one of them by a clock that is 3.2 s slow.
    assert [re.sub(r"@\S+, (stamp \S+ \S+), arrival .*", r" \1", line) for line in lines[3:]] == [
        "seen by 127.0.0.1#101 stamp 2026-11-21 01:51:50.378212",
        "seen by 127.0.0.1#102 stamp 2026-11-21 01:51:47.178537",
    ]
    # Proxies change what they must, and each hop's message is found from the one before.
    answer = inspector.text("diff", call_id, "0")
    assert re.findall(r"^[-+] message (\d+)", answer, re.M) == ["0", "2"]
    assert [(part, sign, re.sub(r"[:;].*", "", rest)) for part, sign, rest in changes(answer)] == [
        ("headers", "+", "Via"), ("headers", "-", "Max-Forwards"), ("headers", "+", "Max-Forwards"),
        ("headers", "+", "Record-Route"),
    ]  # fmt: skip
    made = {n: re.findall(r"^\+ message (\d+)", inspector.ask_directly("diff", call_id, str(n))[1], re.M)
            for n in range(len(messages))}
    assert {n: m for n, [m] in ((n, m) for n, m in made.items() if m)} == {
        0: "2", 2: "4", 5: "6", 6: "7", 8: "9", 9: "10", 11: "12", 12: "13", 14: "15", 15: "16", 17: "18", 18: "19"}


def test_messages_of_all_legs_have_the_places_of_call_details(collector):
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    for n, message in enumerate(json.loads(collector.ask("call_details", "b@pbx"))["messages"]):
        shown = collector.ask("message", "b@pbx", str(n))
        assert shown.startswith("message %d, leg %s, " % (n, message["leg"]))
        assert "leg %s is %s\n" % (message["leg"], message["call-id"]) in shown
        assert shown.split("\n\n", 1)[1].rstrip("\n") == "\n".join(message["raw"]).rstrip("\n")


def test_a_place_that_is_none_is_told_with_the_count(collector):
    collector.send(a_leg().request("INVITE"), a_leg().response("100 Trying"))
    collector.wait_legs("a@phone", ["a@phone"])
    for place in ("2", "-1", "x", "", "99999999999999999999"):
        why = "no message %s: the call has 2, from 0 to 1 (the places in call_details)" % place
        assert fails(collector, "message", "a@phone", place) == why
        assert fails(collector, "diff", "a@phone", "0", place) == why
    for words in (("message", "nothing", "0"), ("diff", "nothing", "0"), ("compare", "nothing")):
        assert fails(collector, *words) == "no messages are stored for nothing"


def test_what_a_host_made_of_a_message_is_found_over_legs(collector):
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    answer = collector.ask("diff", "a@phone", "0")
    assert re.findall(r"^[-+] message (\d+), leg (\w)", answer, re.M) == [("0", "A"), ("2", "B")]
    found = changes(answer)
    assert ("start line", "+", "INVITE sip:77@10.0.0.3 SIP/2.0") in found
    assert ("headers", "+", "X-CID: a@phone") in found
    assert not [one for one in found if one[2].startswith(("CSeq", "Content-Length"))]
    assert re.findall(r"^[-+] message (\d+)", collector.ask("diff", "a@phone", "5"), re.M) == ["5", "6"]
    assert fails(collector, "diff", "a@phone", "2") == (
        "no message shows what 10.0.0.3 made of message 2; name the other one: diff CALLID N M")
    assert "no difference" in collector.ask("diff", "a@phone", "2", "2")
    assert ("start line", "+", "ACK sip:77@10.0.0.3 SIP/2.0") in changes(collector.ask("diff", "a@phone", "2", "7"))


def test_sdp_is_compared_line_by_line(collector):
    leg = a_leg()
    collector.send(
        with_body(leg.request("INVITE"), SDP.format(n=1, port=4000, codecs="8 0")),
        with_body(leg.response("200 OK"), SDP.format(n=1, port=4000, codecs="8")),
    )
    collector.wait_legs("a@phone", ["a@phone"])
    assert [one for one in changes(collector.ask("diff", "a@phone", "0", "1")) if one[0].startswith("SDP")] == [
        ("SDP of stream 1 (audio)", "-", "m=audio 4000 RTP/AVP 8 0"),
        ("SDP of stream 1 (audio)", "+", "m=audio 4000 RTP/AVP 8"),
    ]


def test_what_strangers_wrote_is_only_text(collector):
    evil = "\x1b[31m\u202e\x9b1m"
    leg = Leg("a@phone", PHONE, PBX, "1", "2", headers="X-%s: %s\r\nSubject: a\tb\r\n" % (evil, evil))
    collector.send(leg.request("INVITE"), with_body(leg.response("200 " + evil), "v=0\r\ns=%s\r\n" % evil))
    collector.wait_legs("a@phone", ["a@phone"])
    for words in (("message", "a@phone", "0"), ("diff", "a@phone", "0", "1"), ("compare", "a@phone", "a@phone"),
                  ("message", "a@phone", evil), ("compare", evil), ("compare", "a@phone", evil)):
        text = collector.inspector.ask_directly(*words)[1]
        assert not set(text) & set("\x1b\u202e\x9b\x7f\t\r"), text
    assert "\\x1b[31m" in collector.ask("message", "a@phone", "0")


def called(call_id, from_="1001", to="2002", uac=PHONE, uas=PBX, headers=""):
    return Leg(call_id, uac, uas, from_, to, headers)


def good(leg, n=1, codecs="8 0"):
    return (
        with_body(leg.request("INVITE", n), SDP.format(n=n, port=4000 + n, codecs=codecs)),
        leg.response("100 Trying", number=n), leg.response("180 Ringing", number=n),
        with_body(leg.response("200 OK", number=n), SDP.format(n=n, port=6000 + n, codecs="8")),
        leg.request("ACK", n), leg.request("BYE", n + 1), leg.response("200 OK", "BYE", n + 1),
    )  # fmt: skip


def bad(leg, n=7, codecs="18", status="488 Not Acceptable Here"):
    return (
        with_body(leg.request("INVITE", n), SDP.format(n=n, port=4000 + n, codecs=codecs)),
        leg.response("100 Trying", number=n), leg.response(status, number=n), leg.request("ACK", n),
    )  # fmt: skip


def searched(collector, *call_ids):
    """Until the index knows them with all their messages."""
    for call_id in call_ids:
        wait_for(lambda c=call_id: re.search('"outcome":"(?!in_progress)', collector.ask("search", "call=" + c)), call_id)


def test_a_call_is_compared_with_the_last_good_one_between_the_same_parties(collector):
    collector.send(*good(called("older")))
    collector.send(*good(called("good", headers="User-Agent: old\r\n"), n=3))
    collector.send(*bad(called("refused before")))
    collector.send(*good(called("others", from_="3003")))
    collector.send(*bad(called("bad", headers="User-Agent: new\r\n")))
    collector.send(*good(called("after")))
    searched(collector, "older", "good", '"refused before"', "others", "bad", "after")
    answer = collector.ask("compare", "bad")
    first, second = answer.splitlines()[:2]
    assert re.fullmatch(
        r"- good, \S+ \S+ UTC, got 200: the last good one from 1001 to 2002 before this one", first)
    assert re.fullmatch(r"\+ bad, \S+ \S+ UTC, got 488", second)
    flow = answer.split("the flows differ first here:\n")[1].splitlines()[:2]
    assert re.match(r"- message 2, leg A, \S+, 10.0.0.2:5060 ─▶ 10.0.0.1:5060: 180 Ringing$", flow[0])
    assert re.match(r"\+ message 2, leg A, \S+, 10.0.0.2:5060 ─▶ 10.0.0.1:5060: 488 Not Acceptable Here$", flow[1])
    request, final = answer.split("the final response\n")
    # What differs in any two calls is left out: Call-ID, branch, CSeq, o=, ports of media.
    assert changes(request.split("the request that began the call\n")[1]) == [
        ("headers", "-", "User-Agent: old"), ("headers", "+", "User-Agent: new"),
        ("SDP of stream 1 (audio)", "-", "m=audio 4003 RTP/AVP 8 0"),
        ("SDP of stream 1 (audio)", "+", "m=audio 4007 RTP/AVP 18"),
    ]  # fmt: skip
    assert ("start line", "+", "SIP/2.0 488 Not Acceptable Here") in changes(final)
    assert "\nSDP" not in final  # a refusal has none, which says nothing


def test_flows_that_are_alike_are_told_so(collector):
    collector.send(*good(called("one")))
    collector.send(*good(called("two"), n=5))
    searched(collector, "one", "two")
    answer = collector.ask("compare", "two")
    assert "the flows are alike: 7 messages" in answer and changes(answer.split("\n\n", 1)[1]) == []
    assert answer.count("no difference but what always differs") == 2


def test_else_with_the_last_good_one_over_the_same_hosts(collector):
    collector.send(*good(called("elsewhere", from_="5", to="6", uac="10.9.0.1")))
    collector.send(*good(called("good", from_="3003", to="4004")))
    collector.send(*bad(called("bad")))
    searched(collector, "elsewhere", "good", "bad")
    first = collector.ask("compare", "bad").splitlines()[0]
    assert first.startswith("- good, ") and first.endswith("the last good one over 10.0.0.1 and 10.0.0.2 before this one")
    assert fails(collector, "compare", "elsewhere") == (
        "there is no good call from 5 to 6, or over 10.9.0.1 and 10.0.0.2 before this one; name one: "
        "compare CALLID OTHER")


def test_hosts_with_one_name_and_hosts_in_one_part_are_alike(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"hosts": {"gateway": ["10.0.3.0/24"]}}))
    with collector_with(tmp_path, "--config", str(config)) as collector:
        collector.send(*good(called("good", uac="10.0.3.1", uas="10.0.0.2")))
        collector.send(*good(called("same name", uac="10.0.3.9", uas="10.0.0.7")))
        searched(collector, "good", '"same name"')
        answer = collector.ask("compare", "same name", "good")
        assert answer.startswith("- good, ") and answer.splitlines()[0].endswith("got 200")
        assert "the flows are alike: 7 messages\nhost 10.0.0.7 in place of 10.0.0.2\n" in answer


def test_of_a_call_over_legs_the_request_of_the_hop_that_differs_is_compared(collector):
    send_call(collector, a_leg(), b_leg())
    a, b = Leg("c@phone", PHONE, PBX, "+49301234567", "2001"), b_leg("X-CID: c@phone\r\nX-New: 1\r\n")
    b.call_id = "d@pbx"
    collector.send(a.request("INVITE"), a.response("100 Trying"), b.request("INVITE"), b.response("503 Full"),
                   b.request("ACK"), a.response("503 Full"), a.request("ACK"))
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    collector.wait_legs("d@pbx", ["c@phone", "d@pbx"])
    searched(collector, "a@phone", "b@pbx", "c@phone", "d@pbx")
    answer = collector.ask("compare", "d@pbx")
    assert answer.startswith("- a@phone, ")
    differs = answer.split("the flows differ first here:\n")[1].splitlines()
    assert "leg B" in differs[0] and differs[0].endswith("180 Ringing")
    assert "leg B" in differs[1] and differs[1].endswith("503 Full")
    hop = answer.split("the request of the hop where the flows differ\n")[1]
    assert changes(hop) == [("headers", "+", "X-New: 1")]


def test_a_call_that_ends_early_lacks_what_the_other_one_has(collector):
    collector.send(*good(called("good")))
    collector.send(*good(called("short"))[:2])
    searched(collector, "good")
    collector.wait_legs("short", ["short"])
    answer = collector.ask("compare", "short", "good")
    assert "180 Ringing\n+ nothing more\n" in answer and "UTC, no final response" in answer


def test_without_the_index_the_other_call_must_be_named(tmp_path):
    with collector_with(tmp_path, "--index", "off") as collector:
        collector.send(*good(called("one")), *good(called("two")))
        wait_for(lambda: len(json.loads(collector.ask("callid_details", "two"))) == 7, "the calls")
        assert fails(collector, "compare", "two") == (
            "the index is turned off (setting index): name the other call")
        assert "the flows are alike" in collector.ask("compare", "two", "one")
        assert "- incomplete: the index is turned off" in collector.ask("compare", "two", "one")


def test_the_command_line_prints_them_too(collector):
    collector.send(*good(called("one")), *good(called("two")))
    searched(collector, "one", "two")
    for words in (("message", "one", "0"), ("diff", "one", "0", "1"), ("compare", "two", "one")):
        shown = collector.inspector.ask(*words)
        assert shown.returncode == 0 and shown.stdout.decode() == collector.ask(*words)
    usage = collector.inspector.ask("message", "one")
    assert usage.returncode == 1 and b"message CALLID N" in usage.stderr


def test_a_call_of_thousands_of_messages_is_compared_in_time(collector):
    sender = Sender(collector.inspector, [collector.address])
    for call_id in ("many", "more"):
        leg = called(call_id)
        for number in range(1, 1500):
            for message, src, dst in (leg.request("OPTIONS", number), leg.response("200 OK", "OPTIONS", number)):
                collector.now += 1000
                sender.send(collector.address, hep3(message, src, dst, collector.now))
    wait_for(lambda: len(json.loads(collector.ask("callid_details", "more"))) == 2998, "the messages")
    answer = collector.ask("compare", "more", "many")
    assert "the flows are alike: 2998 messages" in answer and len(answer) < 100_000
    assert collector.ask("message", "more", "2997").startswith("message 2997, leg A")
