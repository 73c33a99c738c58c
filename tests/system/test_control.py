"""The control socket as programs use it: one connection, several questions."""

import os
import socket
import struct
import subprocess

import pytest

import control
from conftest import PATIENCE, wait_for

UNKNOWN = "no_such_command"


@pytest.fixture
def connection(inspector):
    with control.Connection(inspector.socket, PATIENCE) as c:
        yield c


def lookups(count):
    return [("callid_details", "call-%d" % i) for i in range(count)]


def test_several_questions_one_after_the_other(inspector, connection):
    for words in [("list_active_parsers",), ("store_stats",), *lookups(20)]:
        one_shot = control.ask(inspector.socket, words, PATIENCE)
        answer = connection.ask(*words)
        assert answer == one_shot or words == ("store_stats",) and answer[0] == 0, words


def test_questions_in_one_write_are_answered_in_order(inspector, connection):
    sent = [("list_active_parsers", "x" * n) for n in range(1, 200)] + lookups(200)
    connection.socket.sendall(b"".join(control.question(words, control.STAYS) for words in sent))
    for words in sent:
        assert connection.answer() == control.ask(inspector.socket, words, PATIENCE)


def test_the_last_question_closes_the_connection(connection):
    assert connection.ask("list_active_parsers")[0] == 0
    more = control.question(["list_active_parsers"])
    connection.socket.sendall(more + more)
    assert connection.answer()[0] == 0
    assert ended(connection)


def ended(connection):
    """A reset, too: the server may leave bytes unread."""
    try:
        return connection.answer() is None
    except ConnectionResetError:
        return True


def test_a_question_in_pieces(inspector, connection):
    for byte in control.question(["list_active_parsers"], control.STAYS):
        connection.socket.sendall(bytes([byte]))
    assert connection.answer()[0] == 0


def test_an_error_does_not_end_the_connection(connection):
    assert connection.ask(UNKNOWN)[0] == 1
    connection.socket.sendall(struct.pack(">I", control.STAYS | 3) + b"abc")  # no NUL
    assert connection.answer() == (1, b"malformed question\n")
    assert connection.ask("list_active_parsers")[0] == 0


def test_a_huge_question_ends_the_connection(inspector, connection):
    assert connection.ask("list_active_parsers")[0] == 0
    for stays in 0, control.STAYS:
        with control.Connection(inspector.socket, PATIENCE) as c:
            c.socket.sendall(struct.pack(">I", stays | 65537) + b"x" * 1000)
            assert c.answer() == (1, b"question too long\n")
            assert ended(c)
    assert connection.ask("list_active_parsers")[0] == 0


def test_half_a_question_and_then_the_end(inspector, connection):
    whole = control.question(["list_active_parsers"], control.STAYS)
    for length in range(len(whole)):
        with control.Connection(inspector.socket, PATIENCE) as c:
            c.socket.sendall(whole + whole[:length])
            assert c.answer()[0] == 0
            c.socket.shutdown(socket.SHUT_WR)
            assert ended(c)
    assert connection.ask("list_active_parsers")[0] == 0


def test_a_client_that_half_closes_gets_all_answers(connection):
    for _ in range(5):
        connection.socket.sendall(control.question(["list_active_parsers"], control.STAYS))
    connection.socket.shutdown(socket.SHUT_WR)
    assert [connection.answer()[0] for _ in range(5)] == [0] * 5
    assert ended(connection)


def test_a_client_that_goes_without_reading(inspector, connection):
    for _ in range(300):  # more than there are places
        with control.Connection(inspector.socket, PATIENCE) as c:
            c.socket.sendall(control.question(["list_active_parsers"], control.STAYS) * 20)
    wait_for(lambda: inspector.ask_directly("list_active_parsers")[0] == 0, "an answer")


def test_idle_connections_make_room(inspector):
    """As many connections as there are places, all between two questions."""
    connections = [control.Connection(inspector.socket, PATIENCE) for _ in range(256)]
    try:
        for c in connections:
            assert c.ask("list_active_parsers")[0] == 0
        assert inspector.ask("list_active_parsers").returncode == 0
        assert ended(connections[0])
        assert connections[-1].ask("list_active_parsers")[0] == 0
    finally:
        for c in connections:
            c.__exit__()


def test_an_idle_connection_ends(inspector, connection):
    """After 30 s, for which this test waits: before a question, between two, within one."""
    with control.Connection(inspector.socket, PATIENCE) as silent:
        with control.Connection(inspector.socket, PATIENCE) as half:
            assert connection.ask("list_active_parsers")[0] == 0
            assert half.ask("list_active_parsers")[0] == 0
            half.socket.sendall(b"\0\0")
            assert all(ended(c) for c in (silent, half, connection))


def test_a_question_loads_no_library_that_it_does_not_use(program, inspector):
    """libpcap alone brings six others along."""
    asked = subprocess.run(
        [program, "--socket", inspector.socket, "list_active_parsers"],
        env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    assert asked.returncode == 0
    assert b"libc.so" in asked.stderr
    assert b"libpcap" not in asked.stderr and b"libsystemd" not in asked.stderr
