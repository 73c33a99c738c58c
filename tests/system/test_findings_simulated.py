"""Calls that fail in known ways, and calls that go well, simulated: the right cause is told (tests/bench/truth)."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench" / "truth"))
import failures  # noqa: E402

PROGRAM = os.environ["CALL_INSPECTOR_PROGRAM"]
SEED = 41
EACH = 3       # of each way in which a finding arises
EACH_GOOD = 6  # of each ordinary dialogue


def judged(code, functions, each, flaws):
    played = [failures.make(code, function, seed, flaws)
              for function in functions for seed in range(SEED, SEED + each)]
    analyses = failures.analyzed(PROGRAM, [one.chunks for one in played])
    return [(one, analysis, failures.Judgement(code, one, analysis)) for one, analysis in zip(played, analyses)]


def test_the_right_cause_comes_first():
    all_, wrong = 0, []
    for code, functions in failures.WAYS.items():
        for one, _, judgement in judged(code, functions, EACH, failures.USUAL):
            all_ += 1
            if not (judgement.first and judgement.host):
                wrong.append((one.name, judgement.told))
    assert len(wrong) <= .02 * all_, wrong


def test_nothing_bad_is_told_of_good_calls():
    wrong = [(one.name, judgement.false)
             for name, function in failures.GOOD.items()
             for one, _, judgement in judged(name, [function], EACH_GOOD, failures.ANY) if judgement.false]
    assert wrong == []


@pytest.mark.parametrize("name, seed", [("offer_comes_late", 79300005), ("held_by_the_switch", 79300017)])
def test_a_proxy_behind_a_switch_that_nobody_saw_left_no_leg_open(name, seed):
    one = failures.make(name, failures.GOOD[name], seed, failures.PARTIAL)
    (analysis,) = failures.analyzed(PROGRAM, [one.chunks])
    assert "leg_left_open" not in [finding["code"] for finding in analysis["findings"]]


@pytest.fixture(scope="module")
def refusal():
    ((one, analysis, judgement),) = judged("unknown_number", failures.WAYS["unknown_number"][:1], 1, ["none"])
    assert judgement.first and judgement.host and judgement.listed and not judgement.false
    return one, analysis["findings"]


@pytest.mark.parametrize("change, what", [
    (lambda findings: [], "first"),
    (lambda findings: [dict(findings[0], code="refused")], "first"),
    (lambda findings: [dict(findings[0], host="192.0.2.1")], "host"),
    (lambda findings: [dict(findings[0], code="no_ack"), *findings], "first"),
], ids=["nothing", "another code", "another host", "something false before it"])  # fmt: skip
def test_the_scorer_finds_what_is_wrong(refusal, change, what):
    one, findings = refusal
    assert not getattr(failures.Judgement("unknown_number", one, {"findings": change(findings)}), what)


def test_the_scorer_finds_what_is_false(refusal):
    one, findings = refusal
    more = [*findings, {"code": "no_ack", "severity": "error", "text": "", "messages": []}]
    assert failures.Judgement("unknown_number", one, {"findings": more}).false == ["no_ack"]
