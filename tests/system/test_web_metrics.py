"""Metrics: what is exported is right, is what Prometheus takes, and is all that the dashboard and the alerts use."""

import json
import pathlib
import re
import subprocess

import pytest

from conftest import wait_for
from test_search import sip
from test_web_api import send_sample
from web import Site

HOME = pathlib.Path(__file__).parent.parent.parent
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path)
    yield one
    one.stop()


def samples(site, **headers):
    """By name and labels."""
    text = site.get("/metrics", **headers).body.decode()
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = re.match(r"(\w+)(?:\{(.*?)\})? (\S+)", line).groups()
        assert (name, labels) not in found, line
        found[name, labels] = float(value)
    return found


def test_packets_are_counted_by_parser_and_reason(site):
    send_sample(site)
    site.socket.sendto(b"no HEP at all", site.address)
    parser = 'parser="%s:%d"' % site.address
    wait_for(lambda: samples(site)["call_inspector_parser_received_total", parser] == 28, "28 packets")
    now, stats = samples(site), site.json("/api/parsers")[0]
    assert now["call_inspector_parser_stored_total", parser] == stats["stored"] == 27
    (reason,) = stats["refused"]
    assert now["call_inspector_parser_refused_total", '%s,reason="%s"' % (parser, reason)] == 1
    assert now["call_inspector_store_received_total", None] == 27
    senders = [labels for name, labels in now if name == "call_inspector_sender_messages_total"]
    assert len(senders) == 2 and all(labels.startswith(parser + ',observer="127.0.0.1#10') for labels in senders)
    offsets = [value for (name, _), value in now.items() if name == "call_inspector_sender_clock_offset_seconds"]
    assert abs(max(offsets) - min(offsets)) == pytest.approx(3.2, abs=0.1)


def call(call_id, *statuses):
    return [sip(call_id), *(sip(call_id, status=status) for status in statuses)]


def test_calls_are_counted_from_the_first_question_on(site):
    site.send(*call("before@x", 180, 486))
    site.wait_found("outcome=busy", 1)
    assert samples(site)["call_inspector_dialogues_total", 'kind="call",outcome="busy"'] == 0
    site.send(*call("a@x", 180, 200), *call("b@x", 486), *call("c@x", 180), sip("a@x", "BYE", number=2), *call("d@x", 503))

    wait_for(lambda: samples(site)["call_inspector_dialogues_begun_total", 'kind="call"'] == 4, "four calls")
    wait_for(lambda: samples(site)["call_inspector_final_statuses_total", 'class="5xx"'] == 1, "the 503")
    wait_for(lambda: samples(site)["call_inspector_call_duration_seconds_count", None] == 1, "the BYE")
    now = samples(site)
    for outcome, count in (("answered", 1), ("busy", 1), ("failed", 1), ("no_answer", 0)):
        assert now["call_inspector_dialogues_total", 'kind="call",outcome="%s"' % outcome] == count, outcome
    assert now["call_inspector_final_statuses_total", 'class="2xx"'] == 1
    assert now["call_inspector_calls_up", None] == 1  # c@x rings
    assert now["call_inspector_post_dial_delay_seconds_count", None] == 2
    assert now["call_inspector_setup_seconds_count", None] == 1
    assert now["call_inspector_setup_seconds_bucket", 'le="+Inf"'] == 1
    assert now["call_inspector_traffic_left_out_total", None] == 0


def test_a_bucket_names_a_call_for_who_takes_it(site):
    site.get("/metrics")
    site.send(*call('q"\\@x', 180))
    def named():
        answer = site.get("/metrics", Accept=OPEN_METRICS)
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert answer.body.endswith(b"# EOF\n")
        return re.search(r'post_dial_delay_seconds_bucket\{le="0.1"\} 1 # \{call_id="(.*)"\} \S+ \S+\n', answer.body.decode())

    assert wait_for(named, "an exemplar").group(1) == 'q\\"\\\\@x'
    assert b"call_id" not in site.get("/metrics").body
    site.json(site.call('q"\\@x'))
    assert samples(site)["call_inspector_web_lookup_seconds_count", None] == 1


def test_prometheus_takes_it(site, tmp_path):
    send_sample(site)
    site.get("/metrics")
    site.send(*call("a@x", 180, 200))
    wait_for(lambda: samples(site)["call_inspector_setup_seconds_count", None] == 1, "a call")
    checked = subprocess.run(["promtool", "check", "metrics"], input=site.get("/metrics").body, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    rules = subprocess.run(["promtool", "check", "rules", HOME / "docs/grafana/alerts.yml"], capture_output=True)
    assert rules.returncode == 0, rules.stdout + rules.stderr


def test_the_dashboard_and_the_alerts_use_what_is_exported(site):
    exported = {name for name, _ in samples(site)}
    text = site.get("/metrics").body.decode()
    exported |= set(re.findall(r"^# TYPE (\w+) (?:counter|gauge)", text, re.MULTILINE))
    dashboard = json.loads((HOME / "docs/grafana/dashboard.json").read_text())
    used = json.dumps(dashboard) + (HOME / "docs/grafana/alerts.yml").read_text() + (HOME / "docs/web.md").read_text()
    names = {name for name in re.findall(r"\bcall_inspector_\w+", used) if not name.endswith("_")}
    names -= {name for name in names if name + "_bucket" in exported}  # in words
    assert len(names) > 15 and names <= exported, names - exported
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(expressions) > 13 and len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
