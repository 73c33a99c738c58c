"""Twice as many messages as can be handled, and how soon everything is as it was before.

Half of the sustainable rate is sent in bursts from the moment on in which the overload ends, until
one of them is taken without any loss.
"""

import random
import time

from lookups import USUAL, Asker, KnownCalls, Lookups, losses

NAMED = 20_000  # calls of the overload's beginning that may be asked for
BURST_SECONDS = 2
BURST_CHECKED = 200  # of its calls
GIVE_UP = 600  # seconds without a burst that is taken
GIVE_UP_SHELVING = 3600


def poll(condition, what, every=0.01, limit=120):
    """There is no event to wait for: the program tells its numbers to those who ask."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("gave up waiting for " + what)
        time.sleep(every)


def counted(parser):
    return parser["received"] + parser["kernel_dropped"]


def wait_for_kernels_count(program, sender):
    """Until the number of datagrams that the kernel dropped is that of now, or a later one. The
    inspector asks for it behind each batch: the one that it is at, and certainly the next."""
    for _ in range(2):
        before = program.parser()

        def goes_on():
            now = program.parser()
            return now["received"] != before["received"] or counted(now) == sender.sent

        poll(goes_on, "a batch to be received", every=0.001)


def wait_for_empty_queues(program, sent):
    """Until the first `sent` datagrams are in the store, or in a counter."""

    def is_empty():
        parser = program.parser()
        elsewhere = sum(parser["refused"].values()) - parser["refused"].get("store_failed", 0)
        handed_over = parser["received"] - elsewhere
        return counted(parser) >= sent and program.store()["received"] >= handed_over

    poll(is_empty, "%d datagrams to be stored or counted" % sent)


class Burst:
    """New calls at half of the sustainable rate. Whatever is lost while they are taken counts
    against them, be it the last of the overload."""

    def __init__(self, program, sender, rate, calls):
        self._program, self._sender, self._calls = program, sender, []
        self._losses_before = losses(program.parser())
        self.begun = time.monotonic()
        self._result = sender.start(
            rate / 2, BURST_SECONDS, calls, 10**9,
            lambda call_id, messages, _: self._calls.append((call_id, messages)),
        )  # fmt: skip

    def end(self):
        self._result.result()
        wait_for_empty_queues(self._program, self._sender.sent)
        self.lost = losses(self._program.parser()) - self._losses_before
        self.lookups = Lookups()
        self.checked = random.Random(1).sample(self._calls, min(BURST_CHECKED, len(self._calls)))
        if self.lost == 0:
            for call_id, messages in self.checked:
                self.lookups.ask(self._program, call_id, messages)

    def is_taken(self):
        return self.lost == 0 and self.lookups.all_whole()


def send_bursts(program, sender, rate, calls, ended):
    """Until one is taken; and how long after `ended` the queues were empty."""
    overload = sender.sent
    bursts = [Burst(program, sender, rate, calls)]
    wait_for_empty_queues(program, overload)
    empty = time.monotonic() - ended
    bursts[-1].end()
    while not bursts[-1].is_taken() and time.monotonic() - ended < GIVE_UP:
        bursts.append(Burst(program, sender, rate, calls))
        bursts[-1].end()
    return bursts, empty


def wait_for_shelves(program):
    """Until everything is in its call's file; messages a second meanwhile, if there were any."""
    before, begin = program.store()["shelved"], time.monotonic()

    def is_done():
        stats = program.store()
        return stats["waiting"] == 0 and stats["memory"] == 0

    if is_done():
        return None
    poll(is_done, "messages to reach their calls' files", every=0.1, limit=GIVE_UP_SHELVING)
    return (program.store()["shelved"] - before) / (time.monotonic() - begin)


def described(sent, parser, store, program):
    """Where everything is when the overload ends."""
    return {
        "rate": round(sent["sent"] / sent["seconds"]),
        "received": round(parser["received"] / sent["seconds"]),
        "stored_at_end": round(store["stored"] / sent["seconds"]),
        "shelved_at_end": round(store["shelved"] / sent["seconds"]),
        "waiting_at_end": store["waiting"],
        "bytes_in_memory_at_end": store["memory"],
        "memory_mb": program.memory_mb(),
    }


def accounts(sender, program, cpu):
    """Where everything is at last, that of the bursts, too."""
    parser, store = program.parser(), program.store()
    return {
        "sent": sender.sent,
        "received": parser["received"],
        "kernel_dropped": parser["kernel_dropped"],
        "refused": parser["refused"],
        "unaccounted": sender.sent - counted(parser),
        "shelved": store["shelved"],
        "unaccounted_by_store": store["received"] - store["shelved"] - store["lost"],
        "calls": store["calls"],
        "memory_mb": program.memory_mb(),
        "cpu_us": cpu / max(parser["received"], 1) * 1e6,
    }


def recovery(bursts, ended, empty, shelved, shelving, files_per_second):
    last = bursts[-1]
    result = {
        "queues_empty_s": empty,
        "first_burst_taken_s": last.begun - ended if last.is_taken() else None,
        "bursts": [{"begun_s": one.begun - ended, "lost": one.lost} for one in bursts],
        "burst_lookups": last.lookups.summary(),
        "shelved_s": shelved,
        "shelving_per_s": shelving and round(shelving),
    }
    if shelving and files_per_second:
        # Each call of the sender's is one file; as many bare ones should have been made.
        result["shelving_to_bare_files"] = shelving / USUAL / files_per_second
    return result


def overload(program, sender, rate, seconds, calls, files_per_second):
    """`rate` is the sustainable one. Pairs of a label and what is to be printed beside it."""
    known = KnownCalls()
    cpu = program.cpu_seconds()
    with Asker(program, known) as asker:
        sent = sender.start(2 * rate, seconds, calls, NAMED, known.sent).result()
        ended = time.monotonic()
        meanwhile = asker.next_period()
        at_end = described(sent, program.parser(), program.store(), program)
        wait_for_kernels_count(program, sender)
        bursts, empty = send_bursts(program, sender, rate, calls, ended)
        if bursts[-1].is_taken():
            known.add(bursts[-1].checked)  # which come last to their files
        shelving = wait_for_shelves(program)
        shelved = time.monotonic() - ended
    cpu = program.cpu_seconds() - cpu
    return [
        ("overload", at_end),
        ("lookups meanwhile", meanwhile.summary()),
        ("recovery", recovery(bursts, ended, empty, shelved, shelving, files_per_second)),
        ("lookups until shelved", asker.next_period().summary()),
        ("accounts", accounts(sender, program, cpu)),
    ]
