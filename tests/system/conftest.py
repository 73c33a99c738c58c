"""A running inspector as a user has it: the real program, real sockets, its own directories."""

import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

import pytest

import control

PROGRAM = pathlib.Path(os.environ["CALL_INSPECTOR_PROGRAM"]).resolve()
PATIENCE = float(os.environ.get("PATIENCE", "60"))  # seconds; sanitizers are slow


def wait_for(condition, what):
    """Polls until `condition()` is true and returns its value; fails loudly after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail("gave up waiting for " + what)
        time.sleep(0.02)


def free_port(host="127.0.0.1"):
    """Free for UDP and TCP, and below the ports that the kernel gives to connections."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket(family, socket.SOCK_DGRAM) as u, socket.socket(family) as t:
            try:
                u.bind((host, port))
                t.bind((host, port))
            except OSError:
                continue
            return port


class Inspector:
    launcher = ()  # what starts the program
    started = []  # of all inspectors

    def __init__(self, directory, *arguments):
        self.root = directory / "calls"
        self.socket = directory / "control.sock"
        # The usual address of the site is one; tests run side by side.
        self.arguments = arguments if "--web" in arguments else (*arguments, "--web", "off")
        self.log = directory / "log"
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.launcher, PROGRAM, "run", "--root", self.root, "--socket", self.socket, *self.arguments],
                stderr=log,
            )
        self.started.append(self.process)
        wait_for(self.answers, "the inspector to answer: " + self.log.read_text())

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        return self.ask("list_active_parsers").returncode == 0

    def ask(self, *words):
        return subprocess.run(
            [PROGRAM, "--socket", self.socket, *words], capture_output=True, timeout=PATIENCE
        )

    def text(self, *words):
        """What a command that must succeed prints. The command line, whose start takes longer under
        a sanitizer than most answers, is ask()'s."""
        status, text = self.ask_directly(*words)
        assert status == 0, text
        return text

    def json(self, *words):
        return json.loads(self.text(*words))

    def ask_directly(self, *words):
        """Over the socket without starting a program: for what is asked very often."""
        status, text = control.ask(self.socket, words, PATIENCE)
        return status, text.decode()

    def start_parser(self, host="127.0.0.1"):
        """Its address, as socket.sendto() wants it."""
        while True:  # the port may be taken between looking and binding
            port = free_port(host)
            if self.ask("start_hep_parser", host, str(port)).returncode == 0:
                return host, port

    def stats(self, address):
        """Of the parser at an address, or of the one of that id."""
        id_ = address
        if not isinstance(address, str):
            host, port = address
            is_bare_ipv6 = ":" in host and not host.startswith("tls:")
            id_ = ("[%s]:%d" if is_bare_ipv6 else "%s:%d") % (host, port)
        status, text = self.ask_directly("parser_stats", id_)
        assert status == 0, text
        return json.loads(text)

    def settle(self):
        """Until everything that came in is in its call's file."""

        def is_settled():
            stats = self.json("store_stats")
            return stats["waiting"] == 0 and stats["memory"] == 0

        wait_for(is_settled, "messages to reach their calls' files")

    def wait_received(self, address, count):
        def all_there():
            stats = self.stats(address)
            assert stats["kernel_dropped"] == 0
            return stats["received"] == count and stats
        return wait_for(all_there, "%d datagrams at %s" % (count, address))

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def stop(self):
        """Ends it as an operator does; a sanitizer's complaint is a failure."""
        if self.process.poll() is None:
            self.kill(signal.SIGTERM)
        assert self.process.returncode == 0, self.log.read_text()


class Sender:
    """Sends datagrams no faster than the inspector takes them: tests measure no speed."""

    def __init__(self, inspector, addresses):
        self.inspector = inspector
        self.sent = {address: 0 for address in addresses}
        self.sockets = {
            address: socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET,
                                   socket.SOCK_DGRAM)
            for address in addresses
        }
        self.unchecked = 0
        self.room = min(inspector.stats(a)["receive_buffer"] for a in addresses) // 2

    def send(self, address, datagram):
        self.sockets[address].sendto(datagram, address)
        self.sent[address] += 1
        self.unchecked += len(datagram) + 2500  # at most what the kernel counts for one
        if self.unchecked > self.room:
            self.settle()

    def settle(self):
        self.unchecked = 0
        return {a: self.inspector.wait_received(a, n) for a, n in self.sent.items()}


@pytest.fixture(autouse=True)
def no_inspector_is_left_by_a_test_that_failed():
    yield
    while Inspector.started:
        process = Inspector.started.pop()
        process.kill()
        process.wait()


@pytest.fixture
def inspector(tmp_path):
    one = Inspector(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def program():
    return PROGRAM


@pytest.fixture
def rng():
    return random.Random(20261121)
