"""The Erlang node, asked by real clients of Erlang and, for what those do not do, by one of ours."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import queue
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

import stored
from conftest import PATIENCE, Inspector, Sender, free_port, wait_for
from erlang_node import FLAGS_6, Atom, Client, pid

TESTS = pathlib.Path(__file__).resolve().parent.parent
DOCS = TESTS.parent / "docs" / "sup.md"
COOKIE = "a-cookie-of-tests"
NAME = "inspected"
HOST = socket.gethostname().split(".")[0]


@pytest.fixture(scope="module")
def erlang(tmp_path_factory):
    """The environment of all nodes here: an EPMD and a home of their own, and sup_client compiled."""
    home = tmp_path_factory.mktemp("erlang")
    subprocess.run(["erlc", "-o", home, TESTS / "erl" / "sup_client.erl"], check=True)
    environment = {**os.environ, "HOME": str(home), "ERL_EPMD_PORT": str(free_port())}
    environment.pop("ERL_FLAGS", None)
    yield environment
    end_epmd(environment)


def end_epmd(environment):
    subprocess.run(["epmd", "-kill"], env=environment, capture_output=True)
    for entry in pathlib.Path("/proc").glob("[0-9]*"):  # -kill is refused while names are registered
        try:
            is_ours = b"ERL_EPMD_PORT=" + environment["ERL_EPMD_PORT"].encode() in (entry / "environ").read_bytes()
            if is_ours and (entry / "comm").read_text() == "epmd\n":
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            pass


def registered(environment):
    text = subprocess.run(["epmd", "-names"], env=environment, capture_output=True, text=True).stdout
    return dict(re.findall(r"^name (\S+) at port (\d+)$", text, re.MULTILINE))


class Node(Inspector):
    def __init__(self, directory, environment, *arguments, name=NAME, cookie=COOKIE):
        self.environment = environment
        self.name = name
        file = directory / "cookie"
        if not file.exists():
            file.write_text(cookie + "\n")
            file.chmod(0o400)
        super().__init__(directory, "--node", name, "--cookie-file", file, *arguments)

    def start(self):
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            super().start()
        finally:
            os.environ.clear()
            os.environ.update(before)

    @property
    def port(self):
        return int(re.findall(r"Erlang node \S+ at port (\d+)", self.log.read_text())[-1])

    def is_registered(self):
        return registered(self.environment).get(self.name) == str(self.port)


@pytest.fixture
def node(tmp_path, erlang):
    one = Node(tmp_path, erlang)
    wait_for(one.is_registered, "the node to register")
    yield one
    one.stop()


def sup(erlang, *words, cookie=COOKIE, host=HOST, name=NAME, number=[0], **environment):
    """sup, started and not waited for."""
    number[0] += 1
    own = "sup_%d_%d@127.0.0.1" % (os.getpid(), number[0])
    return subprocess.Popen(
        ["escript", TESTS / "erl" / "programs" / "sup.escript", erlang["HOME"], own, cookie,
         "%s@%s" % (name, host), *words],
        env={**erlang, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)  # fmt: skip


def result(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode(), err.decode()


def ask(erlang, *words, **others):
    return result(sup(erlang, *words, host="127.0.0.1", **others))


def erl(erlang, code, *arguments, cookie=COOKIE):
    """What an Erlang shell's expression gives, printed by ~w."""
    done = subprocess.run(
        ["erl", "-noshell", *arguments, "-setcookie", cookie, "-eval",
         "N = '%s@%s', io:format(\"~w\", [begin %s end]), halt()." % (NAME, "127.0.0.1" if "-name" in arguments else HOST, code)],
        env=erlang, capture_output=True, text=True, timeout=PATIENCE)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows_of_the_docs():
    """Command, what is printed, what is returned, exit code."""
    text = DOCS.read_text()
    table = text[text.index("| what | printed |") :].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_row_of_the_docs_is_what_sup_shows(node, erlang):
    address = node.start_parser()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(stored.packet("CALLID", 1), address)
    node.wait_received(address, 1)
    node.settle()
    port = free_port()
    rows = rows_of_the_docs()
    assert len(rows) == 13
    for what, printed, returned, code in rows:
        command = re.match("`(.+?)`", what)
        if command is None:
            assert ask(erlang, "list_active_parsers", cookie="another")[0] == int(code)
            assert ask(erlang, "list_active_parsers", name="nobody")[0] == int(code)
            continue
        words = command[1].replace("9070", str(port)).split()
        got, out, err = ask(erlang, *words)
        assert got == int(code), (words, out, err)
        shown = re.match("`(.+?)( ?\\.\\.\\.)?`", printed)
        if returned == "`ok`":
            assert out == "ok\n"
        elif returned == "undefined function":
            assert out == "Invalid command or wrong number of arguments\n"
        elif shown and "9060" not in shown[1]:
            assert out.startswith(shown[1].replace("9070", str(port))), (words, out)
        elif words[0] == "list_active_parsers":
            assert out == "'%s:%d'\n" % address
        else:
            assert "MESSAGE" in out, (words, out)


def test_a_node_is_found_and_asked_by_all_kinds_of_clients(node, erlang):
    asks = "[net_adm:ping(N), rpc:call(N, call_inspector_maintenance, flush, []), erpc:call(N, erlang, node, [])]"
    for arguments, host in ((["-sname", "a", "-hidden"], HOST), (["-sname", "b"], HOST),
                            (["-name", "c@127.0.0.1"], "127.0.0.1")):  # fmt: skip
        assert erl(erlang, asks, *arguments) in (
            "[pong,ok,%s@%s]" % (NAME, host), "[pong,ok,'%s@%s']" % (NAME, host))
    assert erl(erlang, "net_adm:ping(N)", "-sname", "a", cookie="another") == "pang"
    log = wait_for(lambda: re.search("could not log in as a@.*: its cookie is another", node.log.read_text()), "a line")
    assert log
    assert erl(erlang, "net_adm:ping(N), {nodes(), nodes(hidden)}", "-sname", "d") in (
        "{[],[%s@%s]}" % (NAME, HOST), "{[],['%s@%s']}" % (NAME, HOST))


def test_a_client_without_a_name_is_given_one(node, erlang):
    asks = "[net_kernel:connect_node(N), rpc:call(N, call_inspector_maintenance, flush, [])]"
    assert erl(erlang, asks, "-sname", "undefined") == "[true,ok]"


def test_names_that_no_node_can_have_are_refused(node):
    for name in ("x@" + "h" * 1000, "x@" + "h" * 250, "x@\udcff", "x@v\nm"):
        with Client(node.port, COOKIE, name=name) as client:
            client.send_name()
            assert client.get() is None
    assert node.answers()


def test_nothing_but_the_commands_is_there_for_who_has_the_cookie(node, erlang):
    attempts = [
        "rpc:call(N, os, cmd, [\"id\"])",
        "rpc:call(N, file, read_file, [\"/etc/passwd\"])",
        "rpc:call(N, code, load_binary, [x, \"x\", <<>>])",
        "rpc:call(N, os, cmd, [fun() -> 1 end])",
        "rpc:call(N, init, stop, [])",
        "rpc:call(N, sup, in_kazoo, [s, os, cmd, [\"id\"]])",
        "rpc:call(N, call_inspector_maintenance, flush, [a, b])",
    ]
    for attempt in attempts:
        assert erl(erlang, attempt, "-sname", "a").startswith("{badrpc,{'EXIT',"), attempt
    spawned = "P = spawn(N, os, cmd, [\"touch /tmp/spawned\"]), R = monitor(process, P), receive {'DOWN', R, _, _, W} -> W end"
    # The shell's logger may have printed its warning about this before the end, or not.
    assert re.search("notsup|noproc", erl(erlang, spawned, "-sname", "a"))
    assert erl(erlang, "catch gen_server:call({file_server_2, N}, stop)", "-sname", "a").startswith("{'EXIT',{noproc")
    assert node.answers()


def test_start_commands_reach_only_what_the_configuration_allows(tmp_path, erlang):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "k.log").write_text("")
    (logs / "out").symlink_to("/etc/passwd")
    (tmp_path / "logs2").mkdir()
    (tmp_path / "logs2" / "k.log").write_text("")
    (tmp_path / "out").mkdir()
    one = Node(tmp_path, erlang, "--node-allow", "read=%s" % logs, "--node-allow", "write=%s" % (tmp_path / "out"))
    wait_for(one.is_registered, "the node to register")
    log = ["127.0.0.1", "5060"]
    refused = [
        ["start_kamailio_parser", "/etc/passwd", *log],
        ["start_freeswitch_parser", "%s/out" % logs, *log],
        ["start_kamailio_parser", "%s/../logs2/k.log" % logs, *log],
        ["start_kamailio_parser", "%s2/k.log" % logs, *log],
        ["import_pcap", "/srv/x.pcap"], ["import_kazoo", "/"], ["export_kazoo", "%s/x" % logs],
        ["start_capture", "lo"], ["start_hep_parser", "0.0.0.0", "9060"], ["start_hep_parser", "tls:10.0.0.1", "9060"],
    ]  # fmt: skip
    allowed = [["start_kamailio_parser", "%s/k.log" % logs, *log], ["export_kazoo", str(tmp_path / "out" / "x")]]
    with concurrent.futures.ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda words: ask(erlang, *words), refused + allowed))
    for words, (code, out, _) in zip(refused, answers):
        assert code == 2 and "is not allowed here" in out, (words, out)
    for words, (code, out, _) in zip(allowed, answers[len(refused) :]):
        assert code == 0, (words, out)
    one.stop()


def test_erl_call_prints_or_returns_the_text(node, erlang):
    address = node.start_parser()
    base = ["erl_call", "-sname", NAME, "-c", COOKIE]
    words = ["-a", "call_inspector_maintenance list_active_parsers []"]
    listed = "'%s:%d'\n" % address
    done = subprocess.run([*base, "-fetch_stdout", "-no_result_term", *words], env=erlang, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, listed)
    done = subprocess.run([*base, *words], env=erlang, capture_output=True, text=True)
    assert done.stdout == "#Bin<%s>" % ",".join(str(ord(c)) for c in listed)


def invite(node, address, call_id, user):
    text = stored.sip(call_id, 1, "INVITE").replace(b"alice", user.encode())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(stored.hep3(text, time.time_ns() // 1000), address)


def follow_until_it_prints(node, follow, read):
    """Sends calls until one of them is printed; its row."""
    address = node.start_parser()
    lines = queue.Queue()
    threading.Thread(target=lambda: lines.put(read()), daemon=True).start()
    for i in range(1000):
        invite(node, address, "call-%d@x" % i, "alice")
        invite(node, address, "other-%d@x" % i, "carol")
        try:
            return lines.get(timeout=0.1)
        except queue.Empty:
            assert follow.poll() is None, follow.communicate()
    pytest.fail("nothing is followed")


def test_sup_follows_calls_while_they_happen(node, erlang):
    follow = sup(erlang, "follow", "from=alice", "600", host="127.0.0.1")
    row = json.loads(follow_until_it_prints(node, follow, follow.stdout.readline))
    assert row["from_user"] == "alice" and row["call-id"].startswith("call-")
    follow.kill()
    follow.wait()
    assert ask(erlang, "follow", "from=alice", "1")[0] == 0
    code, out, err = ask(erlang, "follow", "form=alice")
    assert code == 1 and "column 1: no field 'form'" in out + err


def test_erl_call_follows_if_it_prints(node, erlang):
    base = ["erl_call", "-sname", NAME, "-c", COOKIE]
    words = ["-a", "call_inspector_maintenance follow [\"from=alice\",600]"]
    follow = subprocess.Popen([*base, "-fetch_stdout", "-no_result_term", *words], env=erlang, stdout=subprocess.PIPE)
    first = follow_until_it_prints(node, follow, lambda: os.read(follow.stdout.fileno(), 1))
    assert first == b"{"
    follow.kill()
    follow.wait()
    done = subprocess.run([*base, *words], env=erlang, capture_output=True, text=True)
    why = "{error, #Bin<" + ",".join(str(ord(c)) for c in "follow prints as it goes")
    assert done.stdout.startswith(why)  # erl_call cuts long texts short


def big_call(node, call_id, messages, size, name="x"):
    address = node.start_parser()
    sender = Sender(node, [address])
    for i in range(messages):
        text = stored.sip(call_id, i).replace(b"\r\n", b"\r\nSubject: " + name.encode() + b"y" * size + b"\r\n", 1)
        sender.send(address, stored.hep3(text, 1763700000000000 + 1000 * i))
    sender.settle()
    node.settle()


def test_text_beyond_ascii_arrives_as_it_is_on_any_device(node, erlang):
    name = "J\u00fcrgen \u96fb\u8a71 \U0001f4de"
    big_call(node, "\u00fc-call", 2, 10, name)
    for encoding in ("latin1", "unicode"):
        code, out, err = ask(erlang, "callid_details", "\u00fc-call", ENCODING=encoding)
        assert code == 0, err
        assert name in json.loads(out)[0]["raw"][1]
        code, out, err = ask(erlang, "ladder", "\u00fc-call", ENCODING=encoding)
        assert "\u2502" in out and "\\x{" not in out, out
        code, out, err = ask(erlang, "ladder", "\u00fc-call", "80", "ascii", "color", ENCODING=encoding)
        assert code == 0 and out.isascii() and "\x1b[2m|\x1b[0m" in out, err
    code, out, err = ask(erlang, "ladder", "\u00fc-call", "wide")
    assert code == 2 and "unknown option 'wide' (known: " in out + err


def test_messages_and_what_differs_between_them_are_printed_as_on_the_command_line(node, erlang):
    big_call(node, "one", 2, 10)
    big_call(node, "two", 2, 10)
    for words in (["message", "one", "1"], ["diff", "one", "0", "1"], ["compare", "one", "two"]):
        assert ask(erlang, *words)[:2] == (0, node.text(*words))
    assert ask(erlang, "message", "one", "2")[0] == 2


def test_ten_megabytes_are_printed_and_a_client_that_dies_meanwhile_disturbs_nobody(node, erlang):
    big_call(node, "big", 180, 60_000)
    dying = sup(erlang, "callid_details", "big", host="127.0.0.1")
    dying.stdout.read(100_000)
    dying.kill()
    code, out, err = ask(erlang, "callid_details", "big")
    assert code == 0 and len(out) > 10_000_000, err
    assert len(json.loads(out)) == 180
    # Read slowly, as by a pager; another client is answered meanwhile.
    slow = sup(erlang, "callid_details", "big", host="127.0.0.1")
    begun = slow.stdout.read(100_000)
    assert ask(erlang, "list_active_parsers")[0] == 0
    assert slow.poll() is None
    code, rest, err = result(slow)
    assert code == 0 and begun.decode() + rest == out
    dying.wait()


def answer_device(client, encoding="latin1"):
    """Plays the caller's device until the result comes: what was printed, and the result's packet."""
    printed = b""
    while True:
        packet = client.receive()
        assert packet is not None
        if b"io_request" not in packet:
            if packet[3:4] == b"\x04" and packet[4:6] in (b"\x61\x13", b"\x61\x14"):
                continue  # monitors and demonitors of the device
            return printed, packet
        at = packet.index(b"io_request") + len(b"io_request")
        process, request = split_pid(packet[at:])
        reply_as, request = request[:2], request[2:]
        if b"getopts" in request:
            reply = [(Atom("encoding"), Atom(encoding))]
        else:
            assert encoding.encode() in request
            length = struct.unpack(">I", request[request.index(b"\x6d") + 1 :][:4])[0]
            printed += request[-length:]
            reply = Atom("ok")
        client.send((2, Atom(""), process), (Atom("io_reply"), reply_as[1], reply))


def split_pid(term):
    """NEW_PID_EXT, as the node writes it, in the encoding of an old release."""
    assert term[:2] == b"X" + b"w"
    length = term[2]
    node = term[3 : 3 + length].decode()
    number = struct.unpack(">I", term[3 + length : 7 + length])[0]
    return pid(node, number), term[3 + length + 12 :]


def test_a_client_of_an_old_release_is_served(node):
    address = node.start_parser()
    with Client(node.port, COOKIE) as client:
        assert client.log_in() == NAME + "@127.0.0.1"
        assert client.tick() == bytes(4)
        for number in (1, 2):
            client.call("list_active_parsers", [], number=number)
            printed, packet = answer_device(client)
            assert printed.decode() == "'%s:%d'\n" % address
            assert b"no_return" in packet and b"badrpc" not in packet
        client.call("nope", [], number=3)
        assert b"undef" in client.receive()
        # Operations of other releases mean nothing.
        for operation in (*range(1, 40), 77, 255):
            client.send((operation, 1, 2, 3, 4, 5))
        client.send((operation,), (1, 2))
        client.call("flush", [], number=4)
        assert packets_until(client, b"ok")
        deep = []
        for _ in range(40):
            deep = [deep]
        client.call("flush", [deep], number=5)
        assert b"badarg" in packets_until(client, b"badrpc"), "not silence, which its caller waits for"
        plain = (pid(client.name, 1), (Atom("call"), Atom("m"), Atom("f"), [deep], Atom("user")))
        client.send((6, pid(client.name, 1), Atom(""), Atom("rex")), plain)
        assert b"badarg" in packets_until(client, b"badrpc")
    # With the flag of OTP 23, but version 5, as through a fixed port.
    with Client(node.port, COOKIE, flags=FLAGS_6) as client:
        assert client.log_in() == NAME + "@127.0.0.1"


def packets_until(client, wanted):
    while True:
        packet = client.receive()
        assert packet is not None
        if wanted in packet:
            return packet


def test_fifty_clients_at_once_are_all_answered(node):
    address = node.start_parser()

    def serve(number):
        with Client(node.port, COOKIE, name="c%d@127.0.0.1" % number, version=5 + number % 2) as client:
            assert client.log_in()
            for i in range(5):
                client.call("list_active_parsers", [], number=i)
                printed, _ = answer_device(client, ("latin1", "unicode")[number % 2])
                assert printed.decode() == "'%s:%d'\n" % address
        return True

    with concurrent.futures.ThreadPoolExecutor(50) as several:
        assert all(several.map(serve, range(50)))


def test_a_caller_that_does_not_read_keeps_only_itself_waiting(node, erlang):
    big_call(node, "big", 40, 60_000)
    with Client(node.port, COOKIE, name="mute@127.0.0.1") as client:
        assert client.log_in()
        for i in range(100):
            client.call("callid_details", [b"big"], number=i)
        client.call("list_active_parsers", [], number=101)
        assert packets_until(client, b"busy")
        code, out, _ = ask(erlang, "callid_details", "big")
        assert code == 0 and len(json.loads(out)) == 40
    assert node.answers()


def test_slow_and_silent_clients_are_cut_off_and_others_served(node):
    mute = Client(node.port, COOKIE)
    slow = Client(node.port, COOKIE)
    crowd = [Client(node.port, COOKIE) for _ in range(80)]  # more than may log in at a time
    with Client(node.port, COOKIE, name="ok@127.0.0.1") as client:
        assert client.log_in()
        begun = time.monotonic()
        slow.socket.settimeout(0.2)
        while time.monotonic() - begun < PATIENCE:
            try:
                slow.socket.sendall(b"\x01")  # half a length, then half of a message of 257 octets
                if slow.socket.recv(1) == b"":
                    break
            except TimeoutError:
                pass
            except OSError:
                break
        else:
            pytest.fail("a client that dawdles stays")
        assert mute.socket.recv(1) == b""
        assert client.tick() == bytes(4)
    for one in [mute, slow, *crowd]:
        one.close()


def test_noise_at_every_stage_is_survived(node, rng):
    def noise(client):
        try:
            for _ in range(4):
                client.socket.sendall(rng.randbytes(rng.randrange(1, 3000)))
            client.socket.shutdown(socket.SHUT_WR)
            while client.socket.recv(65536):
                pass
        except OSError:
            pass

    for stage in range(4):
        for _ in range(15):
            source = "127.0.1.%d" % rng.randrange(1, 255)  # failures of one address are slowed down
            with Client(node.port, COOKIE, name="n%d@127.0.0.1" % stage, source=source) as client:
                if stage == 1:
                    client.send_name()
                elif stage == 2:
                    client.send_name()
                    assert client.get() == b"sok"
                    assert client.get()
                elif stage == 3:
                    assert client.log_in()
                    with contextlib.suppress(OSError):  # the node ends the connection at the first
                        for _ in range(5):  # packets that begin well
                            head = b"\x70\x83\x68\x04\x61" + rng.randbytes(1)
                            body = head + rng.randbytes(rng.randrange(100))
                            client.socket.sendall(struct.pack(">I", len(body)) + body)
                noise(client)
    with Client(node.port, COOKIE) as client:
        assert client.log_in()
        client.socket.sendall(struct.pack(">I", 0x7FFFFFFF))  # refused before memory is taken for it
        assert client.receive() is None
    assert node.answers()


def test_a_wrong_cookie_is_slowed_down_and_logged_once_a_minute(node):
    for _ in range(8):
        with Client(node.port, "wrong") as client:
            client.send_name()
            assert client.get() == b"sok"
            assert client.prove() is None
    assert node.log.read_text().count("could not log in") == 1
    with Client(node.port, COOKIE) as client:
        assert client.log_in()


def test_the_node_registers_again_when_epmd_was_killed(tmp_path, erlang):
    environment = {**erlang, "ERL_EPMD_PORT": str(free_port())}
    one = Node(tmp_path, environment)  # starts EPMD, as none runs
    try:
        wait_for(one.is_registered, "the node to register")
        with Client(one.port, COOKIE) as client:
            assert client.log_in()
            end_epmd(environment)
            wait_for(lambda: "registered" in one.log.read_text().split("registered", 1)[1], "a new registration")
            wait_for(one.is_registered, "the node to register again")
            assert client.tick() == bytes(4)  # connections do not depend on EPMD
        other = tmp_path / "other"
        other.mkdir()
        two = Node(other, environment)
        wait_for(lambda: "another node of the name" in two.log.read_text(), "the name to be taken")
        one.stop()
        wait_for(two.is_registered, "the name to be free")
        two.stop()
    finally:
        end_epmd(environment)


def test_an_epmd_that_ends_each_registration_does_not_fill_the_log(tmp_path, erlang):
    environment = {**erlang, "ERL_EPMD_PORT": str(free_port())}
    with socket.create_server(("127.0.0.1", int(environment["ERL_EPMD_PORT"]))) as fickle:
        fickle.settimeout(PATIENCE)
        one = Node(tmp_path, environment)
        for _ in range(8):
            with fickle.accept()[0] as registration:
                registration.recv(1000)
                registration.sendall(b"\x79\0\0\x01")
        held = fickle.accept()[0]
        lines = re.findall("registered at EPMD.*", one.log.read_text())
        assert len(lines) == 5
        assert lines[0].endswith(NAME) and lines[4].endswith("(5 times: EPMD ended the others)")
        held.close()
    one.stop()


def test_an_epmd_port_that_is_none_is_told(tmp_path, erlang):
    one = Node(tmp_path, {**erlang, "ERL_EPMD_PORT": "43x69", "PATH": "/nonexistent"})
    assert "ERL_EPMD_PORT is no port: 43x69; EPMD is looked for at 4369" in one.log.read_text()
    one.stop()


def test_clients_for_whom_no_descriptor_is_free_are_counted(tmp_path, erlang):
    class Limited(Node):
        launcher = ("prlimit", "--nofile=64:64")

    one = Limited(tmp_path, erlang)
    crowd = [socket.create_connection(("127.0.0.1", one.port)) for _ in range(64)]
    wait_for(lambda: re.search("connections refused so far: [1-9]", one.log.read_text()), "a line")
    assert one.log.read_text().count("connections refused so far") <= 5
    for client in crowd:
        client.close()
    with Client(one.port, COOKIE) as client:
        assert client.log_in()
    one.stop()


def test_an_epmd_that_does_not_answer_is_told_and_tried_again(tmp_path, erlang):
    environment = {**erlang, "ERL_EPMD_PORT": str(free_port())}
    with socket.create_server(("127.0.0.1", int(environment["ERL_EPMD_PORT"]))) as silent:
        one = Node(tmp_path, environment)
        wait_for(lambda: "does not answer as EPMD" in one.log.read_text(), "a warning")
        silent.settimeout(PATIENCE)
        silent.accept()[0].close()
        again, _ = silent.accept()
        again.sendall(b"\x79\0\0\x01")
        wait_for(lambda: "registered at EPMD" in one.log.read_text(), "the node to register")
        again.close()
    one.stop()


def test_without_epmd_a_fixed_port_serves(tmp_path, erlang):
    environment = {**erlang, "ERL_EPMD_PORT": str(free_port()), "PATH": "/nonexistent"}
    port = free_port()
    one = Node(tmp_path, environment, "--node-listen", "127.0.0.1:%d" % port)
    wait_for(lambda: "EPMD cannot be reached" in one.log.read_text(), "a warning")
    done = erl(erlang, "net_adm:ping(N)", "-name", "a@127.0.0.1", "-dist_listen", "false", "-erl_epmd_port", str(port))
    assert done == "pong"
    done = subprocess.run(
        ["erl_call", "-address", "127.0.0.1:%d" % port, "-c", COOKIE, "-no_result_term", "-fetch_stdout",
         "-a", "call_inspector_maintenance list_active_parsers []"], env=erlang, capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    one.stop()


def refused_start(tmp_path, program, *arguments, **environment):
    done = subprocess.run(
        [program, "run", "--root", tmp_path / "c", "--socket", tmp_path / "s", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE)  # fmt: skip
    assert done.returncode != 0
    return done.stderr


def test_bad_cookies_and_names_are_refused(tmp_path, program):
    file = tmp_path / "cookie"
    run = lambda *arguments, **environment: refused_start(tmp_path, program, *arguments, **environment)
    assert "no cookie" in run("--node", "x")
    file.write_text("open")
    file.chmod(0o644)
    assert "by its owner only" in run("--node", "x", "--cookie-file", file)
    file.chmod(0o400)
    file.chmod(0o600)
    for text, why in (("", "empty"), ("a b", "printable"), ("\u00fc", "printable"), ("x" * 300, "longer")):
        file.write_text(text)
        assert why in run("--node", "x", "--cookie-file", file)
    assert "anybody would try" in run("--node", "x", "--node-listen", "0.0.0.0", CALL_INSPECTOR_COOKIE="change_me")
    for name in ("", "a b", "x@", "@x", "x" * 300, "a@b@c", "x@a b", "x@\udcff"):
        assert "name" in run("--node=" + name, CALL_INSPECTOR_COOKIE="secret-one") or name == ""
    assert "need --node" in run("--cookie-file", file)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"node": {"cookie_file": str(file)}}))
    assert "need --node" in run("--config", config)
    for allowed in ("read=logs", "write=logs"):
        assert "absolute path" in run("--node", "x", "--node-allow", allowed, CALL_INSPECTOR_COOKIE="s3")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = "127.0.0.1:%d" % taken.getsockname()[1]
        assert "Address already in use" in run("--node", "x", "--node-listen", at, CALL_INSPECTOR_COOKIE="s3")
    assert "read, write, bind, capture" in run("--node", "x", "--node-allow", "shell=yes", CALL_INSPECTOR_COOKIE="s3")
    assert "not a network" in run("--node", "x", "--node-allow", "bind=here", CALL_INSPECTOR_COOKIE="s3")


def test_a_well_known_cookie_is_warned_of_and_the_environment_forgets_it(tmp_path, erlang):
    environment = {**erlang, "CALL_INSPECTOR_COOKIE": "change_me"}
    one = Inspector.__new__(Node)
    one.environment, one.name = environment, NAME
    Inspector.__init__(one, tmp_path, "--node", NAME)
    wait_for(one.is_registered, "the node to register")
    assert "anybody would try" in one.log.read_text()
    assert b"change_me" not in pathlib.Path("/proc/%d/environ" % one.process.pid).read_bytes()
    assert ask(erlang, "list_active_parsers", cookie="change_me")[0] == 0
    one.stop()


def test_a_node_with_a_host_keeps_its_name(tmp_path, erlang):
    one = Node(tmp_path, erlang, name=NAME + "@localhost")
    one.name = NAME
    wait_for(lambda: registered(erlang).get(NAME), "the node to register")
    with Client(int(registered(erlang)[NAME]), COOKIE) as client:
        assert client.log_in() == NAME + "@localhost"
    one.stop()
