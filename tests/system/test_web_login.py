"""How tokens are made, who logs in with a browser, and the log of who looked at which call."""

import json
import re

import pytest

from conftest import wait_for
from test_search import sip
from web import Events, Site
from web_access import (
    SecureSite, cookie_of, new_password, new_token, replace, site_of_module, web_token, with_authorization,
)  # fmt: skip

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    one = site_of_module(tmp_path_factory)
    new_password(one.tokens, "eva", PASSWORD, "--all")
    one.wait_known(one.watcher)
    yield one
    one.stop()


@pytest.fixture
def own_site(tmp_path):
    one = SecureSite(tmp_path)
    yield one
    one.stop()


# Tokens.


def test_a_token_is_made_as_the_server_takes_it(tmp_path):
    done = web_token("noc", "--number", "+49 30 123*", "--network", "10.0.0.0/8", "--domain", ".example.com")
    said = re.fullmatch(r"secret, shown this once: (ci_[0-9a-f]{64})\nline for .*:\n(.*)\n", done.stdout)
    secret, line = said.groups()
    kept = json.loads(line)
    assert secret not in line and secret[3:] not in line and kept["rights"] == ["look"]
    assert kept["scope"] == {"networks": ["10.0.0.0/8"], "numbers": ["+49 30 123*"], "domains": [".example.com"]}
    for arguments, why in [
        (["noc"], "no scope"), (["n c", "--all"], "name: 1 to 64"), (["a", "--all", "--right", "x"], "rights: "),
        (["a", "--all", "--number", "1"], "--all leaves nothing"), (["a", "--network", "x"], "not a network: 'x'"),
        (["a", "--all", "--expires", "tomorrow"], "expires: "), ([], "name"),
    ]:  # fmt: skip
        done = web_token(*arguments)
        assert done.returncode == 1 and why in done.stderr and not done.stdout, (arguments, done.stderr)
    assert "at least 12" in web_token("a", "--all", "--password", stdin="short\n").stderr
    file = tmp_path / "made"
    new_token(file, "a", "--all")
    new_token(file, "b", "--right", "watch")
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text().splitlines()) == 2
    # A name that is there would make no token, and a line that has no end would become one with the new one.
    done = web_token("a", "--all", "--append", file)
    assert done.returncode == 1 and "a is in %s already" % file in done.stderr and "ci_" not in done.stdout
    file.write_text(file.read_text().rstrip("\n"))
    new_token(file, "c", "--all")
    assert [json.loads(line)["name"] for line in file.read_text().splitlines()] == ["a", "b", "c"]
    done = web_token("c", "--all", "--append", "/none/tokens")
    assert done.returncode == 2 and "cannot write /none/tokens" in done.stderr


# Browsers.


def log_in(site, body, **headers):
    headers = {"Origin": "https://localhost", "Host": "localhost", **headers}
    return site.change("POST", "/api/session", body, token=None, **headers)


def by_cookie(site, cookie, method="GET", target="/api/session", **headers):
    return site.change(method, target, {} if method != "GET" else None, token=None, Cookie=cookie, Host="localhost",
                       **headers)  # fmt: skip


def test_a_browser_logs_in_and_out(site, monkeypatch):
    monkeypatch.setattr(site, "source", "127.0.0.22")
    answer = log_in(site, {"token": site.looker})
    assert answer.status == 200 and answer.json == {"login": True, "name": "looker", "rights": ["look"], "all": True}
    said = answer.headers["Set-Cookie"]
    assert re.fullmatch(r"__Host-call_inspector=ci_[0-9a-f]{64}; Path=/; Secure; HttpOnly; SameSite=Strict", said)
    cookie = cookie_of(answer)
    assert site.looker not in cookie
    assert by_cookie(site, "a=b; %s; c=d" % cookie).json["name"] == "looker"
    assert by_cookie(site, cookie, target="/api/calls").status == 200
    assert by_cookie(site, cookie, target="/metrics").status == 403
    assert cookie_of(log_in(site, {"token": site.looker})) != cookie
    # What the cookie is made of is no token itself.
    assert with_authorization(site, "Bearer " + cookie.split("=")[1]) == 401
    out = by_cookie(site, cookie, "DELETE", Origin="https://localhost")
    assert out.status == 200 and "Max-Age=0" in out.headers["Set-Cookie"]
    assert by_cookie(site, cookie).status == 401


def test_a_page_of_another_site_cannot_use_the_cookie(site):
    cookie = cookie_of(log_in(site, {"token": site.admin}))
    own = {"Origin": "https://localhost"}
    assert by_cookie(site, cookie, "POST", "/api/parsers", **own).status == 422  # it got as far as the body
    for headers in ({}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
                    {"Sec_Fetch_Site": "same-site"}, {**own, "Content_Type": "text/plain"}):  # fmt: skip
        assert by_cookie(site, cookie, "POST", "/api/parsers", **headers).status in (403, 415), headers
        assert by_cookie(site, cookie, "DELETE", **headers).status in (403, 415), headers
        assert by_cookie(site, cookie).status == 200
    assert log_in(site, {"token": site.admin}, Sec_Fetch_Site="cross-site").status == 403


@pytest.mark.parametrize("host, status", [
    ("inspector.example.com", 200), ("localhost", 200), ("0.0.0.0", 200), ("evil.example.com", 421), ("10.9.9.9", 421),
])  # fmt: skip
def test_a_name_that_is_made_to_point_here_gets_nothing_by_tls_either(site, host, status):
    assert site.get("/api/fields", Host=host).status == status


def test_a_person_logs_in_with_a_password(site, monkeypatch):
    monkeypatch.setattr(site, "source", "127.0.0.23")
    answer = log_in(site, {"name": "eva", "password": PASSWORD})
    assert answer.status == 200 and answer.json["name"] == "eva"
    assert by_cookie(site, cookie_of(answer)).json["name"] == "eva"
    for body, status in [({"name": "eva", "password": "wrong"}, 401), ({"name": "bob", "password": PASSWORD}, 401),
                         ({"name": "admin", "password": PASSWORD}, 401),
                         ({"name": "admin", "password": site.admin}, 401),
                         ({}, 422), ({"name": "eva"}, 422), ({"token": 7}, 422), ([], 422)]:  # fmt: skip
        assert log_in(site, body).status == status, body
    assert with_authorization(site, "Bearer " + PASSWORD) == 401


def test_passwords_are_not_tried_out(own_site):
    new_password(own_site.tokens, "eva", PASSWORD, "--all")
    wait_for(lambda: log_in(own_site, {"name": "eva", "password": PASSWORD}).status == 200, "the file to be read")
    assert log_in(own_site, {"name": "eva", "password": "first guess"}).status == 401
    guess = {"name": "eva", "password": "another guess"}
    wait_for(lambda: log_in(own_site, guess).status == 429, "the address to be held off")
    assert log_in(own_site, {"name": "eva", "password": PASSWORD}).status == 429  # it is not even looked at
    assert own_site.get("/api/fields").status == 200


def test_a_session_ends_with_its_token(own_site):
    eva = new_token(own_site.tokens, "eva", "--all")
    own_site.wait_known(eva)
    cookie = cookie_of(log_in(own_site, {"token": eva}))
    follower = Events(own_site, Cookie=cookie)
    assert follower.next()[0] == "begin" and by_cookie(own_site, cookie).status == 200
    replace(own_site.tokens, own_site.tokens.read_text().replace('"name":"eva"', '"name":"eve"'))
    wait_for(lambda: by_cookie(own_site, cookie).status == 401, "the session to end")
    assert follower.next() is None


def test_where_there_is_no_login_nobody_is_asked(tmp_path):
    site = Site(tmp_path)
    assert site.json("/api/session") == {"login": False, "rights": ["look", "whole", "watch", "manage"], "all": True}
    assert site.change("POST", "/api/session", {"token": "x"}).status == 409
    assert site.get("/api/fields", Authorization="Bearer nonsense").status == 200
    site.stop()


# The access log.


def test_the_log_tells_who_looked_at_which_call(own_site):
    call_id = 'a\u202e\x1b[31m"<b>@x'
    own_site.send(sip(call_id))
    wait_for(lambda: len(own_site.json("/api/search?q=")["rows"]) == 1, "the call")
    begin = len(own_site.visits(1))
    looker = new_token(own_site.tokens, "looker", "--all")
    own_site.wait_known(looker)
    assert own_site.get(own_site.call(call_id, "/story"), token=looker).status == 200
    assert own_site.get(own_site.call("none@x"), token=looker).status == 404
    assert own_site.get("/api/calls?q=from%3Dalice", token=looker).status == 200
    own_site.change("POST", "/api/parsers", {}, token=looker)
    own_site.get("/api/stats", token=None)
    own_site.get("/", token=None)
    follower = Events(own_site, "/api/events?q=to%3Dbob", Authorization="Bearer " + looker)
    own_site.get("/api/clocks")

    def ours():
        visits = own_site.visits(begin)
        return visits[-1]["does"] == "GET /api/clocks" and visits

    others = ("GET /api/fields", "GET /api/search")
    visits = [one for one in wait_for(ours, "the last one") if one["does"] not in others]
    story, none, list_, post, nobody, events, clocks = visits
    for one in visits:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one.pop("at"))
        assert re.fullmatch(r"127\.0\.0\.1:\d+", one.pop("from")) and one.pop("octets") >= 0
    shown = 'a\\u202e\\x1b[31m"<b>@x'
    told = {"who": "looker", "does": "GET /api/calls/{id}/story", "call": shown, "status": 200, "shown": [shown]}
    assert story == told
    assert none == {"who": "looker", "does": "GET /api/calls/{id}", "call": "none@x", "status": 404}
    assert list_ == {"who": "looker", "does": "GET /api/calls", "q": "from=alice", "status": 200}
    assert post == {"who": "looker", "does": "POST /api/parsers", "status": 403}
    assert nobody == {"does": "GET /api/stats", "status": 401}
    assert events == {"who": "looker", "does": "GET /api/events", "q": "to=bob", "status": 200}
    assert clocks == {"who": "admin", "does": "GET /api/clocks", "status": 200}
    assert looker not in own_site.access_log.read_text() and own_site.admin not in own_site.access_log.read_text()
    assert own_site.access_log.stat().st_mode & 0o777 == 0o600
    follower.close()


def test_the_log_is_rotated_without_a_word_to_the_program(own_site):
    own_site.get("/api/clocks")
    own_site.visits(1)
    own_site.access_log.rename(own_site.directory / "old.log")
    own_site.get("/api/fields")
    assert [one["does"] for one in own_site.visits(1)] == ["GET /api/fields"]
    assert "GET /api/fields" not in (own_site.directory / "old.log").read_text()


def test_a_log_that_cannot_be_written_holds_nobody_up(own_site):
    own_site.access_log.unlink()
    own_site.access_log.mkdir()
    assert own_site.get("/api/fields").status == 200
    wait_for(lambda: own_site.json("/api/stats")["web"]["access_log_lost"] >= 1, "the loss to be counted")
    assert "the access log cannot be written" in own_site.inspector.log.read_text()
    own_site.access_log.rmdir()
    own_site.get("/api/fields")
    assert own_site.visits(1)
    wait_for(lambda: "can be written again" in own_site.inspector.log.read_text(), "the end of the trouble")
