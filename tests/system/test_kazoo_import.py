"""Calls that Kazoo's Call Inspector stored become ours, once, and nothing is lost on the way."""

import base64
import json
import random
import re
import signal
import socket
import subprocess

from conftest import PROGRAM, wait_for
from kazoo_store import STAMP, Atom, chunk, path_of, record, store


def sip(method, call_id, headers="", body=""):
    return (
        "%s sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        'From: "Zoë \\"the one\\"" <sip:a@b>;tag=%s\r\nCall-ID: %s\r\nCSeq: 1 %s\r\n%s'
        "Content-Length: %d\r\n\r\n%s"
        % (method, "t" * 300, call_id, method, headers, len(body), body)
    )


SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n"
INVITE = sip("INVITE", "one", "Content-Type: application/sdp\r\n", SDP)
AUTHORIZATION = 'Authorization: Digest username="a", response="7587245234b3434c"\r\n'
MASKED = AUTHORIZATION.replace("7587245234b3434c", "*" * 16)
FREESWITCH = [
    "recv 500 bytes from udp/[192.0.2.7]:5070 at 12:00:00.123456",
    "INVITE sip:b@example.com SIP/2.0",
    "Call-ID: three",
    "Content-Length: %d" % len(SDP),
    *SDP.split("\r\n")[:-1],
]
KAMAILIO = ["recieved udp request INVITE sip:b@example.com", "source 192.0.2.1:5060"]


def import_from(inspector, root):
    return inspector.json("import_kazoo", str(root))


def octets(chunk_):
    return "\r\n".join(chunk_["raw"]) + "\r\n" * chunk_["crlfs"]


def test_every_kind_of_record(inspector, tmp_path):
    old = tmp_path / "old"
    latin = INVITE.replace("one", "two").encode().replace("ë".encode(), b"\xeb\x00\x85")
    store(old, [
        record("one", chunk("one", INVITE)),
        record("one", chunk("one", sip("ACK", "one", AUTHORIZATION), STAMP + 1, c_seq="1 ACK")),
        record("one", (Atom("ci_analysis"), "one"), "analysis"),
        record("one", (Atom("unheard_of"), "one")),
        record("two", chunk("two", latin, int(STAMP), src=("2001:db8::1", 5060))),
        record("three", chunk("three", FREESWITCH, 1, src=("192.0.2.7", "5070"), c_seq=None,
                              parser=Atom("/var/log/sip.log"), label=FREESWITCH[1])),
        record("four", chunk("four", KAMAILIO, 63600000000.0, dst=(None, None), c_seq=None,
                             label=Atom("undefined"))),
    ], tmp_path)  # fmt: skip
    ours = old / path_of("five")
    ours.parent.mkdir(parents=True, exist_ok=True)
    ours.write_text('{"call-id":"five","label":"BYE"}\n')

    answer = import_from(inspector, old)
    assert answer == {"files": 4, "imported": 5, "already_there": 0,
                      "skipped": {"analysis": 1, "not_a_chunk": 1}}  # fmt: skip

    invite, ack = inspector.json("callid_details", "one")
    assert octets(invite) == INVITE
    assert octets(ack) == sip("ACK", "one", MASKED)
    assert invite["timestamp"] == STAMP and invite["ref_timestamp"] == "%.2f" % (STAMP + 0.5)
    assert (invite["src"], invite["dst"]) == ("192.0.2.1:5060", "192.0.2.2:5080")
    assert (invite["parser"], invite["c_seq"]) == ("127.0.0.1:9060", "1 INVITE")
    assert invite["label"] == INVITE.split("\r\n")[0]
    assert "flags" not in invite

    (two,) = inspector.json("callid_details", "two")
    assert base64.b64decode(two["payload"]) == latin
    assert two["src"] == "[2001:db8::1]:5060"

    (three,) = inspector.json("callid_details", "three")
    assert octets(three) == "\r\n".join(FREESWITCH[1:4]) + "\r\n\r\n" + SDP
    assert (three["parser"], three["src"]) == ("/var/log/sip.log", "192.0.2.7:5070")
    assert three["direction"] == "in" and three["flags"] == ["no_clock"]
    assert three["timestamp"] == STAMP + 0.5

    (four,) = inspector.json("callid_details", "four")
    assert four["event"] == "log" and four["label"] == KAMAILIO[0] and four["raw"][:2] == KAMAILIO
    assert four["flags"] == ["unknown_endpoint"] and four["timestamp"] == 63600000000

    assert inspector.json("callid_details", "five") == []
    inspector.settle()
    before = {p: p.read_bytes() for p in inspector.root.rglob("*") if p.is_file()}
    again = import_from(inspector, old)
    assert (again["imported"], again["already_there"]) == (0, 5)
    assert before == {p: p.read_bytes() for p in inspector.root.rglob("*") if p.is_file()}


def test_what_an_earlier_version_imported_is_not_imported_again(inspector, tmp_path):
    old = tmp_path / "old"
    text = INVITE.replace("Zoë", "Zoë\u0085")
    store(old, [record("one", chunk("one", text))], tmp_path)
    assert import_from(inspector, old)["imported"] == 1
    inspector.settle()
    path = inspector.root / path_of("one")
    line = path.read_text()
    now, then = '"%.2f"' % (STAMP + 0.5), '"%.6f"' % (STAMP + 0.5)
    assert now in line and "\\u0085" in line
    path.write_text(line.replace(now, then).replace("\\u0085", "\u0085"))
    assert import_from(inspector, old)["imported"] == 0
    assert len(inspector.json("callid_details", "one")) == 1


def test_a_file_of_old_and_new_is_replaced_in_place(inspector, tmp_path):
    address = inspector.start_parser()
    store(inspector.root, [record("one", chunk("one", INVITE))], tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(sip("BYE", "one").encode(), address)
    inspector.wait_received(address, 1)
    store(inspector.root, [record("one", chunk("one", sip("OPTIONS", "one")))], tmp_path)
    path = inspector.root / path_of("one")
    torn = b'{object,<<"one">>,63598\n'
    with path.open("ab") as out:
        out.write(torn)
    latin = b"\xe9"  # Kazoo took the md5 of the octets, here it is that of what is shown
    store(inspector.root, [record(latin, chunk(latin, sip("BYE", "x")))], tmp_path)
    stray = inspector.root / path_of(latin)

    assert import_from(inspector, inspector.root) == {
        "files": 2, "imported": 3, "already_there": 0, "skipped": {"broken": 1}}  # fmt: skip
    lines = path.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["raw"][0].split()[0] for line in lines[:3]] == ["INVITE", "BYE", "OPTIONS"]
    assert lines[3:] == [torn], "what is not understood stays"
    assert path.stat().st_mode & 0o777 == 0o640, "as private as ours"
    assert not stray.exists()
    assert len(inspector.json("callid_details", "é")) == 1
    content = path.read_bytes()
    again = import_from(inspector, inspector.root)
    assert again == {"files": 1, "imported": 0, "already_there": 0, "skipped": {"broken": 1}}
    assert path.read_bytes() == content
    assert [p.name for p in inspector.root.rglob("*.new")] == []


def test_an_import_that_is_killed_loses_nothing_and_doubles_nothing(inspector, tmp_path):
    rng = random.Random(20261121)
    calls = ["call-%d" % i for i in range(400)]
    records = [record(c, chunk(c, sip(m, c), STAMP + i))
               for c in calls for i, m in enumerate(("INVITE", "ACK", "BYE"))]  # fmt: skip
    store(inspector.root, records, tmp_path)

    def converted():
        return sum((inspector.root / path_of(c)).read_bytes().startswith(b'{"') for c in calls)

    while converted() < len(calls):
        stop_at = converted() + rng.randrange(1, 150)
        asking = subprocess.Popen(
            [PROGRAM, "--socket", inspector.socket, "import_kazoo", inspector.root],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(lambda: converted() >= min(stop_at, len(calls)), "some of the calls")
        inspector.kill(signal.SIGKILL)
        asking.wait(60)
        inspector.start()
    import_from(inspector, inspector.root)
    for call in calls:
        lines = (inspector.root / path_of(call)).read_text().splitlines()
        assert [json.loads(line)["label"].split()[0] for line in lines] == ["INVITE", "ACK", "BYE"]


def test_links_are_not_followed(inspector, tmp_path):
    elsewhere, old = tmp_path / "elsewhere", tmp_path / "old"
    store(elsewhere, [record(c, chunk(c, sip("BYE", c))) for c in ("one", "two")], tmp_path)
    file, directory = old / path_of("one"), old / path_of("two")
    file.parent.mkdir(parents=True)
    file.symlink_to(elsewhere / path_of("one"))
    directory.parent.parent.mkdir(parents=True, exist_ok=True)
    directory.parent.symlink_to((elsewhere / path_of("two")).parent)
    assert import_from(inspector, old)["files"] == 0


def test_what_cannot_be_read_is_said(inspector, tmp_path):
    for directory, why in ((tmp_path / "none", "No such file"), ("old", "not an absolute path")):
        answer = inspector.ask("import_kazoo", directory)
        assert answer.returncode == 2 and why in answer.stderr.decode()
    big = tmp_path / "big" / path_of("one")
    big.parent.mkdir(parents=True)
    with big.open("wb") as out:
        out.truncate((64 << 20) + 1)
    assert import_from(inspector, tmp_path / "big")["skipped"] == {"too_large": 1}




def consulted(root, scratch, files="??/??/*"):
    """What file:consult/1, Kazoo's reader, makes of these files; without the time of storing."""
    out = scratch / "consulted"
    out.unlink(missing_ok=True)
    program = (
        "[begin {ok, Terms} = file:consult(File),"
        ' ok = file:write_file("%s", [io_lib:format("~w~n", [T]) || T <- Terms], [append]) end'
        ' || File <- filelib:wildcard("%s/%s")], halt().' % (out, root, files)
    )
    subprocess.run(["erl", "-noshell", "-eval", program], check=True, timeout=120)
    return [re.sub(r"^({object,<<.*?>>),\d+", r"\1", line) for line in out.read_text().splitlines()]


def test_the_way_back(inspector, tmp_path):
    """Kazoo's terms, ours, and Kazoo's again: the same; and ours again: the same answers."""
    old, new = tmp_path / "old", tmp_path / "new"
    latin = sip("BYE", "zwei").replace("zwei", "zw\u00e9i").encode("latin-1", "replace")
    arrival = 63601112379.24342
    ascii_, ack = (text.replace("ë", "e") for text in (INVITE, sip("ACK", "one")))
    store(old, [
        record("one", chunk("one", ascii_, STAMP, arrival)),
        record("one", chunk("one", ack, STAMP + 1, arrival + 1, c_seq="1 ACK",
                            src=("2001:db8::1", 5060))),
        record(b"zw\xe9i", chunk(b"zw\xe9i", latin, c_seq="1 BYE")),
        record("three", chunk("three", FREESWITCH, 1, src=("192.0.2.7", "5070"), dst=(None, None),
                              c_seq="1 INVITE", label=FREESWITCH[1])),
        record("four", chunk("four", KAMAILIO, c_seq=None)),
    ], tmp_path)  # fmt: skip
    assert import_from(inspector, old)["imported"] == 5
    before = {call: inspector.json("callid_details", call) for call in ("one", "zw\u00e9i", "three")}
    assert before["one"][0]["ref_timestamp"] == "63601112379.24342"

    answer = inspector.json("export_kazoo", str(new))
    assert answer == {"calls": 3, "exported": 4, "skipped": {"event": 1}}
    for directory, why in ((str(new), b"it is not empty"), ("new", b"not an absolute path")):
        refused = inspector.ask("export_kazoo", directory)
        assert refused.returncode == 2 and why in refused.stdout + refused.stderr

    one = path_of("one")
    assert consulted(new, tmp_path, one) == consulted(old, tmp_path, one)
    # Kazoo writes octets that are not ASCII so that it cannot read them, or reads others.
    assert len(consulted(new, tmp_path)) == 4
    assert (new / path_of(b"zw\xe9i")).is_file()

    inspector.text("flush")
    assert import_from(inspector, new)["imported"] == 4
    for call, details in before.items():
        again = inspector.json("callid_details", call)
        for chunk_ in details + again:
            chunk_.pop("seq")
            chunk_.pop("direction", None)
        assert again == details
