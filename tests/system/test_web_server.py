"""The web server against those who mean no good, or are slow: what it refuses, and what it bears."""

import gzip
import http.client
import re
import socket
import subprocess

import pytest

from conftest import PATIENCE, PROGRAM, Inspector, free_port, wait_for
from web import Site


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pages") / "www"
    (directory / "part").mkdir(parents=True)
    (directory / "index.html").write_text("<!doctype html>" + "<p>calls" * 1000)
    (directory / "part" / "scene.js").write_text("export {};\n")
    (directory / "part" / "index.html").write_text("part")
    (directory / ".hidden.html").write_text("hidden")
    (directory / "secret.key").write_text("secret")
    (directory.parent / "outside.html").write_text("outside")
    (directory / "link.html").symlink_to(directory.parent / "outside.html")
    return directory


@pytest.fixture(scope="module")
def site(tmp_path_factory, pages):
    one = Site(tmp_path_factory.mktemp("site"), "--web-name", "inspector.example.com", pages=pages).outlive_tests()
    yield one
    one.stop()


def test_pages_have_their_kind_and_are_not_sent_twice(site):
    page = site.get("/")
    assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.body.startswith(b"<!doctype html>") and page.headers["Content-Encoding"] is None
    assert site.get("/part/").body == b"part"
    assert site.get("/part/scene.js").headers["Content-Type"] == "text/javascript; charset=utf-8"
    again = site.get("/", If_None_Match='"other", %s' % page.headers["ETag"])
    assert again.status == 304 and again.body == b"" and again.headers["ETag"] == page.headers["ETag"]
    assert page.headers["Cache-Control"] == "no-cache"
    head = site.ask("HEAD", "/")
    assert head.status == 200 and head.body == b"" and int(head.headers["Content-Length"]) == len(page.body)


def test_pages_are_packed_for_those_who_take_it(site):
    page, packed = site.get("/"), site.get("/", Accept_Encoding="br, gzip;q=0.8")
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.body) == page.body and len(packed.body) < len(page.body) / 10
    assert packed.headers["ETag"] != page.headers["ETag"]
    assert site.get("/", Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None
    assert site.get("/part/", Accept_Encoding="gzip").headers["Content-Encoding"] is None  # tiny


def test_every_answer_keeps_browsers_in_bounds(site):
    for target in ("/", "/nothing", "/api/stats", "/api/calls?limit=0"):
        headers = site.get(target).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
    assert site.get("/api/stats").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("target", [
    "/../outside.html", "/%2e%2e/outside.html", "/..%2foutside.html", "/part/../../outside.html", "//etc/passwd",
    "/%2fetc%2fpasswd", "/link.html", "/.hidden.html", "/secret.key", "/part", "/part/..%2findex.html", "/./index.html",
])  # fmt: skip
def test_nothing_but_pages_can_be_reached(site, target):
    answer = site.get(target)
    assert answer.status == 404 and answer.headers["Content-Type"] == "application/problem+json", answer.body


@pytest.mark.parametrize("host, status", [
    ("localhost", 200), ("localhost:1234", 200), ("LocalHost:8070", 200), ("127.0.0.1", 200), ("127.8.9.1:80", 200),
    ("[::1]:8070", 200), ("inspector.example.com", 200), ("Inspector.Example.com:443", 200),
    ("evil.example.com", 421), ("localhost.evil.com", 421), ("127.0.0.1.evil.com", 421), ("10.0.0.1", 421),
    ("[::1", 421), ("::1", 421), ("", 421), ("inspector.example.com.", 421), ("[::2]", 421),
])  # fmt: skip
def test_a_name_that_is_made_to_point_here_gets_nothing(site, host, status):
    """DNS rebinding: the browser believes the answer to be of that name's site."""
    for target in ("/", "/api/stats"):
        assert site.get(target, Host=host).status == status


def request(*lines, body=b""):
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


GET = ("GET /api/stats HTTP/1.1", "Host: localhost")
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("octets, status", [
    (request(*GET, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SMUGGLED), 400),
    (request(*GET, "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n" + SMUGGLED), 400),
    (request(*GET, "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
    (request(*GET, "Transfer-Encoding: identity"), 411),
    (request(*GET, "Transfer-Encoding : chunked"), 400),
    (request(*GET, "Transfer-Encoding: xchunked", body=SMUGGLED), 411),
    (request(*GET, "Content-Length: 3", "Content-Length: 4", body=b"abcd"), 400),
    (request(*GET, "Content-Length: 0, 5", body=b"abcde"), 400),
    (request(*GET, "Content-Length: -1"), 400),
    (request(*GET, "Content-Length: 99999999999999999999999"), 400),
    (request(*GET, "Content-Length: 70000"), 413),
    (request("GET /api/stats HTTP/1.1"), 400),
    (request(*GET, "Host: localhost"), 400),
    (request("GET http://localhost/ HTTP/1.1", "Host: localhost"), 400),
    (request("CONNECT localhost:80 HTTP/1.1", "Host: localhost"), 400),
    (request("OPTIONS * HTTP/1.1", "Host: localhost"), 400),
    (request("GET /%zz HTTP/1.1", "Host: localhost"), 400),
    (request("GET /%00 HTTP/1.1", "Host: localhost"), 400),
    (request("GET /a#b HTTP/1.1", "Host: localhost"), 400),
    (request("GET /?a=1&a=2 HTTP/1.1", "Host: localhost"), 400),
    (request("GET /" + "a" * 20000 + " HTTP/1.1", "Host: localhost"), 431),
    (request(*GET, "X: " + "a" * 20000), 431),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a client of TLS\r\n\r\n", 400),
    (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
    (b"INVITE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n", 400),
])  # fmt: skip
def test_what_two_readers_could_take_differently_is_refused_and_nothing_behind_it_is_read(site, octets, status):
    answer = site.raw(octets)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1 and b"Connection: close" in answer
    assert b"smuggled" not in answer


def test_requests_sent_ahead_are_answered_in_their_order(site):
    last = request("GET /nothing HTTP/1.1", "Host: localhost", "Connection: close")
    answer = site.raw(request(*GET) + request("GET /part/ HTTP/1.1", "Host: localhost") + last)
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"200", b"404"]


def test_one_connection_serves_many(site):
    connection = site.connection()
    for _ in range(20):
        connection.request("GET", "/api/stats")
        response = connection.getresponse()
        assert response.status == 200 and response.read()
    connection.close()
    old = site.raw(b"GET /part/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert old.endswith(b"\r\n\r\npart") and b"Connection: close" in old


@pytest.mark.parametrize("headers, status", [
    ({}, 415), ({"Content_Type": "text/plain"}, 415), ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ({"Content_Type": "application/json"}, 422),
    ({"Content_Type": "application/json; charset=utf-8", "Origin": "http://localhost"}, 422),
    ({"Content_Type": "application/json", "Origin": "http://evil.example.com"}, 403),
    ({"Content_Type": "application/json", "Origin": "null"}, 403),
    ({"Content_Type": "application/json", "Sec_Fetch_Site": "cross-site"}, 403),
    ({"Content_Type": "application/json", "Sec_Fetch_Site": "same-site"}, 403),
    ({"Content_Type": "application/json", "Sec_Fetch_Site": "same-origin"}, 422),
])  # fmt: skip
def test_pages_of_other_sites_change_nothing(site, headers, status):
    assert site.ask("POST", "/api/parsers", "{}", Host="localhost", **headers).status == status


def test_methods_that_an_address_does_not_take(site):
    for method, target, allowed in [("POST", "/api/stats", "GET, HEAD"), ("DELETE", "/api/parsers", "GET, HEAD, POST"),
                                    ("PUT", "/", "GET, HEAD"), ("GET", "/api/parsers/x", "PATCH, DELETE")]:  # fmt: skip
        answer = site.change(method, target)
        assert answer.status == 405 and answer.headers["Allow"] == allowed


def test_many_connections_that_ask_nothing_keep_nobody_out(site):
    idle = []
    try:
        for _ in range(1200):
            idle.append(socket.create_connection(("127.0.0.1", site.port), PATIENCE))
        assert site.json("/api/stats")["web"]["connections_open"] <= 1024
    finally:
        for one in idle:
            one.close()


def test_who_sends_slowly_is_sent_away_and_counted(tmp_path):
    """The limit is 30 s; what is looked at is that such a connection costs nobody else anything."""
    site = Site(tmp_path)
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert site.get("/api/stats").status == 200
        slow.settimeout(PATIENCE)
        assert slow.recv(100) == b""
    wait_for(lambda: site.json("/api/stats")["web"]["slow"] == 1, "the slow one to be counted")
    site.stop()


def start(tmp_path, *arguments):
    return subprocess.run(
        [PROGRAM, "run", "--root", tmp_path / "calls", "--socket", tmp_path / "s", *arguments],
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip


@pytest.mark.parametrize("where, why", [
    ("0.0.0.0:%d", "not an address of this machine alone"), ("[::]:%d", "not an address of this machine alone"),
    ("192.0.2.1:%d", "not an address of this machine alone"), ("localhost:%d", "neither an IP:PORT nor off"),
])  # fmt: skip
def test_without_a_login_nobody_else_is_served(tmp_path, where, why):
    done = start(tmp_path, "--web", where % free_port())
    assert done.returncode != 0 and why in done.stderr


def test_an_address_in_use_ends_only_what_was_asked_for(tmp_path, site):
    done = start(tmp_path, "--web", "127.0.0.1:%d" % site.port)
    assert done.returncode == 2 and "Address already in use" in done.stderr
    config = tmp_path / "config.json"
    config.write_text('{"web": {"listen": "127.0.0.1:%d"}}' % site.port)
    (tmp_path / "two").mkdir()
    inspector = Inspector(tmp_path / "two", "--config", str(config), "--web-name", "x")
    inspector.stop()


def test_the_configuration_file(tmp_path, pages):
    config = tmp_path / "config.json"
    port = free_port()
    config.write_text('{"web": {"listen": "127.0.0.1:%d", "names": ["a.example.com"], "pages": "%s", "x": 1}}' % (port, pages))
    inspector = Inspector.__new__(Inspector)
    inspector.root, inspector.socket, inspector.log = tmp_path / "calls", tmp_path / "s", tmp_path / "log"
    inspector.arguments = ("--config", str(config))
    inspector.start()
    assert "web: x: unknown" in inspector.log.read_text()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/part/", headers={"Host": "a.example.com"})
    assert connection.getresponse().read() == b"part"
    connection.close()
    inspector.stop()
