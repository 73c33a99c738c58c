"""What one may see whose token has a scope: their own calls, and of these their own side."""

import json
import socket
from urllib.parse import quote

import pytest

from conftest import wait_for
from test_whole_calls import Leg
from web import Events
from web_access import SecureSite, new_token
from web_calls import Traffic, answered

ALICE, PBX, BOB, CAROL, PROXY = "10.1.0.1", "10.0.0.2", "10.2.0.1", "10.3.0.1", "10.0.0.9"
A, B, PROXIED, OTHER = "a-leg@phone", "b-leg@pbx", "proxied@phone", "other@phone"


def named(message, domain):
    return message.replace("@x.example", "@" + domain)


def send_calls(traffic):
    """Alice calls Bob over a back-to-back user agent; Alice calls Bob over a proxy; Carol calls Dave."""
    a = Leg(A, ALICE, PBX, "+493012345", "2001", "User-Agent: Phone of A\r\n")
    b = Leg(B, PBX, BOB, "+493012345", "2001", "X-CID: %s\r\nUser-Agent: Switch\r\n" % A)
    for one, other in zip(answered(a), answered(b)):
        for message, src, dst in (one, other):
            traffic.send(named(message, "a.example"), src, dst)
    leg = Leg(PROXIED, ALICE, PROXY, "+493012345", "2001", "User-Agent: Phone of A\r\n")
    for message, src, _ in answered(leg):
        hops = [(ALICE, PROXY), (PROXY, BOB)] if src == ALICE else [(BOB, PROXY), (PROXY, ALICE)]
        for hop in hops:
            via = "Via: SIP/2.0/UDP %s;branch=z9hG4bKp%s\r\n" % (PROXY, message.split("CSeq: ")[1][:8].replace(" ", ""))
            text = message if ALICE in hop else message.replace("Via: ", via + "Via: ", 1)
            traffic.send(named(text, "a.example"), *hop)
    for message in answered(Leg(OTHER, CAROL, PBX, "5005", "6006")):
        traffic.send(named(message[0], "c.example"), *message[1:])
    traffic.settle()


SCOPES = {
    "all": ("--all",),
    "alice": ("--number", "+49 30 12345"),
    "alices": ("--number", "4930*"),
    "bob": ("--number", "2001"),
    "network": ("--network", "10.1.0.0/16"),
    "callee": ("--network", "10.2.0.0/16"),
    "domain": ("--domain", "c.example"),
    "domains": ("--domain", ".example"),
    "whole": ("--number", "+493012345", "--right", "look", "--right", "whole"),
    "stranger": ("--number", "493012"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    one = SecureSite(tmp_path_factory.mktemp("scope"), "--hosts", "pbx=" + PBX).outlive_tests()
    one.scoped = {name: new_token(one.tokens, name, *scope) for name, scope in SCOPES.items()}
    one.scoped["watcher"] = new_token(one.tokens, "watcher", "--right", "watch")
    one.wait_known(one.scoped["watcher"])
    send_calls(Traffic(one.inspector, one.address))
    wait_for(lambda: len(rows(one, "all")) == 4, "the calls")
    wait_for(lambda: "incomplete" not in one.get("/api/calls").json, "a complete index")
    wait_for(lambda: len(one.get(one.call(A, "/legs")).json["legs"]) == 2, "the legs to be joined")
    yield one
    one.stop()


def got(site, who, target, status=200):
    answer = site.get(target, token=site.scoped[who])
    assert answer.status == status, (who, target, answer.status, answer.body)
    return answer.json if answer.headers["Content-Type"].endswith("json") else answer.body.decode()


def rows(site, who, q="", target="/api/search"):
    answer = got(site, who, "%s?q=%s" % (target, quote(q)))
    return answer["rows" if "search" in target else "calls"]


def hops(site, who, call_id):
    return [(one["src"].split(":")[0], one["dst"].split(":")[0])
            for one in got(site, who, site.call(call_id, "/messages"))["messages"]]  # fmt: skip


@pytest.mark.parametrize("who, ids", [
    ("all", {A, B, PROXIED, OTHER}), ("alice", {A, B, PROXIED}), ("alices", {A, B, PROXIED}), ("bob", {A, B, PROXIED}),
    ("network", {A, PROXIED}), ("callee", {B, PROXIED}), ("domain", {OTHER}), ("domains", {A, B, PROXIED, OTHER}),
    ("whole", {A, B, PROXIED}), ("stranger", set()),
])  # fmt: skip
def test_a_list_has_the_calls_of_the_scope_alone(site, who, ids):
    assert {row["call-id"] for row in rows(site, who)} == ids
    calls = rows(site, who, target="/api/calls")
    assert {leg for call in calls for leg in call["legs"]} == ids
    # In pages of one there is no gap and no double.
    found, target = [], "/api/search?limit=1"
    while target:
        page = got(site, who, target)
        found += [row["call-id"] for row in page["rows"]]
        target = "next" in page and "/api/search?limit=1&cursor=" + page["next"]
    assert sorted(found) == sorted(ids)


@pytest.mark.parametrize("who, call_id, seen", [
    ("alice", A, {ALICE, PBX}), ("bob", B, {PBX, BOB}), ("network", A, {ALICE, PBX}), ("callee", B, {PBX, BOB}),
    ("alice", PROXIED, {ALICE, PROXY}), ("bob", PROXIED, {PROXY, BOB}), ("network", PROXIED, {ALICE, PROXY}),
    ("callee", PROXIED, {PROXY, BOB}), ("whole", A, {ALICE, PBX, BOB}), ("whole", B, {ALICE, PBX, BOB}),
    ("whole", PROXIED, {ALICE, PROXY, BOB}), ("domain", OTHER, {CAROL, PBX}), ("all", A, {ALICE, PBX, BOB}),
    ("domains", PROXIED, {ALICE, PROXY, BOB}),
])  # fmt: skip
def test_of_a_call_one_sees_the_side_of_ones_own_party(site, who, call_id, seen):
    messages = hops(site, who, call_id)
    assert {host for hop in messages for host in hop} == seen
    assert len(messages) == (4 if len(seen) == 2 else 8)
    unseen = {ALICE, PBX, BOB, CAROL, PROXY} - seen
    for form in ("", "/legs", "/story", "/ladder.txt", "/ladder.svg", "/ladder.mmd"):
        text = json.dumps(got(site, who, site.call(call_id, form)))
        assert not [host for host in unseen if host + ":" in text or host + '"' in text], (form, text)
        assert (B in text) == (B == call_id or BOB in seen and call_id == A) or form not in ("", "/legs"), form


@pytest.mark.parametrize("who, call_id", [
    ("alice", OTHER), ("alice", B), ("bob", A), ("network", B), ("network", OTHER), ("callee", A), ("domain", A),
    ("domain", PROXIED), ("stranger", A), ("whole", OTHER),
])  # fmt: skip
def test_what_is_out_of_scope_is_not_there(site, who, call_id):
    for form in ("", "/legs", "/messages", "/story", "/ladder.txt", "/ladder.svg", "/ladder.mmd", "/pcap", "/pcapng"):
        there = site.get(site.call(call_id, form), token=site.scoped[who])
        none = site.get(site.call("none@x", form), token=site.scoped[who])
        assert there.status == none.status == 404
        assert there.body.replace(call_id.encode(), b"") == none.body.replace(b"none@x", b"")


def test_a_row_tells_one_side(site):
    def row(who, call_id):
        return next(one for one in rows(site, who) if one["call-id"] == call_id)

    assert row("network", PROXIED)["endpoints"] == [ALICE + ":5060"] and row("alice", A)["endpoints"] == []
    assert row("callee", PROXIED)["endpoints"] == [BOB + ":5060"]
    for who in ("alice", "bob", "network", "callee"):
        assert row(who, PROXIED)["user_agents"] == [] and PROXY not in json.dumps(row(who, PROXIED))
    assert row("whole", PROXIED) == row("all", PROXIED) and row("all", PROXIED)["user_agents"] == ["Phone of A"]
    assert row("alice", A)["outcome"] == "answered" and row("alice", A)["to_user"] == "2001"


@pytest.mark.parametrize("q", ["ip=" + BOB, "ip!=" + BOB, "port=5060", "ip=10.2.0.0/16", 'ua~"Phone"', "ua!=Switch", BOB])
def test_a_search_does_not_tell_what_may_not_be_seen(site, q):
    """Whether the other side has an address is not to be learnt by asking for it."""
    found = {row["call-id"] for row in rows(site, "alice", q)}
    assert found == ({A, B, PROXIED} if "!" in q else set())
    assert rows(site, "whole", q) == [row for row in rows(site, "all", q) if row["call-id"] != OTHER]


def test_names_of_hosts_are_for_those_who_see_all(site):
    def hosts(who):
        return next(one for one in got(site, who, "/api/fields")["fields"] if one["name"] == "host").get("values", [])

    assert hosts("all") == ["pbx"] and hosts("alice") == []
    assert "pbx" not in json.dumps(got(site, "alice", "/api/expression?q=host%3Dnone"))


def test_what_cannot_be_narrowed_is_for_those_who_see_all(site):
    for who in ("alice", "whole"):
        got(site, who, "/v2/accounts/a/call_inspector", 403)
        got(site, who, "/v2/accounts/a/call_inspector/" + A, 403)
        for target in ("/api/stats", "/api/clocks", "/api/parsers", "/metrics"):
            got(site, who, target, 403)
    assert got(site, "all", "/v2/accounts/a/call_inspector/" + A)["status"] == "success"


def test_metrics_name_calls_only_to_those_who_see_all(site):
    got(site, "all", site.call(A))

    def metrics(token):
        return site.get("/metrics", token=token, Accept="application/openmetrics-text").body.decode()

    assert "# {" in metrics(site.admin) and A in metrics(site.admin)
    text = metrics(site.scoped["watcher"])
    assert "call_inspector_web_lookup_seconds_bucket" in text and "# {" not in text and "@phone" not in text


def test_who_follows_hears_of_the_scope_alone(site):
    def follow(who):
        events = Events(site, "/api/events?q=from~new", Authorization="Bearer " + site.scoped[who])
        assert events.next()[0] == "begin"
        return events

    followers = {who: follow(who) for who in ("all", "domain", "network", "alice")}
    traffic = Traffic(site.inspector, site.address)
    for call_id, host, domain in [("new-1@x", ALICE, "a.example"), ("new-2@x", CAROL, "c.example"),
                                  ("new-3@x", ALICE, "c.example")]:  # fmt: skip
        for message in answered(Leg(call_id, host, PBX, "new", "7007")):
            traffic.send(named(message[0], domain), *message[1:])
    traffic.settle()

    def heard(who, last):
        ids = set()
        while last not in ids:
            name, _, row = followers[who].next()
            assert name == "dialogue"
            ids.add(row["call-id"])
            assert who == "all" or row["user_agents"] == []
        return ids

    everything = {"new-1@x", "new-2@x", "new-3@x"}
    wait_for(lambda: everything <= {row["call-id"] for row in rows(site, "all")}, "the new calls")
    assert heard("all", "new-3@x") == everything
    assert heard("domain", "new-3@x") == {"new-2@x", "new-3@x"}
    assert heard("network", "new-3@x") == {"new-1@x", "new-3@x"}
    assert followers["alice"].events.empty()
    for one in followers.values():
        one.close()


@pytest.mark.parametrize("form", ["/pcap", "/pcapng"])
def test_a_capture_has_the_packets_of_ones_own_side(site, form):
    def hosts(who):
        octets = site.get(site.call(PROXIED, form), token=site.scoped[who]).body
        return {host for host in (ALICE, PROXY, BOB) if socket.inet_aton(host) in octets}

    assert hosts("alice") == hosts("network") == {ALICE, PROXY}
    assert hosts("callee") == {PROXY, BOB} and hosts("whole") == hosts("all") == {ALICE, PROXY, BOB}


def test_what_joins_two_legs_is_told_to_those_who_see_the_message_that_shows_it(site):
    """The proxy tells the switch which leg is meant, on a hop that is nobody's but the operator's."""
    site.scoped["both"] = new_token(site.tokens, "both", "--network", "10.1.0.0/16", "--network", "10.2.0.0/16")
    site.wait_known(site.scoped["both"])
    first, second = "joined-a@phone", "joined-b@pbx"
    traffic = Traffic(site.inspector, site.address)
    a = Leg(first, ALICE, PROXY, "8101", "8202")
    inside = Leg(first, PROXY, PBX, "8101", "8202", "X-CID: %s\r\n" % second)
    b = Leg(second, PBX, BOB, "8101", "8202")
    for messages in zip(answered(a), answered(inside), answered(b)):
        for message in messages:
            traffic.send(*message)
    traffic.settle()

    def joined(who):
        legs = got(site, who, site.call(first, "/legs"))["legs"]
        return len(legs) == 2 and [proof["evidence"] for leg in legs for proof in leg["joined_by"]]

    assert "header" in wait_for(lambda: joined("all"), "the legs to be joined")
    assert joined("both") == []
