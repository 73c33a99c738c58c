"""A call told in sentences, by the real program."""

import socket

from test_terminal import hep
from test_whole_calls import Leg, a_leg, b_leg, collector, send_call  # noqa: F401 (a fixture)


def test_what_is_only_worth_knowing_is_told_apart_from_what_is_wrong(collector):  # noqa: F811
    send_call(collector, a_leg(), b_leg())
    collector.wait_legs("a@phone", ["a@phone", "b@pbx"])
    story = collector.ask("story", "b@pbx")
    sentences, findings = story.split("\n\nNothing is wrong, as far as was seen.\n")
    assert " called 2001 by way of 10.0.0.2." in sentences
    assert findings.startswith("\nWorth knowing:\n  1. info, short_call: 10.0.0.1 hung up "), story
    # What is wrong comes first, and has its head alone.
    lost = Leg("lost@phone", "10.0.0.1", "10.0.0.2", "1", "2")
    collector.send(lost.request("INVITE"), lost.response("404 Not Found"), lost.request("ACK"))
    collector.wait_legs("lost@phone", ["lost@phone"])
    story = collector.ask("story", "lost@phone")
    assert "\n\nWhat is wrong:\n  1. error, unknown_number: 10.0.0.2 does not know sip:2@10.0.0.2" in story
    assert "Worth knowing" not in story and "Nothing is wrong" not in story


def test_who_asks_for_events_alone_is_told_where_they_are(inspector):
    address = inspector.start_parser()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(hep(b"a line of a log", b"agent", b"log@x", 100), address)
    inspector.wait_received(address, 1)
    inspector.settle()
    assert inspector.text("story", "log@x") == "no SIP is stored for log@x, only events: ladder shows them\n"
    assert inspector.text("story", "no@x") == "no messages are stored for no@x\n"
