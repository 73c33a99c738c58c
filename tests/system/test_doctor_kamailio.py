"""A real Kamailio, configured wrongly: the doctor notices, and the lines that it gives mend it."""

import contextlib
import re
import socket
import subprocess

import pytest

from conftest import free_port, wait_for
from doctor import found, lines, wait_until_found
from hep_packets import sip
from test_kamailio import PROXY, listens, readme_snippet

CALLS = 10


@contextlib.contextmanager
def kamailio(directory, config, port):
    (directory / "kamailio.cfg").write_text(config)
    with (directory / "kamailio.log").open("a") as log:
        process = subprocess.Popen(
            ["kamailio", "-f", directory / "kamailio.cfg", "-DD", "-E", "-Y", directory, "-P", directory / "pid",
             "-m", "64", "-M", "8"], stderr=log, stdout=log)  # fmt: skip
    try:
        wait_for(lambda: listens(port) or process.poll() is not None, "Kamailio to listen")
        assert process.poll() is None, (directory / "kamailio.log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(30)


def play_calls(sip_port):
    subprocess.run(
        ["sipp", "-sn", "uac", "-i", "127.0.0.1", "-p", str(free_port()), "-nostdin", "-m", str(CALLS), "-r", "20",
         "-d", "10", "-s", "bob", "127.0.0.1:%d" % sip_port],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)  # fmt: skip


def ping(sip_port):
    """600 OPTIONS, no faster than they are answered."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(60)
        for i in range(600):
            via = "127.0.0.1:%d" % s.getsockname()[1]
            s.sendto(sip("OPTIONS sip:127.0.0.1:%d SIP/2.0" % sip_port, "ping-%d" % i, "1 OPTIONS", via), ("127.0.0.1", sip_port))
            assert s.recv(65536).startswith(b"SIP/2.0 200")


def applied(config, diagnosis):
    """The configuration with what the doctor says about Kamailio's."""
    for cure in diagnosis["cures"]:
        line = cure["line"]
        if (cure["program"], cure["where"]) != ("kamailio", "kamailio.cfg"):
            continue
        name = re.match(r'modparam\("siptrace", "\w+",', line)
        if cure["action"] == "remove":
            assert line in config, line
            config = config.replace(line, "")
        elif name and name.group() in config:
            config = re.sub(re.escape(name.group()) + ".*", lambda _: line, config)
        elif name:
            config = config.replace("request_route", line + "\nrequest_route")
        else:
            assert line.startswith("event_route"), line
            config += line + "\n"
    return config


ANSWERS = 'if ($rm == "OPTIONS") { sl_send_reply("200", "OK"); exit; }'
# What is wrong: how the README's configuration is changed, what the script does, what is sent.
WRONG = {
    "old_hep": ({'"hep_version", 3': '"hep_version", 2'}, "", play_calls),
    "everything_twice": ({'"trace_mode", 1)': '"trace_mode", 1)\nmodparam("siptrace", "trace_flag", 22)'},
                         "setflag(22); sip_trace();", play_calls),
    "one_direction": ({'"trace_mode", 1': '"trace_mode", 0'}, "sip_trace();", play_calls),
    "options_flood": ({}, ANSWERS, ping),
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_a_kamailio_that_is_configured_wrongly_and_then_mended(inspector, tmp_path, code):
    changes, script, send = WRONG[code]
    address = inspector.start_parser()
    sip_port, uas = free_port(), free_port()
    snippet = readme_snippet().replace("127.0.0.1:9060", "%s:%d" % address)
    for old, new in changes.items():
        assert old in snippet
        snippet = snippet.replace(old, new)
    config = PROXY.format(sip=sip_port, uas=uas, siptrace='loadmodule "textops.so"\n' + snippet, trace=script)
    server = subprocess.Popen(["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(uas), "-nostdin"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(lambda: listens(uas), "sipp to listen")
        with kamailio(tmp_path, config, sip_port):
            send(sip_port)
            (diagnosis,) = wait_until_found(inspector, code)
        assert lines(diagnosis, "kazoo") and not lines(diagnosis, "opensips"), "it is known to be Kamailio"
        # The same parser anew: what was before is forgotten.
        inspector.text("stop_active_parser", "%s:%d" % address)
        inspector.text("start_hep_parser", address[0], str(address[1]))
        with kamailio(tmp_path, applied(config, diagnosis), sip_port):
            send(sip_port)
            play_calls(sip_port)
            wait_for(lambda: inspector.stats(address)["received"] >= 13 * CALLS, "the mirror of the calls")
            assert not found(inspector, code)
    finally:
        server.terminate()
        server.wait(30)
