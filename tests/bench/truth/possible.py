"""Whether an order that is not the true one could have been: whether some other history makes the same chunks.

    possible(truth, answer, flaw) -> True: nobody can tell the answer from the truth by what was reported.

A history is the time at which each transmission was sent, received and stamped. What limits these times are
differences of two of them: a message is on its way for so long, an effect comes after its cause, a clock that was not
set runs at nearly the collector's speed, a link keeps the order. Such limits can be met together if no ring of them
adds up to less than nothing (Bellman and Ford). The true history meets them, and so does the one that was answered
if the data cannot tell the two apart.
"""
import math

from score import key
from sip import GREGORIAN
from watch import START

FLIGHT_MORE = 6e-4      # of a message on its way: what World.flight adds to its latency
STAMPED = 6e-4          # a stamp comes so long after the fact,
STAMPED_LATE = .0356    # or so long if the watcher is late
COPY = .0016
WAY = .027              # to the collector, if the link is prompt
AT_ANY_TIME = 1e9
EXACT = 3e-5            # of a stamp, as chunks write it
SPEED = 2e-4            # by which clocks run too fast or too slow
WORK = 5e-4             # a host takes so long before it acts
TIMER = .49             # T1, before a message is sent again


# What another history of the same flaw may have: late links, one clock that was set, late stamps.
LATE, SET, SLOW = 'late', 'set', 'slow'
OTHERS = {'step': [SET], 'disorder': [SLOW], 'late link': [LATE], 'import': [LATE], 'late links': [LATE],
          'late, no clock': [LATE],
          'late and step': [LATE, SET], 'mixed': [SLOW, SET], 'mixed, late': [LATE, SLOW, SET]}


class Doubt(Exception):
    """The answer shows a transmission that the model knows nothing of."""


class Limits:
    """Differences of times that must hold: `most(a, b, d)` says b - a <= d."""

    def __init__(self):
        self.names, self.edges = {}, []

    def of(self, name):
        return self.names.setdefault(name, len(self.names))

    def most(self, one, other, difference):
        self.edges.append((self.of(one), self.of(other), difference))

    def least(self, one, other, difference):
        self.most(other, one, -difference)

    def hold(self):
        far = [0.0] * len(self.names)
        for _ in range(len(far) + 1):
            moved = False
            for one, other, difference in self.edges:
                if far[one] + difference < far[other] - 1e-9:
                    far[other] = far[one] + difference
                    moved = True
            if not moved:
                return True
        return False


def possible(truth, answer, flaw):
    """Whether a history with the same flaws, or with others that this flaw might have made, gives that order."""
    try:
        shown = told(truth, answer)
    except Doubt:
        return False
    others = OTHERS.get(flaw, ())
    names = [w.name for w in truth.watchers]
    if limits(truth, shown).hold():
        return True
    late = names if LATE in others else ()
    slow = names if SLOW in others else ()
    if (late or slow) and limits(truth, shown, late=late, slow=slow).hold():
        return True
    if SET not in others:
        return False
    counts = {w.name: sum(c['parser'] == w.name for _, _, c in truth.chunks) for w in truth.watchers}
    return any(limits(truth, shown, late=late, slow=slow, stepped=(name, n)).hold()
               for name in names for n in range(1, counts[name]))


def told(truth, answer):
    """The transmissions of an answer in their order: [truth's event, chunks]. A chunk that the answer does not show
    belongs to the shown one of its watcher, or else of its event, or else (two were taken for one) of its message."""
    shown, by_chunk = [], {}
    for chunk in answer:
        events = sorted(truth.index[key(chunk)])
        fresh = [e for e in events if e not in {event for event, _ in shown}] or events
        shown.append([fresh[0], []])
        by_chunk[key(chunk)] = len(shown) - 1
    same = {}
    for at, (event, _) in enumerate(shown):
        same.setdefault(event, []).append(at)
    for _, event, chunk in truth.chunks:
        places = same.get(event) or [at for at, (other, _) in enumerate(shown)
                                     if what(truth.events[other]) == what(truth.events[event])]
        if not places:
            raise Doubt
        own = [at for at in places if any(c['parser'] == chunk['parser'] for c in answer if by_chunk[key(c)] == at)]
        shown[(own or places)[0]][1].append(chunk)
    return shown


def what(event):
    m = event.message
    return m.label, m.c_seq, m.vias, m.to_tag, m.leg, event.src.endpoint, event.dst.endpoint


def limits(truth, shown, late=(), stepped=None, slow=()):
    """`late`: watchers whose links are late in this history, whatever they were; `slow`: those that stamp late;
    `stepped`: (watcher, number of the stamp before which its clock was set)."""
    all_ = Limits()
    flight = 1.02 * truth.latency + FLIGHT_MORE
    place = {}
    for at, (event, _) in enumerate(shown):
        place.setdefault(event, []).append(at)
    nodes = {at: truth.events[event] for at, (event, _) in enumerate(shown)}
    nodes.update({('unseen', e.index): e for e in truth.events if e.index not in truth.times})
    for node, event in nodes.items():
        if event.received is not None or node in range(len(shown)):
            all_.least(('sent', node), ('received', node), 0)
            all_.most(('sent', node), ('received', node), flight)
    of_message = {}
    for node, event in nodes.items():
        of_message.setdefault(what(event), []).append(node)
    for node, event in nodes.items():
        for cause in event.causes:
            before = _which(truth, cause, node, of_message, nodes)
            if before is None:
                continue
            if cause.dst.of is event.src.of:
                all_.least(('received', before), ('sent', node), WORK)
            elif len(event.causes) == 1 and what(cause) == what(event):
                all_.least(('sent', before), ('sent', node), TIMER)
            else:
                all_.least(('sent', before), ('sent', node), 0)
    when = [('sent' if event.src.of in truth.watched else 'received', at) for at, event in nodes.items()
            if isinstance(at, int)]
    for a in range(len(shown)):
        for b in range(a + 1, len(shown)):
            turned = truth.causes[shown[a][0]] >> shown[b][0] & 1
            slack = 0 if turned else truth.unclear(shown[a][0], shown[b][0], truth.group)
            if slack < math.inf and shown[a][0] != shown[b][0]:
                all_.least(when[a], when[b], -slack)
    for watcher in truth.watchers:
        _report(all_, truth, shown, watcher, late, stepped, slow)
    return all_


def _which(truth, cause, node, of_message, nodes):
    """The transmission that was the cause in this history: the true one if it comes before, else one before."""
    same = of_message.get(what(cause), [])
    own = [n for n in same if nodes[n] is cause]
    if not own:
        return None
    if not isinstance(node, int):
        return own[0]
    before = [n for n in own if not isinstance(n, int) or n < node]
    before = before or [n for n in same if not isinstance(n, int) or n < node]
    if not before and cause.message.leg != nodes[node].message.leg:
        # Another leg may have done the same.
        before = [n for n in nodes if (not isinstance(n, int) or n < node) and nodes[n].dst.of is cause.dst.of and
                  meaning(nodes[n]) == meaning(cause)]
    return before[0] if before else own[0]


def meaning(event):
    return event.message.status // 100 or event.message.method, event.message.c_seq.split()[1]


def _report(all_, truth, shown, watcher, late, stepped, slow):
    """What the stamps and the arrivals of one watcher say."""
    rows = []
    for at, (event, chunks) in enumerate(shown):
        for chunk in chunks:
            if chunk['parser'] != watcher.name:
                continue
            side = 'sent' if truth.sent[id(chunk)] else 'received'
            stamped = ('stamped', watcher.name, id(chunk))
            longest = STAMPED_LATE if watcher.late or watcher.name in slow else STAMPED
            all_.least((side, at), stamped, 0)
            all_.most((side, at), stamped, longest + (COPY if watcher.twice else 0))
            arrived = float(chunk['ref_timestamp']) - GREGORIAN - START
            rows.append((arrived, chunk.get('timestamp'), stamped, truth.at[id(chunk)]))
    rows.sort(key=lambda row: row[0])
    link = watcher.link or watcher.name in late
    for arrived, _, stamped, _ in rows:
        longest = AT_ANY_TIME if link else watcher.batch + WAY if watcher.batch else WAY
        all_.least('collector', stamped, arrived - longest)
        all_.most('collector', stamped, arrived)
    if link or watcher.batch:
        for one, other in zip(rows, rows[1:]):
            if other[0] - one[0] > EXACT:
                all_.least(one[2], other[2], -WAY if link else -EXACT)
    if watcher.stamps not in ('fine', 'coarse'):
        return
    by_clock = sorted(rows, key=lambda row: row[3])
    loose = 1.0 if watcher.stamps == 'coarse' else EXACT
    parts = [[]]
    for n, row in enumerate(by_clock):
        if n and (stepped == (watcher.name, n) or
                  any(by_clock[n - 1][3] < when <= row[3] for when, _ in watcher.steps)):
            parts.append([])
        parts[-1].append(row)
    for n, part in enumerate(parts):
        part.sort(key=lambda row: row[1])
        base = ('clock', watcher.name, n)
        for one, other in zip(part, part[1:]):
            by = other[1] - one[1]
            all_.least(one[2], other[2], by * (1 - SPEED) - loose)
            all_.most(one[2], other[2], by * (1 + SPEED) + loose)
        if watcher.stamps == 'coarse':
            for row in part:
                all_.least(base, row[2], row[1] - part[0][1] - loose)
                all_.most(base, row[2], row[1] - part[0][1] + loose)
