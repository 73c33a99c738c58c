"""What agents tell of a call's sound by HEP, what stands at its ends, and the settings of both, with the real program."""

import json
import socket
import struct
import subprocess
import time

import pytest

from conftest import PROGRAM, Inspector
from test_whole_calls import Leg

PHONE, CARRIER = "10.0.0.1", "198.51.100.7"
CALL = "quality@phone"


def hep(payload, type_, src, dst, micros):
    """With the Call-ID as its correlation id, as rtpengine and captagent send it."""
    fields = (
        (1, b"\2"), (2, b"\21"), (3, socket.inet_aton(src)), (4, socket.inet_aton(dst)),
        (7, struct.pack(">H", 5060 if type_ == 1 else 30001)), (8, struct.pack(">H", 5060 if type_ == 1 else 40001)),
        (9, struct.pack(">I", micros // 1_000_000)), (10, struct.pack(">I", micros % 1_000_000)),
        (11, bytes([type_])), (12, struct.pack(">I", 7)), (15, payload.encode()), (17, CALL.encode()),
    )  # fmt: skip
    body = b"".join(struct.pack(">HHH", 0, kind, 6 + len(value)) + value for kind, value in fields)
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def analysed(tmp_path, events, *arguments):
    """Of an answered call during which these (payload, type, src, dst) came."""
    inspector = Inspector(tmp_path, *arguments)
    try:
        address = inspector.start_parser()
        leg = Leg(CALL, PHONE, CARRIER, "30", "40")
        sip = [leg.request("INVITE"), leg.response("180 Ringing"), leg.response("200 OK"), leg.request("ACK")]
        end = [leg.request("BYE", 2), leg.response("200 OK", "BYE", 2)]
        rows = [(m, 1, src, dst) for m, src, dst in sip] + events + [(m, 1, src, dst) for m, src, dst in end]
        now = time.time_ns() // 1000
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for i, row in enumerate(rows):
                sender.sendto(hep(*row, now + i * 1000), address)
        inspector.wait_received(address, len(rows))
        inspector.settle()
        (analysis,) = inspector.json("inspect_call_id", CALL)["analysis"]
        return analysis
    finally:
        inspector.stop()


def rtcp(lost):
    return json.dumps({"ssrc": 1, "type": 201, "report_count": 1, "report_blocks": [
        {"source_ssrc": 2, "fraction_lost": lost, "packets_lost": 9, "ia_jitter": 160, "lsr": 0, "dlsr": 0}]})  # fmt: skip


def test_rtcp_tells_how_its_sender_hears_the_other_end(tmp_path):
    analysis = analysed(tmp_path, [(rtcp(64), 5, PHONE, CARRIER)])
    (quality,) = analysis["quality"]
    assert {**quality, "messages": None} == {
        "from": CARRIER, "to": PHONE, "told_by": PHONE, "source": "RTCP", "loss_percent": 25, "jitter_ms": 20,
        "messages": None,
    }  # fmt: skip
    (finding,) = [f for f in analysis["findings"] if f["code"] == "low_quality"]
    assert finding["host"] == PHONE and finding["messages"] == quality["messages"]


def test_a_report_of_the_whole_call_counts(tmp_path):
    stream = {"CORRELATION_ID": CALL, "RTP_SIP_CALL_ID": CALL, "SRC_IP": PHONE, "DST_IP": CARRIER}
    reports = [{**stream, "MOS": 2.0, "TYPE": "PERIODIC"}, {**stream, "MOS": 4.3, "PACKET_LOSS": 1, "EXPECTED_PK": 400,
                                                            "TYPE": "HANGUP"}]  # fmt: skip
    analysis = analysed(tmp_path, [(json.dumps(report), 34, PHONE, CARRIER) for report in reports])
    (quality,) = analysis["quality"]
    assert (quality["mos"], quality["loss_percent"], quality["source"]) == (4.3, 0.25, "report")
    assert "low_quality" not in {f["code"] for f in analysis["findings"]}


def publish(named, via=PHONE, more=""):
    """A phone's report under a Call-ID of its own (RFC 6035)."""
    body = (f"VQSessionReport: CallTerm\r\nCallID: {named}\r\nRemoteAddr:IP={CARRIER} PORT=40001 SSRC=2\r\n"
            "LocalMetrics:\r\nPacketLoss:NLR=6.5 JDR=0.0\r\nQualityEst:MOSLQ=2.4 MOSCQ=2.3\r\n")
    return (f"PUBLISH sip:collector@example.com SIP/2.0\r\n{more}Via: SIP/2.0/UDP {via}:5060;branch=z9hG4bKq\r\n"
            f"From: <sip:30@example.com>;tag=q\r\nTo: <sip:collector@example.com>\r\nCall-ID: report@phone\r\n"
            "CSeq: 1 PUBLISH\r\nEvent: vq-rtcpxr\r\nContent-Type: application/vq-rtcpxr\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")


def test_what_a_phone_publishes_is_told_of_the_call_that_it_names(tmp_path):
    # As its proxy received it, and as it passed it on: one report, of the phone.
    passed_on = publish(CALL, more="Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKp\r\n")
    analysis = analysed(tmp_path, [(publish(CALL), 1, PHONE, "10.0.0.2"), (passed_on, 1, "10.0.0.2", "10.0.0.3")])
    (quality,) = analysis["quality"]
    assert {**quality, "messages": len(quality["messages"])} == {
        "from": CARRIER, "to": PHONE, "told_by": PHONE, "source": "RFC 6035", "mos": 2.3, "loss_percent": 6.5,
        "messages": 1}
    assert "low_quality" in {f["code"] for f in analysis["findings"]}


def test_a_report_that_names_no_call_stays_where_it_is(tmp_path):
    for i, named in enumerate(("", "@events/x", "two words", "report@phone")):
        place = tmp_path / str(i)
        place.mkdir()
        assert "quality" not in analysed(place, [(publish(named), 1, PHONE, CARRIER)])


def test_limits_and_ends_are_settings(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "findings": {"high_loss": 30}, "hosts": {"trunk": [CARRIER]}, "carriers": ["trunk"], "phones": ["10.0.0.0/8"]}))  # fmt: skip
    analysis = analysed(tmp_path, [(rtcp(64), 5, PHONE, CARRIER)], "--config", str(config))
    assert (analysis["originate_type"], analysis["terminate_type"]) == ("phone", "carrier")
    assert "low_quality" not in {f["code"] for f in analysis["findings"]}


@pytest.mark.parametrize("words, why", [
    (("--findings", "slow_setup=soon"), "slow_setup=soon: not a time such as 6s or 2500ms"),
    (("--findings", "loss=3"), "unknown (slow_setup, clock_off, low_mos, high_loss)"),
    (("--carriers", "10.0.0.0/99"), "--carriers: not a name, an address, a network or an address with a port"),
])  # fmt: skip
def test_a_setting_that_makes_no_sense_is_told(tmp_path, words, why):
    done = subprocess.run([PROGRAM, "run", "--root", tmp_path, *words], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and why in done.stderr
