"""Starting, stopping, being killed: what an operator does to the program and its files."""

import base64
import json
import os
import pathlib
import signal
import socket
import subprocess

from conftest import PROGRAM, Inspector, Sender, free_port, wait_for
from recordings import DATA, Run, records

CALL = "kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1"


def feed(inspector, address, name="kam2_hep3_skew-3.2s"):
    run = Run(name)
    sender = Sender(inspector, [address])
    sender.sent[address] = inspector.stats(address)["received"]
    for _, _, datagram in run.by_arrival():
        sender.send(address, datagram)
    sender.settle()


def test_stored_calls_outlive_a_kill(inspector):
    address = inspector.start_parser()
    feed(inspector, address)
    before = inspector.text("callid_details", CALL)
    inspector.kill(signal.SIGKILL)
    inspector.start()  # over the socket that the killed one left behind
    assert inspector.text("callid_details", CALL) == before


def test_a_line_torn_by_a_crash_costs_that_line_only(inspector):
    address = inspector.start_parser()
    feed(inspector, address)
    inspector.settle()
    before = inspector.json("callid_details", CALL)
    (file,) = [p for p in inspector.root.glob("??/??/*") if CALL in p.read_text()]
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: whole.index(b"\n") // 2])
    assert inspector.json("callid_details", CALL) == before
    feed(inspector, address)  # appends behind the torn line
    inspector.settle()
    lines = file.read_bytes().splitlines()
    broken = [line for line in lines if not line.endswith(b"}")]
    assert len(broken) == 1
    assert len(lines) == 2 * len(whole.splitlines()) + 1


def test_rotated_and_deleted_files_are_begun_again(inspector):
    address = inspector.start_parser()
    for change in (pathlib.Path.unlink, lambda f: f.rename(f.with_suffix(".1")),
                   lambda f: f.write_bytes(b"")):  # fmt: skip
        feed(inspector, address)
        inspector.settle()
        before = inspector.json("callid_details", CALL)
        (file,) = [p for p in inspector.root.glob("??/??/*")
                   if p.suffix == "" and CALL in p.read_text()]  # fmt: skip
        change(file)
        assert inspector.text("callid_details", CALL) == "[]\n"
        feed(inspector, address)
        after = inspector.json("callid_details", CALL)
        assert [c["label"] for c in after] == [c["label"] for c in before]
        inspector.text("flush")
        for rotated in inspector.root.rglob("*.1"):
            rotated.unlink()


def test_what_cannot_be_written_is_kept_in_memory_and_written_later(inspector):
    address = inspector.start_parser()
    inspector.root.write_text("a file where the directory should be")
    feed(inspector, address)
    messages = inspector.json("callid_details", CALL)
    assert messages, "what is in memory is seen"
    stats = inspector.json("store_stats")
    assert stats["stored"] == 0 and stats["memory"] > 0
    assert str(inspector.root) in stats["trouble"]
    inspector.root.unlink()
    inspector.settle()
    stats = inspector.json("store_stats")
    assert stats["stored"] == stats["received"] == inspector.stats(address)["received"]
    assert stats["lost"] == 0 and "trouble" not in stats
    assert inspector.json("callid_details", CALL) == messages
    log = inspector.log.read_text()
    assert log.count("cannot store: ") == 1 and "storing again; lost meanwhile: 0" in log


def test_flush_does_not_follow_links(inspector, tmp_path):
    address = inspector.start_parser()
    feed(inspector, address)
    elsewhere = tmp_path / "elsewhere"
    precious = elsewhere / "cd" / ("0" * 28)
    precious.parent.mkdir(parents=True)
    precious.write_text("precious")
    missing = next(d for d in ("%02x" % i for i in range(256)) if not (inspector.root / d).exists())
    (inspector.root / missing).symlink_to(elsewhere)
    (inspector.root / "notes.txt").write_text("not a call")
    assert inspector.text("flush") == "ok\n"
    assert precious.read_text() == "precious"
    assert (inspector.root / "notes.txt").exists()


def test_terminated_it_exits_clean_and_takes_its_socket_away(inspector):
    inspector.kill(signal.SIGTERM)
    assert inspector.process.returncode == 0
    assert not inspector.socket.exists()
    inspector.start()
    inspector.kill(signal.SIGINT)
    assert inspector.process.returncode == 0


def test_a_second_inspector_on_one_socket_is_refused(inspector):
    second = subprocess.run(
        [PROGRAM, "run", "--root", inspector.root, "--socket", inspector.socket],
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 2
    assert b"an inspector is running there already" in second.stderr
    assert inspector.text("list_active_parsers") == ""


def test_parsers_from_the_command_line_and_a_configuration_file(tmp_path):
    one, two, three = free_port(), free_port(), free_port()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({
        "startup_parsers": {
            "as kazoo writes it": {"type": "hep", "ip": "127.0.0.1", "port": str(one)},
            "with a number": {"type": "hep", "ip": "127.0.0.1", "port": two},
            "broken": {"type": "pcap", "ip": "127.0.0.1", "port": 1},
            "taken": {"type": "hep", "ip": "192.0.2.1", "port": 9060},
        },
        "nonsense": 1,
    }))  # fmt: skip
    inspector = Inspector(tmp_path, "--config", config, "--hep", "127.0.0.1:%d" % three)
    expected = "".join("'127.0.0.1:%d'\n" % port for port in (three, two, one))
    wait_for(lambda: inspector.text("list_active_parsers") == expected, "three parsers")
    log = inspector.log.read_text()
    assert "broken: unknown type 'pcap'" in log
    assert "no such address on this machine (192.0.2.1:9060)" in log
    assert "nonsense: unknown" in log
    inspector.stop()


def test_a_parser_on_the_command_line_that_cannot_start_ends_the_program(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        taken = "127.0.0.1:%d" % s.getsockname()[1]
        answer = subprocess.run(
            [PROGRAM, "run", "--root", tmp_path, "--socket", tmp_path / "s", "--hep", taken],
            capture_output=True, timeout=60,
        )  # fmt: skip
    assert answer.returncode == 2 and b"address already in use" in answer.stderr


def test_mute_and_rude_clients_of_the_socket_hold_nobody_up(inspector):
    rude = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(20)]
    for i, s in enumerate(rude):
        s.connect(str(inspector.socket))
        s.sendall([b"", b"\xff\xff\xff\xff", b"\0\0\0\x05ab", b"\0\0\0\0", b"\0\0\0\x02ab"][i % 5])
    assert inspector.text("list_active_parsers") == ""
    for s in rude:
        s.close()
    assert inspector.text("list_active_parsers") == ""


def test_messages_that_are_not_utf8_come_back_whole(inspector):
    address = inspector.start_parser()
    call_id = "m\xfcller@h\xf6st".encode("latin-1")
    message = (
        b"MESSAGE sip:a@b SIP/2.0\r\nCall-ID: " + call_id + b"\r\nCSeq: 1 MESSAGE\r\n"
        b"Content-Length: 6\r\n\r\n\x00\xff\xfe\n\"\\"
    )
    head = bytes.fromhex("0110 0211 13ce 13c4 7f000001 7f00000a".replace(" ", ""))
    sender = Sender(inspector, [address])
    sender.send(address, head + message)
    sender.settle()
    for asked in (call_id, call_id.decode("latin-1").encode()):  # as sent, and as shown
        (chunk,) = json.loads(inspector.text("callid_details", asked))
        assert chunk["call-id"] == call_id.decode("latin-1")
        assert base64.b64decode(chunk["payload"]) == message
        assert chunk["flags"] == ["no_clock"]


def test_a_message_sent_again_is_marked(inspector):
    """RFC 3261 17.1.1.2: a client that hears nothing sends its INVITE again after half a second."""
    address = inspector.start_parser()
    run = Run("kam_hep2_mode1")
    _, invite = next((a, d) for a, d in run.datagrams["p1"] if b"INVITE" in d[28:35])
    sender = Sender(inspector, [address])
    sender.send(address, invite)
    seconds = int.from_bytes(invite[16:20], "little")
    sender.send(address, invite[:16] + (seconds + 1).to_bytes(4, "little") + invite[20:])
    sender.settle()
    call_id = invite.split(b"Call-ID: ")[1].split(b"\r\n")[0].decode()
    first, again = inspector.json("callid_details", call_id)
    assert "retransmission" not in first and again["retransmission"] == 1


def test_the_sample_of_make_run(tmp_path):
    run_sh = DATA.parent.parent.parent / "priv" / "sample" / "run.sh"
    environment = {**os.environ, "HEP": "127.0.0.1:%d" % free_port(), "WEB": "127.0.0.1:%d" % free_port(),
                   "CALL_INSPECTOR_SOCKET": str(tmp_path / "socket")}  # fmt: skip
    demo = subprocess.Popen(
        [run_sh, PROGRAM, tmp_path / "calls"], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    shown = []
    for line in demo.stdout:
        shown.append(line)
        if "README.md" in line:
            break
    os.killpg(demo.pid, signal.SIGINT)  # what Ctrl-C does
    demo.wait(60)
    assert not (tmp_path / "socket").exists()
    text = "".join(shown)
    assert text.index("INVITE") < text.index("ACK") < text.index("BYE")
    assert "3.2" in text.split("BYE")[-1]  # the slow clock is told
    assert "http://%s/" % environment["WEB"] in text


def test_the_picture_in_the_documentation_of_ladder_is_what_users_see(inspector):
    address = inspector.start_parser()
    sample = DATA.parent.parent.parent / "priv" / "sample" / "two_observers.bin"
    sender = Sender(inspector, [address])
    for _, datagram in records(sample.read_bytes()):
        sender.send(address, datagram)
    sender.settle()
    drawn = inspector.text("ladder", CALL).replace("%s:%d" % address, "127.0.0.1:9060")
    text = (DATA.parent.parent.parent / "docs" / "commands.md").read_text()
    assert "```\n" + drawn + "```" in text


def test_the_picture_in_the_readme_is_what_users_see(tmp_path):
    hosts = {"phone": "6.17", "kam1": "0.10", "fs1": "0.40", "carrier1": "3.13", "carrier2": "3.14"}
    inspector = Inspector(
        tmp_path, *(word for name, end in hosts.items() for word in ("--hosts", "%s=127.0.%s" % (name, end))))  # fmt: skip
    run = Run("fs_fail_xcid_skew+0.4s")
    addresses = {stream: inspector.start_parser() for stream in run.streams}
    sender = Sender(inspector, list(addresses.values()))
    for _, stream, datagram in run.by_arrival():
        sender.send(addresses[stream], datagram)
    sender.settle()
    wait_for(lambda: "incomplete" not in inspector.text("search", ""), "a complete index")
    drawn = inspector.text("ladder", "4e0160fd3f08cd33@127.0.6.17", "nosdp", "110")
    for port, stream in enumerate(run.streams, 9060):
        drawn = drawn.replace("%s:%d" % addresses[stream], "127.0.0.1:%d" % port)
    assert "```\n" + drawn + "```" in (DATA.parent.parent.parent / "README.md").read_text()
