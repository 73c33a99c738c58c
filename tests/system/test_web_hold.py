"""The site beyond loopback against those who hold connections: ten thousand of them, and slow ones."""

import contextlib
import itertools
import resource
import socket
import ssl
import time

import pytest

from conftest import PATIENCE, wait_for
from test_search import sip
from web_access import SecureSite

MANY = 10_000


@pytest.fixture(scope="module", autouse=True)
def descriptors():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY + 2_000
    if limits[1] != resource.RLIM_INFINITY and limits[1] < wanted:
        pytest.skip("this user may open %d files only" % limits[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.fixture
def site(tmp_path):
    pages = tmp_path / "www"
    pages.mkdir()
    (pages / "large.png").write_bytes(b"x" * 15_000_000)
    one = SecureSite(tmp_path, pages=pages)
    yield one
    one.stop()


def memory(site):
    """Of the program, in MiB."""
    with open("/proc/%d/status" % site.inspector.process.pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


def is_open(held):
    """Nothing more than what was sent came back: no end."""
    held.setblocking(False)
    try:
        return held.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def hold(site, begin, stack):
    held = []
    for i in range(MANY):
        one = socket.create_connection(("127.0.0.1", site.port), PATIENCE, ("127.0.1.%d" % (1 + i % 50), 0))
        stack.enter_context(one)
        with contextlib.suppress(OSError):  # it may have been sent away already
            one.sendall(begin)
        held.append(one)
        if i % 1000 == 999:
            assert site.get("/api/fields").status == 200  # others are served meanwhile
    return held


@pytest.mark.parametrize("begin", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_ten_thousand_connections_keep_nobody_out(site, begin):
    """Held open without a word, in the middle of a handshake, or with what is no TLS."""
    with contextlib.ExitStack() as stack:
        held = hold(site, begin, stack)
        web = site.json("/api/stats")["web"]
        assert web["connections_accepted"] >= MANY and web["connections_open"] <= 1024
        assert sum(map(is_open, held)) <= 1024
        begun = time.monotonic()
        assert site.get("/api/calls").status == 200
        assert time.monotonic() - begun < PATIENCE / 4
    wait_for(lambda: site.json("/api/stats")["web"]["connections_open"] < 10, "the places to be free again")


def test_connections_within_tls_are_held_as_few(site):
    """Each costs a handshake: as many as there is room for, and some more."""
    context = site.context()
    with contextlib.ExitStack() as stack:
        for i in range(1_200):
            plain = socket.create_connection(("127.0.0.1", site.port), PATIENCE, ("127.0.1.%d" % (1 + i % 50), 0))
            one = stack.enter_context(context.wrap_socket(plain, server_hostname="127.0.0.1"))
            one.sendall(b"GET /api/fields HTTP/1.1\r\nHost: local")
        assert site.json("/api/stats")["web"]["connections_open"] <= 1024


def test_slow_headers_and_bodies_cost_nobody_else_anything(site):
    head = b"POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n"
    with contextlib.ExitStack() as stack:
        slow = []
        for i in range(60):
            one = stack.enter_context(site.tls())
            one.sendall(b"GET / HTTP/1.1\r\nHost: local" if i % 2 else head + b"{")
            slow.append(one)
        ended, deadline = 0, time.monotonic() + PATIENCE
        for one in slow:
            one.settimeout(0.05)
        while ended < len(slow) and time.monotonic() < deadline:
            assert site.get("/api/fields").status == 200
            ended = 0
            for one in slow:  # an octet each now and then does not buy more time
                try:
                    one.sendall(b" ")
                    ended += one.recv(1) == b""
                except socket.timeout:
                    pass
                except (ConnectionError, ssl.SSLEOFError):
                    ended += 1
        assert ended == len(slow)
    assert site.json("/api/stats")["web"]["slow"] == len(slow)


def test_who_does_not_read_holds_bounded_memory(site):
    request = b"GET /large.png HTTP/1.1\r\nHost: localhost\r\n\r\n"
    before = memory(site)
    with contextlib.ExitStack() as stack:
        readers = []
        for _ in range(40):
            one = stack.enter_context(site.tls())
            one.sendall(request)
            readers.append(one)
            assert site.get("/api/fields").status == 200
        wait_for(lambda: site.json("/api/stats")["web"]["connections_open"] < 25, "the slowest to be sent away")
        assert memory(site) - before < 200
        last = readers[-1]
        size, head = 0, b""
        while b"\r\n\r\n" not in head:
            head += last.recv(65536)
        size = len(head.split(b"\r\n\r\n", 1)[1])
        while size < 15_000_000:  # the newest one gets its answer, if it reads
            part = last.recv(1 << 20)
            assert part
            size += len(part)


def test_a_follower_that_does_not_read_is_dropped(site):
    slow = site.tls()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n" % site.admin.encode())
    wait_for(lambda: site.json("/api/stats")["web"]["streams"] == 1, "the stream")
    numbers = iter(range(4_000))

    def is_gone():
        for n in itertools.islice(numbers, 100):
            site.send(sip("flood-%d@x" % n, from_="a" * 120, to="b" * 120, extra="User-Agent: %s\r\n" % ("c" * 120)))
        return site.json("/api/stats")["web"]["streams"] == 0

    wait_for(is_gone, "the one who does not read to be dropped")
    # It had not read a megabyte, or nothing for half a minute.
    web = site.json("/api/stats")["web"]
    assert web["streams_dropped"] + web["slow"] == 1
    slow.close()
