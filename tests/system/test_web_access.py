"""Who may look: TLS and tokens."""

import json
import os
import socket
import ssl
import time

import pytest

from conftest import PATIENCE, Inspector, free_port, wait_for
from test_web_server import start
from web import Events
from web_access import SecureSite, new_certificate, new_token, replace, site_of_module, with_authorization


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    one = site_of_module(tmp_path_factory)
    one.wait_known(one.watcher)
    yield one
    one.stop()


@pytest.fixture
def own_site(tmp_path):
    one = SecureSite(tmp_path)
    yield one
    one.stop()


# What must be there before anybody else than this machine is served.


def options(tmp_path, *names):
    certificate, key = new_certificate(tmp_path)
    new_token(tmp_path / "tokens", "a", "--all")
    all_ = {"certificate": certificate, "key": key, "tokens": tmp_path / "tokens"}
    return [word for name in names for word in ("--web-" + name, str(all_[name]))]


@pytest.mark.parametrize("names, why", [
    ((), "needs a certificate and a key, and a file of tokens"),
    (("tokens",), "needs a certificate and a key, and a file of tokens"),
    (("certificate", "key"), "needs a certificate and a key, and a file of tokens"),
    (("certificate", "tokens"), "of certificate and key one is missing"),
    (("key", "tokens"), "of certificate and key one is missing"),
])  # fmt: skip
def test_beyond_this_machine_nobody_is_served_without_tls_and_tokens(tmp_path, names, why):
    done = start(tmp_path, "--web", "0.0.0.0:%d" % free_port(), *options(tmp_path, *names))
    assert done.returncode == 2 and why in done.stderr


@pytest.mark.parametrize("text, mode, why", [
    (None, 0o600, "No such file"), ("", 0o600, "no token is in it"), ("# nobody\n\n", 0o600, "no token is in it"),
    ('{"name":"a"}\n', 0o600, "line 1 is no token: not one of sha256 and scrypt"),
    ("x", 0o666, "others than its owner may write it"), ("x", 0o620, "others than its owner may write it"),
])  # fmt: skip
def test_a_file_of_tokens_that_is_no_good_lets_nobody_in(tmp_path, text, mode, why):
    tokens = tmp_path / "theirs"
    if text is not None:
        tokens.write_text(text)
        tokens.chmod(mode)
    done = start(tmp_path, "--web", "127.0.0.1:%d" % free_port(), "--web-tokens", str(tokens))
    assert done.returncode == 2 and why in done.stderr and "Traceback" not in done.stderr


def test_a_certificate_or_a_log_that_cannot_be_used_is_told(tmp_path):
    at = "--web", "127.0.0.1:%d" % free_port()
    done = start(tmp_path, *at, "--web-certificate", "/none.pem", "--web-key", "/none.key")
    assert done.returncode == 2 and "/none.pem: No such file" in done.stderr
    done = start(tmp_path, *at, "--web-access-log", "/none/access.log")
    assert done.returncode == 2 and "/none/access.log: No such file" in done.stderr
    done = start(tmp_path, *at, "--web-tokens", "tokens")
    assert done.returncode == 1 and "not an absolute path" in done.stderr


def test_the_configuration_file_has_them_too(tmp_path):
    certificate, key = new_certificate(tmp_path)
    token = new_token(tmp_path / "tokens", "a", "--all")
    port = free_port()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"web": {
        "listen": "0.0.0.0:%d" % port, "certificate": str(certificate), "key": str(key),
        "tokens": str(tmp_path / "tokens"), "access_log": str(tmp_path / "access.log")}}))  # fmt: skip
    inspector = Inspector.__new__(Inspector)
    inspector.root, inspector.socket, inspector.log = tmp_path / "calls", tmp_path / "s", tmp_path / "log"
    inspector.arguments = ("--config", str(config))
    inspector.start()
    wait_for(lambda: "https://0.0.0.0:%d/" % port in inspector.log.read_text(), "the site")
    one = SecureSite.__new__(SecureSite)
    one.port, one.certificate = port, certificate
    assert one.get("/api/calls", token=token).json == {"calls": []} and one.get("/api/calls", token=None).status == 401
    assert json.loads((tmp_path / "access.log").read_text().splitlines()[0])["who"] == "a"
    inspector.stop()


# TLS.


def test_old_versions_and_plain_text_are_no_way_in(site):
    before = site.json("/api/stats")["web"]["handshakes_failed"]
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            plain.recv(100)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain)
    wait_for(lambda: site.json("/api/stats")["web"]["handshakes_failed"] == before + 2, "both to be counted")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_requests_and_answers_of_any_length_pass_through_tls(site, version):
    context = site.context()
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as s:
            head = "GET /api/fields HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" % site.admin
            for octet in (head + "X: " + "x" * 9000 + "\r\n\r\n").encode()[:200]:
                s.sendall(bytes([octet]))
            s.sendall((head + "X: " + "x" * 9000 + "\r\n\r\n").encode()[200:])
            s.sendall((head + "Connection: close\r\n\r\n").encode() * 1)
            answer = b"".join(iter(lambda: s.recv(1000), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == 2 and answer.count(b'"fields"') == 2


def test_who_begins_no_tls_is_sent_away_and_counted(own_site):
    before = own_site.json("/api/stats")["web"]["handshakes_failed"]
    with socket.create_connection(("127.0.0.1", own_site.port), PATIENCE) as silent, own_site.tls() as idle:
        assert own_site.get("/api/fields").status == 200
        assert silent.recv(100) == b""  # after ten seconds
        wait_for(lambda: own_site.json("/api/stats")["web"]["handshakes_failed"] == before + 1, "it to be counted")
        idle.sendall(b"GET / HT")
        assert own_site.json("/api/stats")["web"]["connections_open"] == 2


def test_a_renewed_certificate_is_used_without_a_restart(own_site):
    certificate, key = new_certificate(own_site.directory, "renewed")

    def subject():
        try:
            with own_site.tls() as s:
                return dict(name[0] for name in s.getpeercert()["subject"])["commonName"]
        except ssl.SSLCertVerificationError:
            return "unknown"

    assert subject() == "site"
    there = own_site.directory / "site.pem", own_site.directory / "site.key"
    os.replace(certificate, there[0])
    wait_for(lambda: subject() and "cannot be used" in own_site.inspector.log.read_text(), "a complaint")
    os.replace(key, there[1])
    wait_for(lambda: subject() == "renewed", "the renewed certificate")


# Tokens.


def test_without_a_token_nothing_is_told(site):
    for target in ("/api/calls", "/api/calls/x", "/api/events", "/api/parsers", "/api/stats", "/metrics", "/api/fields",
                   "/v2/accounts/a/call_inspector", "/api/session", "/api/calls?limit=x&nonsense"):  # fmt: skip
        answer = site.get(target, token=None)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"), target
    for method in ("POST", "PATCH", "DELETE"):
        assert site.change(method, "/api/parsers" + ("" if method == "POST" else "/x"), {}, token=None).status == 401
    assert site.get("/", token=None).body.startswith(b"<!doctype html>")  # the pages are no secret
    assert site.get("/api/openapi", token=None).status == 404


def test_a_token_is_taken_as_it_is_or_not_at_all(site, monkeypatch):
    monkeypatch.setattr(site, "source", "127.0.0.21")
    assert with_authorization(site, "Bearer " + site.admin) == 200 == with_authorization(site, "bearer  " + site.admin)
    wrong = [site.admin[:-1], site.admin + "0", site.admin.upper(), "ci_" + "0" * 64, "ci_", "", site.admin + " x"]
    for secret in wrong[:5]:
        assert with_authorization(site, "Bearer " + secret) == 401, secret
    assert with_authorization(site, "Basic YTpi") == 401
    twice = b"GET /api/fields HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + (
        b"Authorization: Bearer %s\r\n" % site.admin.encode()) * 2 + b"\r\n"  # fmt: skip
    assert site.raw(twice).startswith(b"HTTP/1.1 400")


RIGHTS = [
    ("GET", "/api/calls", "looker"), ("GET", "/api/search", "looker"), ("GET", "/api/stats", "watcher"),
    ("GET", "/api/clocks", "watcher"), ("GET", "/api/parsers", "watcher"), ("GET", "/metrics", "watcher"),
    ("GET", "/v2/accounts/a/call_inspector", "looker"), ("POST", "/api/parsers", None),
    ("PATCH", "/api/parsers/x", None), ("DELETE", "/api/parsers/x", None),
]  # fmt: skip


@pytest.mark.parametrize("method, target, who", RIGHTS)
def test_a_token_may_do_what_its_rights_are(site, method, target, who):
    for name in ("looker", "watcher", "admin"):
        status = site.change(method, target, {}, token=getattr(site, name)).status
        is_right = name in (who, "admin")
        assert (status != 403) == is_right and status != 401, (name, status)


def test_the_file_decides_at_once(own_site):
    token = new_token(own_site.tokens, "eva", "--all")
    own_site.wait_known(token)
    follower = Events(own_site, Authorization="Bearer " + token)
    assert follower.next()[0] == "begin"
    lines = own_site.tokens.read_text().splitlines()
    replace(own_site.tokens, lines[0] + '\n{"name": "typo"}\n')
    own_site.wait_known(token, 401)
    assert follower.next() is None  # who may no longer look is sent away
    assert own_site.get("/api/fields").status == 200
    wait_for(lambda: "line 2 is no token: not one of" in own_site.inspector.log.read_text(), "the mistake to be told")
    held = own_site.tokens.read_text()
    own_site.tokens.unlink()
    own_site.wait_known(own_site.admin, 401)
    replace(own_site.tokens, held)
    own_site.wait_known(own_site.admin)
    own_site.tokens.chmod(0o666)
    own_site.wait_known(own_site.admin, 401)
    assert "others than its owner may write it" in own_site.inspector.log.read_text()
    own_site.tokens.chmod(0o600)
    own_site.wait_known(own_site.admin)


def test_a_token_that_is_over_is_none(own_site):
    old = new_token(own_site.tokens, "old", "--all", "--expires", "2020-01-31")
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
    short = new_token(own_site.tokens, "short", "--all", "--expires", end)
    own_site.wait_known(short)
    follower = Events(own_site, Authorization="Bearer " + short)
    assert follower.next()[0] == "begin"
    assert own_site.get("/api/fields", token=old).status == 401
    own_site.wait_known(short, 401)
    assert follower.next() is None


def test_wrong_tries_are_counted_and_held_off_by_address(own_site):
    def tried(source):
        own_site.source = source
        answer = own_site.get("/api/fields", token="ci_" + "1" * 64)
        return answer.status, answer.headers["Retry-After"]

    assert [tried("127.0.0.9") for _ in range(10)] == [(401, None)] * 10
    wait_for(lambda: tried("127.0.0.9") == (429, "60"), "the address to be held off")
    assert tried("127.0.0.10") == (401, None)
    own_site.source = "127.0.0.9"  # one who shares that address is not locked out
    assert own_site.get("/api/fields").status == 200
    web = own_site.json("/api/stats")["web"]
    assert web["logins_refused"] >= 11 and web["logins_held_off"] == 1
    metrics = own_site.get("/metrics").body.decode()
    assert "call_inspector_web_logins_refused_total %d" % web["logins_refused"] in metrics


@pytest.mark.parametrize("line, why", [
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":"al"}', "scope: neither"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{}}', "scope: neither"),
    ('{"name":"a","sha256":"%s","rights":["look"]}', "no scope"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"networks":[]}}', "scope: networks: not an array of 1"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"networks":["10.0.0.0/33"]}}', "not a network: '10.0"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"networks":[7]}}', "not a network: ''"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"numbers":["*"]}}', "not a number or a user: '*'"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"domains":["."]}}', "not a domain: '.'"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"domains":["\\u001b[31m"]}}', "not a domain: '\\x1b[31m'"),
    ('{"name":"a","sha256":"%s","rights":["look"],"scope":{"accounts":["x"]}}', "accounts: none of"),
    ('{"name":"a","sha256":"%s","rights":["root"],"scope":"all"}', 'rights: "root" is none of'),
    ('{"name":"a","sha256":"%s","rights":[],"scope":"all"}', "rights: not an array"),
    ('{"name":"a","sha256":"%s","rights":["whole"],"scope":"all"}', "whole without look"),
    ('{"name":"a","sha256":"%s","rights":["watch"],"scope":"all"}', "a scope without the right to look"),
    ('{"name":"a","sha256":"%s","rights":["watch"],"expire":"2027-01-31"}', "expire: unknown"),
    ('{"name":"a","sha256":"%s","rights":["watch"],"expires":"2027-02-30"}', "expires: neither"),
    ('{"name":"a","sha256":"%s","rights":["watch"],"expires":"31.1.2027"}', "expires: neither"),
    ('{"name":"a","sha256":"%s","rights":["watch"],"rights":["manage"]}', "a member is there twice"),
    ('{"name":"","sha256":"%s","rights":["watch"]}', "name: 1 to 64"),
    ('{"name":"a\\n","sha256":"%s","rights":["watch"]}', "name: 1 to 64"),
    ('{"name":"a","sha256":"%sx","rights":["watch"]}', "sha256: not 64"),
    ('{"name":"a","scrypt":"1:8:1:aa:%s","rights":["watch"]}', "scrypt: not what web-token makes"),
    ('{"name":"a","sha256":"%s","rights":["watch"]', "not a JSON object"),
    ('["%s"]', "not a JSON object"), ("[" * 100000 + "%s", "not a JSON object"), ("\0\xff%s", "not a JSON object"),
])  # fmt: skip
def test_a_line_that_is_not_understood_is_no_token(tmp_path, line, why):
    tokens = tmp_path / "theirs"
    tokens.write_text("\n" + line % ("ab" * 32) + "\n")
    tokens.chmod(0o600)
    done = start(tmp_path, "--web", "127.0.0.1:%d" % free_port(), "--web-tokens", str(tokens))
    assert done.returncode == 2 and "line 2 is no token: " in done.stderr and why in done.stderr, done.stderr
    assert "\x1b" not in done.stderr
