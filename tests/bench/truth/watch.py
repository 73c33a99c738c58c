"""Watchers: what is reported of a dialogue, by clocks and ways to the collector that have flaws.

A watcher stands beside one host and mirrors what it sends and what it receives. `FLAWS` names the flaws; each is a
function that is given the watchers of a dialogue and spoils them.
"""
from sip import GREGORIAN

START = 1_790_000_000


class Watcher:
    def __init__(self, random, host, name):
        self.random, self.host, self.name = random, host, name
        self.offset = random.uniform(-.0005, .0005)   # of its clock, seconds
        self.drift = random.uniform(-2e-6, 2e-6)
        self.steps = []               # (when, by how much) its clock is set
        self.stamps = 'fine'          # fine, coarse, none, arrival, scattered, garbage
        self.late = 0.0               # share of messages stamped and sent up to 35 ms late
        self.batch = 0.0              # a log that is read every so many seconds
        self.bare = False             # a log without the message itself
        self.no_cseq = False
        self.loss = 0.0               # share of its datagrams that do not arrive
        self.misses = None            # what it never reports: a function of (when, message, src, dst)
        self.cut = 0                  # octets of a message that its copies hold; 0: all
        self.twice = None             # everything is mirrored again so much later
        self.edits = False            # pads payloads and counts Max-Forwards down
        self.way = random.uniform(.0002, .003)
        self.phase = random.random()
        self.link = None              # to the collector: see LINKS

    @property
    def fine(self):
        return self.stamps == 'fine' and not self.late

    def stamp(self, at, arrival):
        random = self.random
        clock = START + at + self.offset + self.drift * at + sum(by for when, by in self.steps if at >= when)
        return {'fine': lambda: clock, 'coarse': lambda: float(int(clock)), 'none': lambda: None,
                'arrival': lambda: arrival, 'scattered': lambda: int(clock) + random.random(),
                'garbage': lambda: clock + random.uniform(-86400, 86400)}[self.stamps]()

    def report(self, at, message, src, dst, call_id, transport='udp'):
        """The chunks that one sighting makes: none, one or two."""
        random, chunks = self.random, []
        if self.misses and self.misses(at, message, src, dst):
            return []
        copies = [0.0] if self.twice is None else [0.0, random.uniform(*self.twice)]
        lateness = random.expovariate(1 / 3e-5)
        if random.random() < self.late:
            lateness += random.uniform(0, .035)
        for copy in copies:
            seen = at + lateness + copy
            way = self.way + random.expovariate(1 / 2e-4) + (random.uniform(0, .02) if random.random() < .01 else 0)
            arrival = START + seen + way
            if self.batch:
                ticks, since = divmod(seen + self.phase * self.batch, self.batch)
                arrival = START + (ticks + 1 - self.phase) * self.batch + since * 2e-4
            if random.random() < self.loss:
                continue
            chunk = {'call-id': call_id, 'label': message.label, 'src': src, 'dst': dst, 'parser': self.name,
                     'ref_timestamp': '%.6f' % (GREGORIAN + arrival)}
            if not self.no_cseq:
                chunk['c_seq'] = message.c_seq
            stamp = self.stamp(seen, arrival)
            if stamp is not None:
                chunk['timestamp'] = round(GREGORIAN + stamp, 6)
                if self.stamps == 'arrival':
                    chunk['timestamp'] = float(chunk['ref_timestamp'])
            if self.bare and self.stamps == 'coarse':
                chunk['flags'], chunk['log_position'] = ['whole_seconds', 'zone_unsure'], int(seen * 1e6)
            if not self.bare:
                lines = message.lines(call_id)
                ends = 1 if '' in lines else 2
                if self.edits and random.random() < .5:
                    lines = [f'Max-Forwards: {message.max_forwards - 1}' if x.startswith('Max-Forwards') else x
                             for x in lines] + [''] * (ends - 1) + ['\0\0']
                    ends = 0
                chunk['raw'], chunk['crlfs'] = lines, ends
                if self.cut and len('\r\n'.join(lines)) > self.cut:
                    chunk['raw'], chunk['crlfs'] = '\r\n'.join(lines)[:self.cut].split('\r\n'), 0
                    chunk['flags'] = ['truncated']
                chunk['transport'] = transport.lower()
            chunks.append((arrival, chunk))
        return chunks


def _constant(random, delay, length):
    return lambda at: at + delay


def _wan(random, delay, length):
    delay, queues = min(delay, .4), {}
    return lambda at: at + delay + queues.setdefault(int(at / .05), random.expovariate(1 / .02))


def _buffered(random, delay, length):
    """Whatever gathered is sent every so often."""
    every, phase = min(delay, 30), random.random()
    return lambda at: (int(at / every + phase) + 1 - phase) * every + at * 1e-4


def _spooled(random, delay, length):
    """The collector is away for a while, and gets the rest at once."""
    away = random.choice([-1, random.uniform(0, 8)])
    return lambda at: away + delay if away <= at < away + delay else at


def _imported(random, delay, length):
    """All of it, long after the dialogue."""
    speed = random.choice([1e-6, 1e-4, 1e-2])
    return lambda at: length + 10 + delay + at * speed


def _growing(random, delay, length):
    slope = random.uniform(.005, .3)
    return lambda at: at + min(at * slope, delay)


def _late_from(random, delay, length):
    begin = random.uniform(0, 8)
    return lambda at: at + (delay if at >= begin else 0)


# Ways to the collector that are late, but keep the order: TCP, files.
LINKS = (_constant, _wan, _buffered, _spooled, _imported, _growing, _late_from)


def _link(random, length):
    delay = random.choice([random.uniform(.3, 3), random.uniform(3, 60), random.uniform(1000, 90000)])
    return random.choice(LINKS)(random, delay, length)


def arrive(watcher, chunks):
    """Sends one watcher's [arrival, event, chunk] over its link."""
    last = 0.0
    for row in sorted(chunks, key=lambda row: row[0]):
        last = row[0] = max(START + watcher.link(row[0] - START), last + 1e-5)
        row[2]['ref_timestamp'] = '%.6f' % (GREGORIAN + last)
        if watcher.stamps == 'arrival':
            row[2]['timestamp'] = float(row[2]['ref_timestamp'])


def _some(random, watchers):
    chosen = [w for w in watchers if random.random() < .6]
    return chosen or [random.choice(watchers)]


def _set(**values):
    def spoil(random, watchers, length):
        for watcher in _some(random, watchers):
            for name, value in values.items():
                setattr(watcher, name, value(random) if callable(value) else value)
    return spoil


def _sign(random):
    return random.choice([-1, 1])


def _step(random, watchers, length):
    for watcher in _some(random, watchers):
        watcher.offset += random.uniform(-5, 5)
        by = _sign(random) * random.choice([random.uniform(.15, 2), random.uniform(2, 60), random.uniform(60, 4000)])
        watcher.steps.append((random.uniform(.02, .98) * length, by))


def _offset(low, high):
    return _set(offset=lambda r: _sign(r) * r.uniform(low, high))


def _log(random, watchers, length):
    watcher = random.choice(watchers)
    watcher.batch, watcher.offset = random.uniform(1, 2), _sign(random) * random.uniform(0, 5)


def _bare_log(random, watchers, length):
    _log(random, watchers, length)
    for watcher in watchers:
        if watcher.batch:
            watcher.bare, watcher.no_cseq = True, False


def _seconds(random, watchers, length):
    """A log that stamps whole seconds and names no zone."""
    watcher = random.choice(watchers)
    watcher.bare, watcher.stamps, watcher.batch = True, 'coarse', random.uniform(.05, 2)
    watcher.offset = random.choice([0, random.uniform(-1, 1), 3600 * random.randrange(-12, 13)])
    if random.random() < .5:
        watcher.link = _link(random, length)


def _mixed(random, watchers, length):
    """Every watcher has flaws of its own."""
    for watcher in watchers:
        watcher.offset = random.choice([0, random.uniform(-.2, .2), random.uniform(-10, 10),
                                        random.uniform(-9000, 9000)])
        watcher.drift = random.choice([0, random.uniform(-5e-5, 5e-5), random.uniform(-2e-4, 2e-4)])
        if random.random() < .15:
            watcher.steps.append((random.uniform(0, 1) * length, _sign(random) * random.uniform(.2, 30)))
        if random.random() < .15:
            watcher.batch = random.uniform(1, 2)
        if random.random() < .15:
            watcher.late = .2
        if random.random() < .2:
            watcher.stamps = random.choice(['coarse', 'none', 'arrival', 'scattered', 'garbage'])
        if random.random() < .2:
            watcher.twice = (.0001, .0015)
        if random.random() < .3:
            watcher.loss = random.uniform(0, .08)
        watcher.edits = random.random() < .3
    fine = [w for w in watchers if w.stamps == 'fine']
    if not fine:
        random.choice(watchers).stamps = 'fine'
    for watcher in watchers:  # a log without clock: nothing tells its order
        if watcher.batch and watcher.stamps != 'fine':
            watcher.batch = 0.0


def _late_link(random, watchers, length):
    random.choice(watchers).link = _link(random, length)


def _import(random, watchers, length):
    """One host's capture is imported an hour later."""
    watcher, speed = random.choice(watchers), random.choice([1e-6, 1e-4, 1e-2])
    watcher.offset = random.choice([0, random.uniform(-5, 5)])
    watcher.link = lambda at: length + 3600 + at * speed


def _late_links(random, watchers, length):
    for watcher in watchers:
        watcher.link, watcher.offset = _link(random, length), random.choice([0, random.uniform(-20, 20)])


def _late_step(random, watchers, length):
    _step(random, watchers, length)
    _late_link(random, watchers, length)


def _late_no_clock(random, watchers, length):
    watcher = random.choice(watchers)
    watcher.link, watcher.stamps = _link(random, length), random.choice(['none', 'arrival', 'coarse', 'scattered'])


def _mixed_late(random, watchers, length):
    _mixed(random, watchers, length)
    for watcher in watchers:
        if random.random() < 1 / 3:
            watcher.link, watcher.batch = _link(random, length), 0.0


FLAWS = {
    'none': lambda random, watchers, length: None,
    'offset 50 ms': _offset(.03, .07),
    'offset seconds': _offset(.5, 20),
    'offset hours': _offset(3600, 20000),
    'drift': _set(drift=lambda r: _sign(r) * r.uniform(2e-5, 2e-4), offset=lambda r: r.uniform(-5, 5)),
    'step': _step,
    'log': _log,
    'bare log': _bare_log,
    'log of seconds': _seconds,
    'apart': _offset(.5, 20),
    'loss': lambda random, watchers, length: [setattr(w, 'loss', random.uniform(.01, .05)) for w in watchers],
    'loss and offset': lambda random, watchers, length: [
        (setattr(w, 'loss', random.uniform(.01, .05)), setattr(w, 'offset', random.uniform(-9, 9))) for w in watchers],
    'disorder': _set(late=.2),
    'twice': _set(twice=lambda r: r.choice([(0, .0002), (.0002, .0015)]), offset=lambda r: r.uniform(-3, 3)),
    'edits': _set(edits=True, offset=lambda r: r.uniform(-3, 3)),
    'coarse': _set(stamps='coarse', offset=lambda r: r.uniform(-3, 3)),
    'no clock': _set(stamps='none'),
    'stamp is arrival': _set(stamps='arrival'),
    'scattered': _set(stamps='scattered'),
    'garbage': _set(stamps='garbage'),
    'mixed': _mixed,
    'late link': _late_link,
    'import': _import,
    'late links': _late_links,
    'late and step': _late_step,
    'late, no clock': _late_no_clock,
    'mixed, late': _mixed_late,
}
