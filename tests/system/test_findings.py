"""What is wrong with a call is told, and who is to blame: real calls of sipp through a real Kamailio that mirrors."""

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess

import pytest

import sipp
from conftest import free_port, wait_for
from test_kamailio import readme_snippet

CALLER, PROXY, CALLEE = "127.0.0.1", "127.0.0.10", "127.0.0.99"

CONFIG = """
debug=0
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:{proxy}:{sip}
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "auth.so"
modparam("tm", "fr_timer", {patience})
modparam("tm", "fr_inv_timer", {ring})
{siptrace}
request_route {{
    {route}
    $du = "sip:{callee}:{uas}";
    t_relay();
}}
"""


class Call:
    """One call from sipp over Kamailio to sipp, and what is told of it."""

    def __init__(self, inspector, directory):
        self.inspector, self.directory, self.processes = inspector, directory, []
        self.hep = inspector.start_parser()
        self.caller, self.proxy, self.callee = CALLER, PROXY, CALLEE
        self.sip, self.uas, self.uac = free_port(), free_port(), free_port()
        self.call_id = "finding-%d" % self.uac

    def kamailio(self, route="", patience=2000, ring=120000):
        config = self.directory / "kamailio.cfg"
        snippet = readme_snippet().replace("127.0.0.1:9060", "%s:%d" % self.hep)
        config.write_text(CONFIG.format(
            proxy=self.proxy, sip=self.sip, callee=self.callee, uas=self.uas, siptrace=snippet,
            route=route.format(proxy=self.proxy, sip=self.sip), patience=patience, ring=ring))
        log = (self.directory / "kamailio.log").open("w")
        self.processes.append(subprocess.Popen(
            ["kamailio", "-f", config, "-DD", "-E", "-Y", self.directory, "-P", self.directory / "pid",
             "-m", "64", "-M", "8"], stderr=log, stdout=log))
        wait_for(lambda: self.has(self.proxy, self.sip), "Kamailio to listen")

    @staticmethod
    def has(host, port):
        """True when somebody has the UDP port of this address."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.bind((host, port))
            except OSError:
                return True
        return False

    def answers(self, *steps):
        self.processes.append(sipp.start(
            self.directory, "callee", steps, "-i", self.callee, "-p", str(self.uas)))
        wait_for(lambda: self.has(self.callee, self.uas), "the callee to listen")

    def calls(self, *steps, wait=True, more=()):
        caller = sipp.start(
            self.directory, "caller", steps, "-i", self.caller, "-p", str(self.uac), "-cid_str", self.call_id,
            "-s", "bob", *more, "%s:%d" % (self.proxy, self.sip))
        self.processes.append(caller)
        if wait:
            caller.wait(60)
        return caller

    def end(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self.processes.clear()

    def analysis(self, messages):
        """Once so many messages are known."""
        def known():
            answer = self.inspector.json("inspect_call_id", self.call_id)
            return len(answer["messages"]) >= messages and answer
        return wait_for(known, "%d messages" % messages)["analysis"][0]

    def first(self, messages):
        """(code, severity, host) of the first finding, once so many messages are known."""
        analysis = self.analysis(messages)
        assert analysis["findings"], analysis
        first = analysis["findings"][0]
        return first["code"], first["severity"], first.get("host", "").split(":")[0]


@pytest.fixture
def call(inspector, tmp_path):
    one = Call(inspector, tmp_path)
    yield one
    one.end()


def test_nothing_is_told_of_a_call_that_goes_well(call):
    call.kamailio()
    call.answers(*sipp.CALLED, *sipp.ACCEPTS, gets_ack(), *sipp.ENDS)
    call.calls(*sipp.CALLS, *sipp.TAKES, sipp.pause(3500), *sipp.HANGS_UP)
    analysis = call.analysis(13)
    assert [f for f in analysis["findings"] if f["severity"] != "info"] == []
    assert analysis["outcome"] == "answered" and analysis["final_status"] == 200
    assert analysis["hung_up_by"] == "caller"


def gets_ack():
    return sipp.gets("ACK")


def test_a_host_that_does_not_answer(call):
    call.kamailio()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((call.callee, call.uas))
        call.calls(sipp.send(sipp.invite(), again=True), sipp.gets(100), sipp.gets(408), sipp.send(ack_of_refusal()))
        assert call.first(7) == ("no_response", "error", CALLEE)
        assert call.analysis(7)["failing_host"].split(":")[0] == CALLEE


def ack_of_refusal():
    """It has the branch of its INVITE."""
    return sipp.request("ACK", branch="[branch-1]")


def test_an_answer_that_nobody_acknowledges(call):
    call.kamailio()
    call.answers(*sipp.CALLED, sipp.send(sipp.response(200, "OK", body=sipp.ANSWER.format(media="[local_ip]")), again=True),
                 gets_ack())
    call.calls(*sipp.CALLS, sipp.gets(200), sipp.pause(4000))
    assert call.first(11)[:2] == ("no_ack", "error")


def test_a_search_by_finding(call):
    call.kamailio()
    call.answers(*sipp.CALLED, sipp.send(sipp.response(404, "Not Found"), again=True), gets_ack())
    call.calls(*sipp.CALLS, sipp.gets(404), sipp.send(sipp.request("ACK", 1)))
    call.first(6)

    def found(expression):
        lines = call.inspector.text("search", expression).splitlines()
        return [(row["call-id"], row["findings"]) for row in map(json.loads, lines) if "call-id" in row]
    wait_for(lambda: found("finding=unknown_number since=1h"), "the call to be found by what was wrong with it")
    assert found("finding=unknown_number") == [(call.call_id, ["unknown_number"])]
    assert found("finding=no_ack,loop") == []
    assert [row[0] for row in found("finding!=no_ack")] == [call.call_id]


@pytest.mark.parametrize("words, why", [
    (("search", "finding=no_akc"), "no finding 'no_akc': there are lost_between loop"),
    (("follow", "finding=no_akc"), "no finding 'no_akc'"),
    (("trap", "finding!=no_akc", "1"), "no finding 'no_akc'"),
])
def test_where_a_finding_makes_no_sense(inspector, words, why):
    status, text = inspector.ask_directly(*words)
    assert (status, why in text) == (1, True), text


def test_a_bye_that_nobody_answers(call):
    """Kamailio gives up, and answers in place of the callee."""
    call.kamailio()
    call.answers(*sipp.CALLED, *sipp.ACCEPTS, gets_ack(), sipp.gets("BYE"), sipp.pause(6000))
    call.calls(*sipp.CALLS, *sipp.TAKES, sipp.pause(500), sipp.send(sipp.request("BYE", 2), again=True), sipp.gets(408))
    assert call.first(13) == ("no_response", "error", CALLEE)


def test_a_bye_without_an_answer_as_yet(call):
    """Sent again, and nobody has given up."""
    call.kamailio(patience=60000)
    call.answers(*sipp.CALLED, *sipp.ACCEPTS, gets_ack(), sipp.gets("BYE"), sipp.pause(20000))
    caller = call.calls(*sipp.CALLS, *sipp.TAKES, sipp.pause(500), sipp.send(sipp.request("BYE", 2), again=True),
                        sipp.gets(200), wait=False)

    def sent_again():
        labels = [m["label"] for m in call.inspector.json("inspect_call_id", call.call_id)["messages"]]
        return sum(label.startswith("BYE") for label in labels) >= 4
    wait_for(sent_again, "the BYE to be sent again")
    assert call.first(11)[:2] == ("bye_unanswered", "warning")
    caller.terminate()


CHALLENGE = """
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("example.com", "secret", "0")) {{
            www_challenge("example.com", "0");
            exit;
        }}
        sl_send_reply("200", "OK");
        exit;
    }}
"""


def test_a_wrong_password(call):
    call.kamailio(CHALLENGE.replace("is_method(\"REGISTER\")", "$rm == \"REGISTER\""))
    register = sipp.request("REGISTER", to_tag=False)
    again = sipp.request("REGISTER", 2, to_tag=False, extra="[authentication username=alice password=wrong]")
    call.calls(sipp.send(register, again=True), sipp.gets(401, more=' auth="true"'),
               sipp.send(again, again=True), sipp.gets(401, more=' auth="true"'))
    assert call.first(4)[:2] == ("wrong_credentials", "error")


def test_a_challenge_that_is_not_taken_up(call):
    call.kamailio(CHALLENGE.replace("is_method(\"REGISTER\")", "$rm == \"REGISTER\""))
    call.calls(sipp.send(sipp.request("REGISTER", to_tag=False), again=True), sipp.gets(401))

    def told():
        findings = call.analysis(2)["findings"]
        return findings and findings[0]["code"]
    assert wait_for(told, "the finding") == "challenge_unanswered"


REFUSALS = {
    404: ("Not Found", "unknown_number", "error"),
    403: ("Forbidden", "refused", "error"),
    488: ("Not Acceptable Here", "codec_mismatch", "error"),
    503: ("Service Unavailable", "overloaded", "error"),
    486: ("Busy Here", "refused", "info"),
    603: ("Decline", "refused", "info"),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_by_the_callee(call, status):
    reason, code, severity = REFUSALS[status]
    call.kamailio()
    extra = "Retry-After: 30" if status == 503 else ""
    call.answers(*sipp.CALLED, sipp.send(sipp.response(status, reason, extra=extra), again=True), gets_ack())
    told = 500 if status == 503 else status  # RFC 3261 16.7: another host may be able to help
    call.calls(*sipp.CALLS, sipp.gets(told), sipp.send(ack_of_refusal()))
    found = call.first(9)
    assert found[:2] == (code, severity)
    assert code == "codec_mismatch" or found[2] == CALLEE


def test_a_refusal_by_the_proxy(call):
    call.kamailio('sl_send_reply("404", "Not Found"); exit;')
    call.calls(sipp.send(sipp.invite(), again=True), sipp.gets(404), sipp.send(ack_of_refusal()))
    assert call.first(2) == ("unknown_number", "error", PROXY)


def test_a_loop(call):
    """The proxy sends everything to itself."""
    call.kamailio("""
        if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
        $du = "sip:{proxy}:{sip}";
        t_relay();
        exit;
    """)
    call.calls(sipp.send(sipp.invite(max_forwards=5), again=True), sipp.gets(100), sipp.gets(483),
               sipp.send(ack_of_refusal()))
    assert call.first(8)[:2] == ("loop", "error")


def test_nobody_takes_the_call(call):
    """It rings until the proxy's timer ends it."""
    call.kamailio(ring=2000)
    call.answers(*sipp.CALLED, sipp.gets("CANCEL"), sipp.send(sipp.response(200, "OK")), sipp.pause(1000))
    call.calls(*sipp.CALLS, sipp.gets(408), sipp.send(ack_of_refusal()))
    analysis = call.analysis(8)
    assert analysis["final_status"] == 408
    first = analysis["findings"][0]
    assert (first["code"], first["host"].split(":")[0]) == ("refused", PROXY)


def test_an_answer_that_crosses_a_cancel(call):
    """The callee has answered before the CANCEL comes; the caller hangs up."""
    call.kamailio()
    call.answers(gets_invite_and_keeps_it(), sipp.send(sipp.response(180, "Ringing")), sipp.gets("CANCEL"),
                 sipp.send(sipp.response(200, "OK")), sipp.send(in_answer_to_the_invite()), gets_ack(), *sipp.ENDS)
    call.calls(*sipp.CALLS, sipp.send(sipp.request("CANCEL", to_tag=False, branch="[branch-3]"), again=True),
               sipp.gets(200), sipp.gets(200),
               sipp.send(sipp.request("ACK")), *sipp.HANGS_UP)
    assert call.first(16)[:2] == ("answer_crossed_cancel", "warning")


def gets_invite_and_keeps_it():
    return ('<recv request="INVITE"><action>'
            '<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="1" assign_to="proxy"/>'
            '<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="2" assign_to="caller"/></action></recv>')


def in_answer_to_the_invite():
    head = ["SIP/2.0 200 OK", "Via:[$proxy]", "Via:[$caller]", "[last_From:]", "[last_To:];tag=b[call_number]",
            "[last_Call-ID:]", "CSeq: 1 INVITE", "Contact: <sip:bob@[local_ip]:[local_port]>"]
    return sipp.message(head, "", sipp.ANSWER.format(media="[local_ip]"))


def test_a_host_that_answers_late(call):
    """The BYE is sent again, and is answered in the end."""
    call.kamailio(patience=20000)
    call.answers(*sipp.CALLED, *sipp.ACCEPTS, gets_ack(), sipp.gets("BYE"), sipp.pause(1300),
                 sipp.send(sipp.in_dialog(200, "OK")))
    call.calls(*sipp.CALLS, *sipp.TAKES, sipp.pause(3500), *sipp.HANGS_UP)
    findings = call.analysis(15)["findings"]
    assert findings[0]["code"] == "retransmissions"
    assert [f["code"] for f in findings if f["severity"] == "error"] == []


@pytest.fixture
def public_addresses():
    """Addresses of this machine that are not private."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs root and iproute2")
    number = random.randrange(10, 200)
    addresses = ["203.0.113.%d" % (number + i) for i in range(3)]
    with contextlib.ExitStack() as stack:
        for address in addresses:
            if subprocess.run(["ip", "addr", "add", address + "/32", "dev", "lo"]).returncode != 0:
                pytest.skip("needs CAP_NET_ADMIN")
            stack.callback(subprocess.run, ["ip", "addr", "del", address + "/32", "dev", "lo"])
        yield addresses


def test_private_addresses_from_a_public_one(call, public_addresses):
    call.caller, call.proxy, call.callee = public_addresses
    call.kamailio()
    call.answers(*sipp.CALLED, *sipp.ACCEPTS, gets_ack(), *sipp.ENDS)
    call.calls(sipp.send(sipp.invite(media="192.168.178.20"), again=True), sipp.gets(100, optional=True), sipp.gets(180),
               *sipp.TAKES, sipp.pause(3500), *sipp.HANGS_UP)
    first = call.analysis(13)["findings"][0]
    assert (first["code"], first["severity"]) == ("private_media_address", "warning")
    assert "192.168.178.20" in first["text"]
