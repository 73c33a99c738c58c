"""The API of the site: what it answers is what the commands say, in pages, and as its description promises."""

import gzip
import json
import pathlib
import subprocess
import sys
from urllib.parse import quote

import pytest

from conftest import PATIENCE, Sender, wait_for
from recordings import Run, records
from test_search import sip
from web import Events, Site

HOME = pathlib.Path(__file__).parent.parent.parent
SAMPLE = "kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1"
DESCRIPTION = HOME / "priv" / "www" / "api" / "openapi.json"


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path, pages=HOME / "priv" / "www")
    yield one
    one.stop()


def send_sample(site):
    sender = Sender(site.inspector, [site.address])
    for _, datagram in records((HOME / "priv" / "sample" / "two_observers.bin").read_bytes()):
        sender.send(site.address, datagram)
    sender.settle()
    site.wait_found("call=" + SAMPLE, 1)


def lines(inspector, *words):
    return [json.loads(line) for line in inspector.text(*words).splitlines()]


def test_a_call_in_all_forms_is_what_the_commands_print(site):
    send_sample(site)
    site.inspector.settle()
    details = site.inspector.json("call_details", SAMPLE)
    assert site.json(site.call(SAMPLE)) == details
    assert site.json(site.call(SAMPLE, "/legs")) == site.inspector.json("call_legs", SAMPLE)
    messages = site.json(site.call(SAMPLE, "/messages"))
    assert messages == {name: details[name] for name in ("call-id", "messages", "events")}
    story = site.get(site.call(SAMPLE, "/story"))
    assert story.body.decode() == site.inspector.text("story", SAMPLE)
    assert story.headers["Content-Type"] == "text/plain; charset=utf-8"
    ladder = site.get(site.call(SAMPLE, "/ladder.txt")).body.decode()
    assert ladder == site.inspector.text("ladder", SAMPLE)
    narrow = site.get(site.call(SAMPLE, "/ladder.txt?width=80&ascii=yes&sdp=no&open=yes&hosts=127.0.0.10")).body
    assert narrow.decode() == site.inspector.text("ladder", SAMPLE, "80", "ascii", "nosdp", "open", "hosts=127.0.0.10")
    packed = site.get(site.call(SAMPLE), Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and json.loads(gzip.decompress(packed.body)) == details
    for form in ("", "/legs", "/messages", "/story", "/ladder.txt"):
        answer = site.get(site.call("none@x", form))
        assert answer.status == 404 and answer.json["detail"] == "no messages are stored for none@x"
    for wrong in ("width=20", "width=x", "ascii=maybe", "hosts=10.9.9.9", "legs=Z", "colour=yes"):
        assert site.get(site.call(SAMPLE, "/ladder.txt?" + wrong)).status == 400, wrong


def is_quiet(index):
    return not any(index[name] for name in ("lag_ms", "waiting_bytes", "waiting_files")) and "percent" not in index


@pytest.mark.parametrize("call_id", ["a/b@x", "a b%2F+?#@x", 'q"<script>&=@x', "\u00fcml\u00e4ut@x", "..", "%41@x"])
def test_any_call_id_has_an_address(site, call_id):
    site.send(sip(call_id.encode().decode("latin-1").encode("latin-1").decode("utf-8")))
    site.wait_found("", 1)
    assert site.json(site.call(call_id, "/legs"))["legs"][0]["call-id"] == call_id
    (row,) = site.json("/api/calls")["calls"]
    assert row["call-id"] == call_id and row["legs"] == [call_id]


def test_a_list_comes_in_pages_without_gap_or_double(site):
    for i in range(25):
        site.send(sip("page-%02d@x" % i, from_="alice" if i % 2 else "carol"))
    site.wait_found("", 25)
    for target, member in (("/api/calls?limit=7", "calls"), ("/api/search?limit=7", "rows")):
        seen, cursor, sizes = [], "", []
        while True:
            page = site.json(target + cursor)
            seen += [row["call-id"] for row in page[member]]
            sizes.append(len(page[member]))
            if "next" not in page:
                break
            cursor = "&cursor=" + quote(page["next"])
        assert sizes == [7, 7, 7, 4]
        assert len(set(seen)) == 25 and sorted(seen) == ["page-%02d@x" % i for i in range(25)]
        starts = [row["start"] for row in site.json("/api/search?limit=1000")["rows"]]
        assert starts == sorted(starts, reverse=True)
    odd = site.json("/api/calls?q=from%3Dalice")["calls"]
    assert {row["from_user"] for row in odd} == {"alice"} and len(odd) == 12
    assert "next" not in site.json("/api/calls?limit=25")


def test_calls_that_began_at_one_moment_are_paged_as_well(site):
    """Imported ones: all have the arrival of their datagram."""
    for i in range(9):
        site.send(sip("same-%d@x" % i))
    site.wait_found("", 9)
    seen, page = [], site.json("/api/search?limit=2")
    while True:
        seen += [row["call-id"] for row in page["rows"]]
        if "next" not in page:
            break
        page = site.json("/api/search?limit=2&cursor=" + page["next"])
    assert sorted(seen) == sorted(set(seen)) and len(seen) == 9


def test_a_call_of_three_legs_is_one_whichever_leg_was_asked_for(tmp_path):
    site = Site(tmp_path)
    run = Run("fs_fail_xcid_skew+0.4s")
    addresses = {stream: site.inspector.start_parser() for stream in run.streams}
    sender = Sender(site.inspector, list(addresses.values()))
    for _, stream, datagram in run.by_arrival():
        sender.send(addresses[stream], datagram)
    sender.settle()
    site.inspector.settle()
    legs = ["4e0160fd3f08cd33@127.0.6.17", "50b0c812-6581-1240-b9a8-c20c51bd1549", "50b433ee-6581-1240-b9a8-c20c51bd1549"]
    site.wait_found("call=" + legs[2] + " status=200", 1)
    # The index takes what came in portions: both lists are to be of all of it.
    wait_for(lambda: is_quiet(site.json("/api/stats")["index"]), "the index to have taken all")
    calls = site.json("/api/calls?limit=100&findings=yes")["calls"]
    assert [row["call-id"] for row in calls] == [row["call-id"] for row in lines(site.inspector, "calls", "100")]
    (call,) = [row for row in calls if row["call-id"] == legs[0]]
    assert call["legs"] == legs and call["outcome"] == "answered" and "overloaded" in call["findings"]
    # Its second leg was refused: what is shown is the whole call, by its first leg.
    refused = site.json("/api/calls?q=" + quote("status=500"))["calls"]
    assert call["call-id"] in [row["call-id"] for row in refused]
    one_by_one, page = [], site.json("/api/calls?limit=1")
    while True:
        one_by_one += [row["call-id"] for row in page["calls"]]
        if "next" not in page:
            break
        page = site.json("/api/calls?limit=1&cursor=" + page["next"])
    assert one_by_one == [row["call-id"] for row in calls]
    found = site.json("/api/search?q=finding%3Drefused&limit=5")["rows"]
    assert found and all("refused" in row["findings"] for row in found)
    site.stop()


def test_mistakes_are_told_with_their_place(site):
    answer = site.get("/api/calls?q=" + quote("from=alice form=bob"))
    assert answer.status == 400 and answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["column"] == 12 and answer.json["detail"] == "no field 'form'; is from meant?"
    assert site.json("/api/expression?q=" + quote("from=alice form=bob")) == {
        "right": False, "column": 12, "mistake": "no field 'form'; is from meant?"}  # fmt: skip
    assert site.json("/api/expression?q=since%3D2d") == {"right": True}
    assert not site.json("/api/expression?q=x+finding%3Dnone")["right"]
    for wrong in ("limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=1", "findings=1", "lmit=3"):
        for list_ in ("calls", "search"):
            answer = site.get("/api/%s?%s" % (list_, wrong))
            assert answer.status == 400 and answer.json["detail"], wrong


def test_fields_are_those_of_the_documentation(site):
    fields = site.json("/api/fields")["fields"]
    text = (HOME / "docs" / "search.md").read_text()
    for field in fields:
        assert "`%s`" % field["name"] in text and field["help"]
        if field["name"] != "host":  # its names are those of the setting, which is empty here
            assert site.json("/api/expression?q=" + quote(field["example"])) == {"right": True}, field
    values = {field["name"]: field.get("values") for field in fields}
    assert "registration" in values["kind"] and "busy" in values["outcome"] and "no_ack" in values["finding"]


def test_parsers_are_started_switched_and_stopped(site):
    host, port = site.inspector.start_parser()
    site.inspector.text("stop_active_parser", "%s:%d" % (host, port))
    new = {"type": "hep", "ip": host, "port": port}
    started = site.change("POST", "/api/parsers", new)
    id_ = "%s:%d" % (host, port)
    assert started.status == 201 and started.json == {"id": id_}
    place = started.headers["Location"]
    assert [one["id"] for one in site.json("/api/parsers")][0] == id_
    off = site.change("PATCH", place, {"capture": False})
    assert off.status == 200 and (off.json["id"], off.json["capture"], off.json["capture_bad_msgs"]) == (id_, "off", "on")
    assert site.change("PATCH", place, {"capture": True, "capture_bad_msgs": False}).json["capture"] == "on"
    assert site.change("POST", "/api/parsers", {**new, "ip": "192.0.2.1"}).status == 409
    for body in ({}, {"type": "x"}, {"type": "hep"}, [], {"type": "capture"}, {**new, "allow": 3}):
        assert site.change("POST", "/api/parsers", body).status == 422, body
    assert site.ask("POST", "/api/parsers", "{", Content_Type="application/json").status == 422
    for body in ({}, [], {"capture": "on"}, {"captur": True}):
        assert site.change("PATCH", place, body).status == 422, body
    assert site.change("DELETE", place).json == {"stopped": id_}
    for method, body in (("DELETE", None), ("PATCH", {"capture": True})):
        answer = site.change(method, place, body)
        assert answer.status == 404 and "no active parser" in answer.json["detail"]


def test_calls_are_told_as_they_begin_and_end(site):
    all_, alices = Events(site), Events(site, "/api/events?q=from%3Dalice")
    for stream in (all_, alices):
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.next()[0] == "begin"
    assert site.json("/api/stats")["web"]["streams"] == 2
    site.send(sip("one@x", from_="carol"))
    assert all_.next()[2]["call-id"] == "one@x"
    site.send(sip("two@x", from_="alice"))
    (kind, number, row), _ = alices.next(), all_.next()
    assert (kind, row["call-id"], row["outcome"]) == ("dialogue", "two@x", "in_progress")
    site.send(sip("two@x", from_="alice", status=486))
    assert alices.next()[2]["outcome"] == "busy" and all_.next()[2]["outcome"] == "busy"
    # One that lost its connection goes on where it was.
    alices.close()
    again = Events(site, "/api/events?q=from%3Dalice", Last_Event_ID=number)
    assert again.next()[2]["outcome"] == "busy"
    unknown = Events(site, Last_Event_ID="17")
    assert unknown.next()[0] == "left_out"
    for stream in (all_, again, unknown):
        stream.close()
    wait_for(lambda: site.json("/api/stats")["web"]["streams"] == 0, "the streams to end")


def test_a_hostile_name_is_text(site):
    """The JSON holds it escaped; no answer's type lets a browser take it for a page."""
    hostile = "\"</script><script>alert(1)</script>\u202e\x1b[31m"
    message = sip("hostile@x").decode().replace('"A"', '"%s"' % hostile.replace('"', '\\"'))
    site.send(message.encode())
    site.wait_found("", 1)
    for target in ("/api/calls", "/api/search", *(site.call("hostile@x", form) for form in ("", "/story", "/ladder.txt"))):
        answer = site.get(target)
        assert "html" not in answer.headers["Content-Type"] and "svg" not in answer.headers["Content-Type"]
        assert b"\x1b" not in answer.body and "\u202e".encode() not in answer.body
    (row,) = site.json("/api/calls")["calls"]
    assert "<script>alert(1)</script>\u202e" in row["from_name"]


def test_without_an_index_a_call_is_still_shown(tmp_path):
    site = Site(tmp_path, "--index", "off")
    site.send(sip("alone@x"))
    wait_for(lambda: site.get(site.call("alone@x")).status == 200, "the call")
    for target in ("/api/calls", "/api/search", "/api/events"):
        answer = site.get(target)
        assert answer.status == 503 and "index is turned off" in answer.json["detail"]
    assert site.get("/v2/accounts/a/call_inspector").json["status"] == "error"
    assert site.json("/api/stats")["index"] == {"on": False}
    site.stop()


def test_code_of_kazoo_may_ask(site):
    send_sample(site)
    call = site.json("/v2/accounts/%s/call_inspector/%s" % ("a" * 32, quote(SAMPLE)))
    assert call["status"] == "success" and len(call["request_id"]) == 32
    asked = site.inspector.json("inspect_call_id", SAMPLE)
    assert call["data"] == {name: asked[name] for name in ("call-id", "messages", "dialog_entities", "analysis")}
    listed = site.json("/v2/accounts/a/call_inspector?page_size=1")
    (cdr,) = listed["data"]
    assert (cdr["call_id"], cdr["caller_id_number"], cdr["callee_id_number"]) == (SAMPLE, "alice", "bob1")
    assert abs(cdr["timestamp"] - float(site.json("/api/calls")["calls"][0]["start"])) < 1
    assert listed["page_size"] == 1 and "next_start_key" not in listed
    missing = site.get("/v2/accounts/a/call_inspector/none@x")
    assert missing.status == 404 and missing.json["message"] == "bad_identifier"


def test_every_route_is_described_and_nothing_else():
    routes = (HOME / "c_src" / "web" / "routes.cpp").read_text()
    names = {"get": "get", "post": "post", "patch": "patch", "remove": "delete"}
    import re

    there = {(path, names[method]) for method, path in re.findall(r'\{Method::(\w+), "([^"]+)"', routes)}
    paths = json.loads(DESCRIPTION.read_text())["paths"]
    assert there == {(path, method) for path, methods in paths.items() for method in methods}


def schemathesis():
    """From PyPI into a virtual environment of the tests, the first time."""
    venv = HOME / "build" / "schemathesis"
    program = venv / "bin" / "schemathesis"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True, capture_output=True)
        installed = subprocess.run(
            [venv / "bin" / "pip", "install", "-q", "-r", HOME / "tests" / "system" / "requirements.txt"],
            capture_output=True, text=True,
        )  # fmt: skip
        if installed.returncode != 0:
            pytest.skip("schemathesis cannot be installed: " + installed.stderr[-300:])
    return program


def test_the_api_is_as_it_is_described(site, tmp_path):
    send_sample(site)
    base = "http://127.0.0.1:%d" % site.port
    assert site.json("/api/openapi.json") == json.loads(DESCRIPTION.read_text())
    done = subprocess.run(
        [schemathesis(), "run", base + "/api/openapi.json", "--exclude-path", "/api/events", "--max-examples", "10",
         "--seed", "20261129", "--exclude-checks", "unsupported_method,positive_data_acceptance", "--no-color", "--suppress-health-check", "all"],
        cwd=tmp_path, capture_output=True, text=True, timeout=10 * PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
