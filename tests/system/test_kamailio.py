"""A real Kamailio, configured as README.md says, mirrors a real call of sipp."""

import re
import socket
import subprocess

import pytest

from conftest import free_port, wait_for
from recordings import DATA

README = DATA.parent.parent.parent / "README.md"

# One worker: two really do send the 180 on after the 200 came in, now and then.
PROXY = """
debug=0
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:127.0.0.1:{sip}
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
{siptrace}
request_route {{
    {trace}
    $du = "sip:127.0.0.1:{uas}";
    t_relay();
}}
"""


def readme_snippet():
    (snippet,) = [block for block in re.findall(r"```\n(.*?)```", README.read_text(), re.DOTALL)
                  if 'loadmodule "siptrace.so"' in block]  # fmt: skip
    return snippet


# How the README's snippet is changed, and what the chunks tell of it.
MODES = {
    "HEP 1": ({'"hep_version", 3': '"hep_version", 1'}, {1}),
    "HEP 2": ({'"hep_version", 3': '"hep_version", 2'}, {2}),
    "HEP 3": ({}, {3}),
    "SIP": ({'"hep_mode_on", 1': '"xheaders_write", 1', '"trace_mode", 1': '"trace_flag", 22'}, {None}),
}
TRACE = {"SIP": "setflag(22); sip_trace();"}  # what trace_mode does by itself


@pytest.mark.parametrize("mode", MODES)
def test_a_call_through_kamailio(inspector, tmp_path, mode):
    host, hep = inspector.start_parser()
    changes, versions = MODES[mode]
    sip, uas, uac = free_port(), free_port(), free_port()
    snippet = readme_snippet().replace("127.0.0.1:9060", "%s:%d" % (host, hep))
    for old, new in changes.items():
        assert old in snippet
        snippet = snippet.replace(old, new)
    config = tmp_path / "kamailio.cfg"
    config.write_text(PROXY.format(sip=sip, uas=uas, siptrace=snippet, trace=TRACE.get(mode, "")))
    log = (tmp_path / "kamailio.log").open("w")
    kamailio = subprocess.Popen(
        ["kamailio", "-f", config, "-DD", "-E", "-Y", tmp_path, "-P", tmp_path / "pid",
         "-m", "64", "-M", "8"],
        stderr=log, stdout=log,
    )  # fmt: skip
    server = subprocess.Popen(
        ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(uas), "-nostdin", "-m", "1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(lambda: listens(sip) and listens(uas), "Kamailio and sipp to listen")
        call_id = "kamailio-%s@127.0.0.1" % mode.replace(" ", "-")
        subprocess.run(
            ["sipp", "-sn", "uac", "-i", "127.0.0.1", "-p", str(uac), "-nostdin", "-m", "1",
             "-d", "100", "-cid_str", call_id, "-s", "bob", "127.0.0.1:%d" % sip],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip

        def messages():
            return inspector.json("callid_details", call_id)

        log = (tmp_path / "kamailio.log").read_text()
        # Transaction tracing does not mirror the ACK of a 2xx that is sent on: no transaction has it.
        expected = 12 if mode == "SIP" else 13
        wait_for(lambda: len(messages()) >= expected, "the call's messages: " + log)
        shown = [(re.sub(r"^SIP/2.0 ", "", c["label"]).split(" ")[0], c["src"]) for c in messages()]
        a, proxy, b = ("127.0.0.1:%d" % port for port in (uac, sip, uas))
        assert [m for m in shown if m not in (("100", proxy), ("ACK", proxy))] == [
            ("INVITE", a), ("INVITE", proxy), ("180", b), ("180", proxy), ("200", b),
            ("200", proxy), ("ACK", a), ("BYE", a), ("BYE", proxy), ("200", b), ("200", proxy),
        ]  # fmt: skip
        assert len(shown) == expected
        assert inspector.json("inspect_call_id", call_id)["dialog_entities"] == [a, proxy, b]
        assert {c.get("hep") for c in messages()} == versions
    finally:
        for process in (kamailio, server):
            process.terminate()
            process.wait(30)


def listens(port):
    """True when somebody has the UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
