"""How right an order is: exact, causal inversions, inverted pairs, duplicates left, events lost."""
from watch import arrive

FINE = 0.0006   # pairs closer than this have no order worth arguing about
APART = 0.01    # of events seen by watchers whose clocks no common message ties
ROUGH = 0.05    # of events that nobody with a fine clock saw


class Truth:
    """What happened in one dialogue, as far as its watchers can tell, and the chunks they made of it."""

    def __init__(self, world, watchers, call_id):
        events = world.events
        self.finest = FINE + .02 * world.latency[1]  # links are not even
        self.events, self.watchers, self.latency = events, watchers, world.latency[1]
        watched = self.watched = {w.host for w in watchers}
        self.chunks, self.times, self.fine, self.seen = [], {}, {}, {}
        self.at, self.sent = {}, {}   # by chunk: when it was seen, and whether by its sender
        for event in events:
            # Where nobody saw it sent, an event is when it was received.
            time = event.sent if event.src.of in watched else event.received
            for watcher in watchers:
                for host, at, sent in ((event.src, event.sent, True), (event.dst, event.received, False)):
                    if watcher.host is not host.of or at is None:
                        continue
                    for arrival, chunk in watcher.report(at, event.message, event.src.endpoint, event.dst.endpoint,
                                                         call_id + event.message.leg, world.transport):
                        self.chunks.append([arrival, event.index, chunk])
                        self.at[id(chunk)], self.sent[id(chunk)] = at, sent
                        self.times[event.index] = time
                        self.fine[event.index] = self.fine.get(event.index, False) or watcher.fine
                        self.seen.setdefault(event.index, set()).add(watcher.name)
        for watcher in watchers:
            if watcher.link:
                arrive(watcher, [c for c in self.chunks if c[2]['parser'] == watcher.name])
        self.chunks.sort(key=lambda c: c[0])
        # Clocks that nothing ties to others are compared by arrival, if that is prompt, or by stamp, if that is right.
        self.late = {w.name for w in watchers if w.link}
        self.off = {w.name for w in watchers if not w.fine or abs(w.offset) > .001 or w.steps}
        timed = {w.name for w in watchers if not (w.link and w.stamps != 'fine')}
        self.between = between(self.chunks, self.times, {i: seen & timed for i, seen in self.seen.items()})
        self.index = {}
        for _, event, chunk in self.chunks:
            self.index.setdefault(key(chunk), set()).add(event)
        self.causes = {}
        before = {}
        for event in events:  # causes have smaller numbers
            mask = 0
            for cause in event.causes:
                mask |= before[cause.index] | 1 << cause.index
            before[event.index] = mask
        observed = sum(1 << i for i in self.times)
        self.causes = {i: before[i] & observed for i in self.times}
        group = self.group = tied(self.seen)
        self.earlier = {i: sum(1 << j for j in self.times if self.times[i] - self.times[j] > self.unclear(i, j, group))
                        for i in self.times}

    def unclear(self, i, j, group):
        """How close two events must be for their order not to be in the data."""
        for one, other in ((i, j), (j, i)):
            if one in self.between:
                before, after = self.between[one]
                if before - ROUGH < self.times[other] < after + ROUGH:
                    return float('inf')
        seen = self.seen[i] | self.seen[j]
        if group[i] != group[j] and self.late & seen and self.off & seen:
            return float('inf')
        if not (self.fine[i] and self.fine[j]):
            return ROUGH
        return self.finest if group[i] == group[j] else APART


def between(chunks, times, timed):
    """Of events that came without a time over late links: when the last timed event before and the next one after, in
    the order of the link, happened."""
    found = {}
    by_watcher = {}
    for _, event, chunk in chunks:
        by_watcher.setdefault(chunk['parser'], []).append(event)
    for events in by_watcher.values():
        for order, side, worst, best in ((events, 0, float('-inf'), max), (events[::-1], 1, float('inf'), min)):
            last = worst
            for event in order:
                if timed[event]:
                    last = best(last, times[event])
                else:
                    bounds = found.setdefault(event, [float('-inf'), float('inf')])
                    bounds[side] = best(bounds[side], last)
    return found


def tied(seen):
    """By event: a number, the same where watchers' clocks are tied by messages that both saw."""
    leader = {}

    def of(watcher):
        while leader.setdefault(watcher, watcher) != watcher:
            watcher = leader[watcher]
        return watcher
    for watchers in seen.values():
        for watcher in watchers:
            leader[of(watcher)] = of(min(watchers))
    return {event: of(min(watchers)) for event, watchers in seen.items()}


def key(chunk):
    # Numbers as text: a program may read and write them in its own way, but not change them.
    return (chunk.get('parser'), chunk.get('label'), chunk.get('src'), chunk.get('dst'), chunk.get('c_seq'),
            str(chunk.get('ref_timestamp')), round(float(chunk.get('timestamp') or 0), 3))


def score(truth, answer):
    """-> dict of counts; `exact` is 1 if nothing is wrong."""
    order, placed, double, causal, inverted, wrong = [], 0, 0, 0, 0, []
    for chunk in answer:
        events = sorted(truth.index[key(chunk)])
        fresh = [e for e in events if not placed >> e & 1]
        if not fresh:
            double += 1
            wrong.append(('double', events[0]))
            continue
        order.append(fresh[0])
        placed |= 1 << fresh[0]
    observed = sum(1 << i for i in truth.times)
    lost = bin(observed & ~placed).count('1')
    wrong += [('lost', i) for i in truth.times if not placed >> i & 1]
    seen = 0
    for event in order:
        missing = placed & ~seen
        late_causes = missing & truth.causes[event]
        late = missing & truth.earlier[event] & ~late_causes
        causal += bin(late_causes).count('1')
        inverted += bin(late).count('1')
        wrong += [('causal', event, i) for i in range(late_causes.bit_length()) if late_causes >> i & 1]
        wrong += [('inverted', event, i) for i in range(late.bit_length()) if late >> i & 1]
        seen |= 1 << event
    pairs = len(order) * (len(order) - 1) // 2
    return {'dialogues': 1, 'exact': int(not wrong), 'causal': causal, 'inverted': inverted, 'pairs': pairs,
            'double': double, 'lost': lost, 'wrong': wrong}
