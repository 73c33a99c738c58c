"""What an attacker or a bad day does: too many who connect, too few descriptors, signals, files that
may not grow. The inspector goes on, and says what it refused."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import PATIENCE, PROGRAM, Inspector, free_port, wait_for
from test_transports import connect, packets


class Limited(Inspector):
    """`launcher`: prlimit with what the process may have."""

    def __init__(self, directory, launcher, *arguments):
        self.launcher = launcher
        super().__init__(directory, *arguments)


def mute(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(PATIENCE)
    s.connect(str(path))
    return s


def test_clients_that_ask_nothing_do_not_shut_others_out(inspector):
    clients = [mute(inspector.socket) for _ in range(600)]
    assert inspector.text("list_active_parsers") == ""
    assert clients[0].recv(1) == b"", "the oldest made room"
    for client in clients:
        client.close()


@pytest.mark.parametrize("most", [64, 100])
def test_used_up_descriptors_leave_commands_and_the_store_alone(tmp_path, most):
    inspector = Limited(tmp_path, ["prlimit", "--nofile=%d:%d" % (most, most)])
    address = inspector.start_parser()
    active = connect(address)
    active.sendall(packets()[0])
    inspector.wait_received(address, 1)
    # Of another address, so that they do not make room for each other.
    crowd = []
    for i in range(2 * most):
        s = socket.socket()
        s.bind(("127.0.1.%d" % (i % 200 + 1), 0))
        s.settimeout(PATIENCE)
        s.connect(address)
        crowd.append(s)
    failed = wait_for(
        lambda: sum(inspector.stats(address)["connections"]["failed"].values()) >= most
        and inspector.stats(address)["connections"]["failed"], "connections to be refused")  # fmt: skip
    assert set(failed) <= {"tcp_made_room", "tcp_refused_descriptors"}
    clients = [mute(inspector.socket) for _ in range(most)]
    assert inspector.ask("list_active_parsers").returncode == 0
    active.sendall(packets()[1])
    inspector.wait_received(address, 2)
    inspector.settle()
    assert inspector.json("store_stats")["shelved"] == 2
    for s in [*crowd, *clients, active]:
        s.close()
    inspector.stop()


def test_one_peer_with_all_places_gives_one_to_another(tmp_path):
    inspector = Inspector(tmp_path, "--max-connections", "8")
    address = inspector.start_parser()
    crowd = [connect(address) for _ in range(8)]
    for i, s in enumerate(crowd):
        s.sendall(packets()[0])
        inspector.wait_received(address, i + 1)
    with socket.socket() as other:
        other.bind(("127.0.0.2", 0))
        other.connect(address)
        other.sendall(packets()[1])
        stats = inspector.wait_received(address, 9)
    assert stats["connections"]["failed"] == {"tcp_made_room": 1}
    assert crowd[0].recv(1) == b"", "the one that was silent longest"
    inspector.stop()


def test_a_file_that_may_not_grow_is_trouble_and_not_the_end(tmp_path):
    inspector = Limited(tmp_path, ["prlimit", "--fsize=20000:20000"])
    address = inspector.start_parser()
    with connect(address) as s:
        for packet in packets() * 5:
            s.sendall(packet)
    wait_for(lambda: "trouble" in inspector.json("store_stats"), "the store to be in trouble")
    assert "File too large" in inspector.json("store_stats")["trouble"]
    inspector.kill(signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly_however_often_they_come(inspector, how):
    inspector.process.send_signal(signal.SIGPIPE)
    assert inspector.text("list_active_parsers") == ""
    deadline = time.monotonic() + PATIENCE
    while inspector.process.returncode is None:  # up to its very last moment
        assert time.monotonic() < deadline
        inspector.process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            inspector.process.wait(0.001)
    assert inspector.process.returncode == 0
    assert not inspector.socket.exists()
    assert "stopped" in inspector.log.read_text()


def test_under_nohup_it_outlives_the_terminal(tmp_path):
    inspector = Limited(tmp_path, ["nohup"])
    inspector.process.send_signal(signal.SIGHUP)
    assert inspector.text("list_active_parsers") == ""
    inspector.stop()


def test_without_standard_streams_nothing_is_written_where_it_should_not(tmp_path):
    inspector = Limited(tmp_path, ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-'])
    address = inspector.start_parser()
    with connect(address) as s:
        s.sendall(packets()[0])
    inspector.wait_received(address, 1)
    inspector.settle()
    assert inspector.ask("start_hep_parser", "192.0.2.1", "9060").returncode == 2
    for number in range(3):
        assert os.readlink("/proc/%d/fd/%d" % (inspector.process.pid, number)) == "/dev/null"
    inspector.stop()


def test_starting_what_is_just_being_stopped_waits_for_it(inspector):
    port = str(free_port())
    wrong = []

    def turn_over():
        for _ in range(15):
            for words in (("start_hep_parser", "127.0.0.1", port),
                          ("stop_active_parser", "127.0.0.1:" + port)):  # fmt: skip
                status, text = inspector.ask_directly(*words)
                if status != 0 and not text.startswith("no active parser"):
                    wrong.append(text)

    threads = [threading.Thread(target=turn_over) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_terminated_while_it_starts_it_ends(tmp_path):
    process = subprocess.Popen(
        [PROGRAM, "run", "--root", tmp_path / "calls", "--socket", tmp_path / "socket"],
        stderr=subprocess.DEVNULL,
    )
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    assert process.returncode in (0, -signal.SIGTERM)
