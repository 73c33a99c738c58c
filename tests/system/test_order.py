"""Dialogues of which the truth is known, put in order by the program and scored (tests/bench/truth)."""

import json
import os
import pathlib
import random
import subprocess
import sys

import pytest

PROGRAM = pathlib.Path(os.environ["CALL_INSPECTOR_PROGRAM"]).resolve()
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bench" / "truth"))
import plays  # noqa: E402
import possible  # noqa: E402
import truth  # noqa: E402
from score import score  # noqa: E402

EACH = 1
SEED = 41


def ordered(dialogues):
    done = subprocess.run(
        [PROGRAM, "order"], input=json.dumps(dialogues), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


OVER_LEGS = [play for play in plays.ALL if play.startswith("b2bua")]


def scored(flaw, of=plays.ALL):
    """-> (how many dialogues, mistakes of those that are wrong though the right order can be known)"""
    made = [truth.make(play, flaw, seed) for play in of for seed in range(SEED, SEED + EACH)]
    dialogues = [[chunk for _, _, chunk in one.chunks] for one in made]
    shuffled = [random.Random(i).sample(d, len(d)) for i, d in enumerate(dialogues)]
    total = {}
    wrong = []
    for one, answer in zip(made, ordered(shuffled)):
        result = score(one, answer)
        truth.add(total, result)
        if not result["exact"] and not possible.possible(one, answer, flaw):
            wrong.append(result["wrong"][:3])
    return total, wrong


# A log of whole seconds that shares no message with others.
ALLOWED = {"log of seconds": 1}


@pytest.mark.parametrize("flaw", truth.FLAWS)
def test_dialogues_come_out_as_they_happened(flaw):
    total, wrong = scored(flaw, [play for play in plays.ALL if play not in OVER_LEGS])
    assert total["dialogues"] == (len(plays.ALL) - len(OVER_LEGS)) * EACH
    assert len(wrong) <= ALLOWED.get(flaw, 0), wrong


# Between legs only what a host did on one of them after another ties the order, if clocks do not.
ALLOWED_OVER_LEGS = {}


@pytest.mark.parametrize("flaw", truth.FLAWS)
def test_calls_of_several_legs_come_out_as_they_happened(flaw):
    total, wrong = scored(flaw, OVER_LEGS)
    assert total["dialogues"] == len(OVER_LEGS) * EACH
    assert len(wrong) <= ALLOWED_OVER_LEGS.get(flaw, 0), wrong


def test_the_scorer_finds_what_is_wrong():
    one = truth.make("basic", "offset seconds", 1)
    chunks = [chunk for _, _, chunk in one.chunks]
    right = ordered([chunks])[0]
    assert score(one, right)["exact"] == 1
    assert score(one, right[1:])["lost"] == 1
    assert score(one, right + right[:1])["double"] == 1
    assert score(one, right[::-1])["causal"] > 0


def in_true_order(one):
    events = sorted(one.times, key=lambda i: (one.times[i], i))
    return [next(chunk for _, event, chunk in one.chunks if event == i) for i in events]


# What possible.py calls undecidable is left out of what can be known, so it must not say so of everything.
@pytest.mark.parametrize("flaw", truth.FLAWS)
def test_what_happened_is_possible(flaw):
    for play in ("basic", "fork", "b2bua"):
        one = truth.make(play, flaw, SEED)
        assert possible.possible(one, in_true_order(one), flaw), play


def test_what_a_cause_or_a_clock_forbids_is_not_possible():
    for play in ("basic", "fork", "b2bua"):
        one = truth.make(play, "mixed, late", SEED)
        assert not possible.possible(one, in_true_order(one)[::-1], "mixed, late"), play
    one = truth.make("infos", "offset seconds", SEED)
    right = in_true_order(one)
    for k in range(1, len(right)):
        turned = right[: k - 1] + [right[k], right[k - 1]] + right[k + 1 :]
        if not score(one, turned)["exact"]:
            assert not possible.possible(one, turned, "offset seconds"), k


def test_two_messages_whose_stamps_may_be_late_may_change_places():
    """docs/ordering.md: nobody can tell their order."""
    undecidable = 0
    for seed in range(SEED, SEED + 10):
        one = truth.make("fork", "disorder", seed)
        right = in_true_order(one)
        for k in range(1, len(right)):
            turned = right[: k - 1] + [right[k], right[k - 1]] + right[k + 1 :]
            result = score(one, turned)
            if result["exact"] or result["causal"]:
                continue
            undecidable += possible.possible(one, turned, "disorder")
    assert undecidable > 0


def clock(observer, offset):
    return {"clock": {"observer": observer, "at": 63_957_219_200.0, "offset": offset,
                      "spread": 0.0001}}  # fmt: skip


def test_what_is_known_of_clocks_may_stand_among_the_chunks():
    """Two that share no message, both read from logs: only what was known before ties them."""
    def chunk(observer, at, offset, label, cseq, src, dst):
        return {"label": label, "c_seq": cseq, "src": src, "dst": dst, "parser": observer,
                "timestamp": 63_957_219_200 + at + offset,
                "ref_timestamp": "%.6f" % (63_957_219_202 + at * 1e-4)}  # fmt: skip

    infos = []
    for i in range(6):
        infos.append(chunk("a", i * 0.1, 3.0, "INFO sip:b SIP/2.0", "%d INFO" % (i + 1),
                           "10.0.0.1:5060", "10.0.0.2:5060"))  # fmt: skip
        infos.append(chunk("b", i * 0.1 + 0.05, -7.0, "INFO sip:a SIP/2.0", "%d INFO" % (i + 50),
                           "10.0.0.8:5060", "10.0.0.9:5060"))  # fmt: skip
    answer = ordered([infos[::-1] + [clock("a", 3.0), clock("b", -7.0)]])[0]
    assert answer == infos


def test_a_clock_that_says_nothing_is_refused():
    done = subprocess.run(
        [PROGRAM, "order"], input='[{"clock":{"observer":"a"}}]', capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("call_inspector: element 0 is not a chunk")
