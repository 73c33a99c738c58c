"""What is wrong with senders: each diagnosis is provoked over real sockets, and not told of a sender that is well."""

import json
import socket

import pytest

from conftest import PROGRAM, Sender, free_port, wait_for
from doctor import examine, found, lines, programs, wait_until_found
from hep_packets import hep3, hep12, sip

A, B, C = ("192.0.2.1", 5060), ("192.0.2.2", 5060), ("192.0.2.3", 5060)


def call(number, **options):
    """The packets of a call of six messages."""
    call_id = "call-%d" % number
    steps = [(A, B, "INVITE sip:b@h SIP/2.0", "1 INVITE"), (B, A, "SIP/2.0 180 Ringing", "1 INVITE"),
             (B, A, "SIP/2.0 200 OK", "1 INVITE"), (A, B, "ACK sip:b@h SIP/2.0", "1 ACK"),
             (A, B, "BYE sip:b@h SIP/2.0", "2 BYE"), (B, A, "SIP/2.0 200 OK", "2 BYE")]  # fmt: skip
    return [hep3(sip(start, call_id, cseq), src, dst, **options) for src, dst, start, cseq in steps]


class Desk:
    """A parser, and senders to it."""

    def __init__(self, inspector):
        self.inspector = inspector
        self.address = inspector.start_parser()
        self.sender = Sender(inspector, [self.address])

    def send(self, packets):
        for packet in packets:
            self.sender.send(self.address, packet)
        self.sender.settle()

    def only(self, code, *options):
        """The one diagnosis of a sender; there is no other one of a sender."""
        all_ = [d for d in examine(self.inspector, *options)["diagnoses"] if "sender" in d]
        assert [d["code"] for d in all_] == [code], all_
        assert all_[0]["parser"] == "%s:%d" % self.address
        return all_[0]


@pytest.fixture
def desk(inspector):
    return Desk(inspector)


def test_of_a_sender_that_is_well_nothing_is_told(desk):
    desk.send([packet for i in range(100) for packet in call(i)])
    report = examine(desk.inspector)
    assert [d for d in report["diagnoses"] if "parser" in d and d["code"] != "small_buffer"] == []
    assert (report["parsers"], report["senders"]) == (1, 1)


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_version_of_hep(desk, version):
    desk.send([hep12(version, sip("OPTIONS sip:b@h SIP/2.0", str(i)), B if i % 2 else A, A if i % 2 else B)
               for i in range(10)])  # fmt: skip
    diagnosis = desk.only("old_hep")
    assert "HEP %d in all of its last 10 messages" % version in diagnosis["what"]
    assert 'modparam("siptrace", "hep_version", 3)' in lines(diagnosis, "kamailio")
    assert 'modparam("siptrace", "hep_version", 3)' in lines(diagnosis, "kazoo")
    # HEP 1 is the same from whoever sends it, so lines for all are shown.
    assert ("opensips" in programs(diagnosis)) == (version == 1)
    assert ("freeswitch" in programs(diagnosis)) == (version == 1)


def test_sip_without_hep(desk):
    desk.send([sip("OPTIONS sip:b@h SIP/2.0", str(i)) for i in range(10)])
    diagnosis = desk.only("old_hep")
    assert diagnosis["what"].startswith("Plain SIP without HEP")
    assert 'modparam("siptrace", "hep_mode_on", 1)' in lines(diagnosis, "kamailio")


@pytest.mark.parametrize("ahead", [-3.2, 3600])
def test_a_clock_that_is_off(desk, ahead):
    desk.send([packet for i in range(10) for packet in call(i, ahead=ahead)])
    diagnosis = desk.only("clock_off")
    assert ("3.2 s behind" if ahead < 0 else "60 min ahead") in diagnosis["what"]
    assert lines(diagnosis, "shell") == ["timedatectl set-ntp true", "chronyc makestep"]


def test_two_hosts_with_one_address_and_id(desk):
    desk.send([packet for i in range(10) for pair in zip(call(i), call(i + 100, ahead=600)) for packet in pair])
    diagnosis = desk.only("two_clocks")
    assert "10 min apart" in diagnosis["what"]
    assert "capture_id=102" in lines(diagnosis, "freeswitch")[0], "an id that nobody has"


def test_an_id_that_is_also_that_of_another_host(desk):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.9", 0))
        desk.sender.sockets[desk.address].bind(("127.0.0.8", 0))
        desk.send(call(1, maker="kamailio"))
        assert found(desk.inspector, "shared_id") == []
        other.sendto(call(2)[0], desk.address)
        desk.inspector.wait_received(desk.address, 7)
    first, second = found(desk.inspector, "shared_id")
    assert (first["sender"], second["sender"]) == ("127.0.0.8#101", "127.0.0.9#101")
    assert "also that of 127.0.0.9" in first["what"]
    assert 'modparam("siptrace", "hep_capture_id", 102)' in lines(first, "kamailio")
    assert "#!define HEP_CAPTURE_ID 102" in lines(first, "kazoo")
    assert "freeswitch" not in programs(first)


def test_senders_that_are_more_than_it_keeps_apart_are_not_passed_over_in_silence(desk):
    senders = 1026
    for i in range(senders):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.1.%d.%d" % (i // 250, i % 250 + 1), 0))
            one.sendto(call(i)[0], desk.address)
        if i % 100 == 0:
            desk.inspector.wait_received(desk.address, i + 1)
    desk.inspector.wait_received(desk.address, senders)
    (missed,) = [one for one in examine(desk.inspector)["not_looked_at"] if one["what"] == "senders"]
    assert missed["why"] == "2 messages at %s:%d are of further ones than the 1024 that it keeps apart" % desk.address
    text = desk.inspector.text("doctor")
    assert "info, shared_id: 1019 more senders at" in text and len(text.splitlines()) < 200


def test_ipv6_addresses_that_are_empty(desk):
    desk.send([hep3(sip("INFO sip:b@h SIP/2.0", str(i), via="[2001:db8::%d]:5060" % (i + 1)), ("::", 5060), ("::", 5062))
               for i in range(10)])  # fmt: skip
    diagnosis = desk.only("empty_ipv6")
    assert lines(diagnosis, "call_inspector") == ["call_inspector start_capture any 'ip6 and port 5060'"]
    assert '<param name="sip-capture" value="no"/>' in lines(diagnosis, "freeswitch")


def test_a_destination_that_is_the_source(desk):
    """As OpenSIPS before 3.1 does with IPv6; the message names another host."""
    one = ("2001:db8::1", 5060)
    desk.send([hep3(sip("INFO sip:b@[2001:db8::2]:5062 SIP/2.0", str(i), via="[2001:db8::1]:5060"), one,
                    ("2001:db8::1", 5062)) for i in range(10)])  # fmt: skip
    diagnosis = desk.only("same_ends")
    assert "all of its last 10" in diagnosis["what"]
    assert any("version=2" in line for line in lines(diagnosis, "opensips"))


def test_two_ends_that_are_one(desk):
    desk.send([hep3(sip("INFO sip:b@h SIP/2.0", str(i)), A, A, maker="kamailio") for i in range(10)])
    assert "trace_local_ip" in lines(desk.only("same_ends"), "kamailio")[0]


def test_messages_whose_end_is_missing(desk):
    desk.send([packet for i in range(10) for packet in call(i)])
    desk.send([hep3(sip("INFO sip:b@h SIP/2.0", "cut", "1 INFO", body="v=0", length=900))])
    diagnosis = desk.only("truncated")
    assert "1 of its last 61 messages" in diagnosis["what"]
    (line,) = lines(diagnosis, "freeswitch")
    assert "bufsize=65000" in line and "udp:%s:%d;" % desk.address in line and "capture_id=101" in line


@pytest.mark.parametrize("own, which", [(B, "what it gets"), (A, "what it sends"), (C, "one direction")])
def test_one_direction_only(desk, own, which):
    address = "127.0.0.1"  # from where the packets come
    src, dst = ((address, 5060) if own == A else A), ((address, 5060) if own == B else B)
    desk.send([hep3(sip("INFO sip:b@h SIP/2.0", str(i), "%d INFO" % i), src, dst) for i in range(25)])
    diagnosis = desk.only("one_direction")
    assert "It reports %s only" % which in diagnosis["what"]
    assert '<param name="sip-capture" value="yes"/>' in lines(diagnosis, "freeswitch")


def test_everything_twice(desk):
    desk.send([packet for i in range(10) for packet in call(i, maker="kamailio") for _ in range(2)])
    diagnosis = desk.only("everything_twice")
    assert "60 of its last 120" in diagnosis["what"]
    assert "#!trydef SIP_TRACE_ALL_ROLE" in lines(diagnosis, "kazoo")


def test_a_flood_of_options(desk):
    desk.send([packet for i in range(300) for packet in (
        hep3(sip("OPTIONS sip:b@h SIP/2.0", "ping-%d" % i, "1 OPTIONS"), A, B, maker="kamailio"),
        hep3(sip("SIP/2.0 200 OK", "ping-%d" % i, "1 OPTIONS"), B, A, maker="kamailio"))])  # fmt: skip
    diagnosis = desk.only("options_flood")
    assert 'is_method("OPTIONS")' in lines(diagnosis, "kamailio")[0]
    assert '#!define KZ_TRACE_IGNORED_METHODS "OPTIONS"' in lines(diagnosis, "kazoo")


def test_a_sender_that_fell_silent(desk):
    desk.send(call(1))
    assert found(desk.inspector, "silent") == [], "it is not silent for long enough"
    (diagnosis,) = wait_until_found(desk.inspector, "silent", "silent=1")
    assert diagnosis["sender"] == "127.0.0.1#101" and "after 6 messages" in diagnosis["what"]
    assert "fs_cli -x 'sofia global capture on'" in lines(diagnosis, "freeswitch")


def test_a_parser_to_which_nothing_is_sent(desk):
    assert found(desk.inspector, "no_traffic") == []
    (diagnosis,) = wait_until_found(desk.inspector, "no_traffic", "silent=1")
    assert diagnosis["parser"] == "%s:%d" % desk.address and "sender" not in diagnosis
    assert 'modparam("siptrace", "duplicate_uri", "sip:%s:%d")' % desk.address in lines(diagnosis, "kamailio")
    assert '#!define SIP_TRACE_URI "sip:%s:%d"' % desk.address in lines(diagnosis, "kazoo")
    desk.send(call(1))
    assert found(desk.inspector, "no_traffic", "silent=1") == []


def test_a_parser_that_somebody_turned_off(desk):
    id_ = "%s:%d" % desk.address
    assert not found(desk.inspector, "capture_off")
    desk.inspector.text("capture", "off", id_)
    (diagnosis,) = found(desk.inspector, "capture_off")
    assert lines(diagnosis, "call_inspector") == ["call_inspector capture on '%s'" % id_]
    desk.inspector.text("capture", "on", id_)
    assert not found(desk.inspector, "capture_off")


def test_a_log_that_cannot_be_read(inspector, tmp_path):
    log = tmp_path / "kamailio.log"
    log.write_text("")
    inspector.text("start_kamailio_parser", str(log), "10.0.0.10", "5060")
    assert not found(inspector, "not_reading")
    log.unlink()
    (diagnosis,) = wait_until_found(inspector, "not_reading")
    assert diagnosis["parser"] == str(log) and "No such file" in diagnosis["what"]


def test_an_inspector_that_listens_nowhere(inspector):
    assert found(inspector, "no_parser")
    inspector.start_parser()
    assert not found(inspector, "no_parser")


REFUSED = {
    "not_hep": ([], b"what is this? It is no HEP", "1 packets are neither"),
    "not_allowed": (["allow=10.0.0.0/8"], call(1)[0], "addresses that are not allowed"),
    "wrong_key": (["auth_key=s3cret"], call(1)[0], "did not have the key"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_packets_that_are_refused(inspector, code):
    options, packet, what = REFUSED[code]
    port = free_port()
    inspector.text("start_hep_parser", "127.0.0.1", str(port), *options)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(packet, ("127.0.0.1", port))
    inspector.wait_received(("127.0.0.1", port), 1)
    (diagnosis,) = found(inspector, code)
    assert what in diagnosis["what"] and diagnosis["cures"]
    assert "s3cret" not in json.dumps(diagnosis)


def test_for_people_it_is_text_and_what_a_stranger_named_himself_is_on_one_line(desk):
    desk.send([hep3(sip("INFO sip:b@h SIP/2.0", "x", length=900), name="evil\n\x1b[31merror, firewall: \u202e")])
    text = desk.inspector.text("doctor")
    assert "\x1b" not in text and "\u202e" not in text
    (head,) = [line for line in text.splitlines() if line.startswith("warning, truncated: ")]
    assert "127.0.0.1#101/evil\\n\\x1b[31merror, firewall: \\u202e at 127.0.0.1:%d" % desk.address[1] in head
    assert text.splitlines()[-1].endswith("1 parser, 1 sender and this machine were looked at.")


@pytest.mark.parametrize("arguments", [["yaml"], ["silent="], ["silent=0"], ["silent=86401"], ["silent=-1"]])
def test_arguments_that_are_none(inspector, arguments):
    answer = inspector.ask("doctor", *arguments)
    assert (answer.returncode, answer.stdout) == (1, b"")
    assert b"silent=SECONDS" in answer.stderr


def test_what_was_mended_is_forgotten(desk):
    """A parser that is started anew has forgotten it at once."""
    desk.send([hep12(1, sip("OPTIONS sip:b@h SIP/2.0", str(i))) for i in range(10)])
    assert found(desk.inspector, "old_hep")
    desk.inspector.text("stop_active_parser", "%s:%d" % desk.address)
    desk.inspector.text("start_hep_parser", desk.address[0], str(desk.address[1]))
    desk.sender.sent[desk.address] = 0
    desk.send(call(1))
    assert not found(desk.inspector, "old_hep")
