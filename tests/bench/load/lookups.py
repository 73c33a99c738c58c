"""Questions for calls while others are received, and how long the answers take."""

import collections
import concurrent.futures
import json
import math
import random
import threading
import time

USUAL = 13  # messages of a call that was sent from its first to its last


def losses(parser):
    """What a parser counts as not stored, by whomever it was lost."""
    return parser["kernel_dropped"] + sum(parser["refused"].values())


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


class Lookups:
    """How questions went. Any thread may ask."""

    def __init__(self):
        self.asked, self.seconds, self.wrong, self.failed = [], [], [], []

    def ask(self, program, call_id, messages, begin=None):
        self.asked.append(call_id)
        begin = begin or time.monotonic()
        try:
            answer = program.ask("callid_details", call_id)
        except (OSError, RuntimeError) as error:
            self.failed.append("%s: %s" % (call_id, error))
            return
        self.seconds.append(time.monotonic() - begin)
        if len(json.loads(answer)) != messages:
            self.wrong.append(call_id)

    def all_whole(self):
        return not self.wrong and not self.failed

    def summary(self):
        result = {
            "asked": len(self.asked),
            "answered": len(self.seconds),
            "wrong_or_empty": len(self.wrong),
        }
        if self.seconds:
            result["p50_ms"] = percentile(self.seconds, 50) * 1e3
            result["p99_ms"] = percentile(self.seconds, 99) * 1e3
            result["worst_ms"] = max(self.seconds) * 1e3
        if self.wrong:
            result["first_wrong"] = self.wrong[0]
        if self.failed:
            result["first_failed"] = self.failed[0]
        return result


class KnownCalls:
    """Calls of which every message was taken, so that an answer can be told to be whole.

    While nothing at all is lost, what was sent first is what was taken: one socket keeps the order.
    From the first loss on no call is known to be whole until someone says so."""

    def __init__(self):
        self._random = random.Random(1)
        self._sent = collections.deque()  # not known yet
        self._known = []
        self._taken = 0
        self._is_over = False

    def sent(self, call_id, messages, sent):
        """As a Sender tells of them, which has sent nothing before."""
        if messages == USUAL and not self._is_over:
            self._sent.append((call_id, messages, sent))

    def look(self, program):
        if self._is_over or not self._sent:
            return
        parser = program.parser()
        if losses(parser):
            self._is_over = True
            return
        # What the last look saw: that nothing was lost up to there is certain only now.
        while self._sent and self._sent[0][2] <= self._taken:
            call_id, messages, _ = self._sent.popleft()
            self._known.append((call_id, messages))
        self._taken = parser["stored"]

    def add(self, calls):
        self._known.extend(calls)

    def any(self):
        return self._random.choice(self._known) if self._known else None


class Asker:
    """Asks for known calls, evenly, whether or not the answers to former questions are there."""

    def __init__(self, program, known, per_second=10):
        self._program, self._known, self._period = program, known, 1 / per_second
        self._lookups = Lookups()
        self._over = threading.Event()
        self._askers = concurrent.futures.ThreadPoolExecutor(32)
        self._looker = concurrent.futures.ThreadPoolExecutor(1)
        self._look = self._looker.submit(known.look, program)
        self._runner = concurrent.futures.ThreadPoolExecutor(1)

    def __enter__(self):
        self._run_done = self._runner.submit(self._run)
        return self

    def __exit__(self, kind, *_):
        """When all are answered."""
        self._over.set()
        for one in (self._runner, self._askers, self._looker):
            one.shutdown()
        if kind is None:
            self._run_done.result()

    def next_period(self):
        """The lookups up to now; answers to the last of them may still come in."""
        lookups, self._lookups = self._lookups, Lookups()
        return lookups

    def _run(self):
        due = time.monotonic()
        while not self._over.wait(max(due - time.monotonic(), 0)):
            if self._look.done():
                self._look.result()
                self._look = self._looker.submit(self._known.look, self._program)
            call = self._known.any()
            if call:
                # From here on it waits, for one of our threads, too.
                self._askers.submit(self._lookups.ask, self._program, *call, time.monotonic())
            due = max(due + self._period, time.monotonic())
