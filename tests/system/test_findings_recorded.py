"""What is told of recorded calls: nothing bad of those that went well, and of each failure its cause and its host."""

import re

import pytest

from conftest import wait_for
from recordings import Run
from test_recordings import RUNS, replay

# By what the script of the run did, which its Call-IDs name: the warnings and errors that are told.
EXPECTED = {
    "call": [], "register": [], "options": [], "options_fwd": [], "busy": [], "cancel": [], "cancelp": [],
    # The callee of that scenario answers without a Via, and the proxies send it on so.
    "compact": ["malformed"],
}  # fmt: skip


def scenario(run, call_id):
    """None: a leg that a B2BUA or an agent of its own named."""
    found = re.match(re.escape(run.manifest["run"]) + r"-([a-z_]+?)-\d", call_id)
    return found and found[1]


def told(analysis, severities):
    return [f for f in analysis["findings"] if f["severity"] in severities]


@pytest.mark.parametrize("name", RUNS)
def test_of_calls_that_went_well_nothing_bad_is_told(inspector, name):
    run = Run(name)
    replay(inspector, run)
    inspector.settle()
    is_off = "skew" in name
    of_clocks = set()
    for call in run.calls:
        (analysis,) = inspector.json("inspect_call_id", call["call_id"])["analysis"]
        codes = [f["code"] for f in told(analysis, ("error", "warning"))]
        of_clocks.add("clock_off" in codes)
        expected = EXPECTED[scenario(run, call["call_id"]) or "call"]
        assert [code for code in codes if code != "clock_off"] == expected, call["call_id"]
    assert (True in of_clocks) == is_off


# By the manifests' scenarios: the first finding, its severity; its host is the manifest's `failing_host`. None: nothing
# worse than for information.
FAILURES = {
    "call_limit": ("overloaded", "error"),
    "codec_mismatch": ("codec_mismatch", "error"),
    "unreachable": ("no_response", "error"),
    "trunk_dead": ("no_response", "error"),
    "answer_codec": ("codec_mismatch", "error"),
    "wrong_password": ("wrong_credentials", "error"),
    "busy": ("refused", "info"),
    "fs_auth_fail": ("wrong_credentials", "error"),
    "register_bad": ("wrong_credentials", "error"),
    "register_fs_bad": ("wrong_credentials", "error"),
}


@pytest.mark.parametrize("name", ["fs_fail_xcid_skew+0.4s", "fs_misc_kazoo_hep2"])
def test_the_cause_of_a_failure_and_who_failed(inspector, name):
    run = Run(name)
    replay(inspector, run)
    inspector.settle()
    for group in run.manifest["groups"]:
        def whole(group=group):
            answer = inspector.json("call_details", group["legs"][0])
            return "incomplete" not in answer and len(answer["legs"]) == len(group["legs"]) and answer
        (analysis,) = wait_for(whole, "all legs of " + group["scenario"])["analysis"]
        expected = FAILURES.get(group["scenario"])
        if expected is None:
            assert told(analysis, ("error", "warning")) == [], group["scenario"]
            continue
        first, host = analysis["findings"][0], group["truth"]["failing_host"]
        assert (first["code"], first["severity"]) == expected, group["scenario"]
        assert first["host"] == host, group["scenario"]


def test_who_ended_a_short_call_is_who_hung_up_and_not_the_b2bua_between(inspector):
    run = Run("fs_misc_kazoo_hep2")
    replay(inspector, run)
    inspector.settle()
    seen = set()
    for group in run.manifest["groups"]:
        if len(group["legs"]) != 2:
            continue
        def whole(group=group):
            answer = inspector.json("call_details", group["legs"][0])
            return "incomplete" not in answer and len(answer["legs"]) == len(group["legs"]) and answer
        (analysis,) = wait_for(whole, "all legs of " + group["scenario"])["analysis"]
        for finding in analysis["findings"]:
            if finding["code"] == "short_call" and analysis["hung_up_by"] in ("caller", "callee"):
                seen.add(analysis["hung_up_by"])
                assert not finding["text"].startswith("127.0.0.40 "), group["scenario"]
    assert "callee" in seen
