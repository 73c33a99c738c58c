"""Captures that see a part of a call only: agents that are started late or fall silent, filters, mirrors."""
from watch import FLAWS, Watcher


def _some(random, watchers):
    chosen = [w for w in watchers if random.random() < .6]
    return chosen or [random.choice(watchers)]


def _missing(of):
    """Some watchers miss what `of(random, watcher, length)` tells of each message."""
    def spoil(random, watchers, length):
        for watcher in _some(random, watchers):
            watcher.misses = of(random, watcher, length)
    return spoil


def _falls_silent(random, watcher, length):
    end = random.uniform(.05, 1) * length
    return lambda at, message, src, dst: at > end


def _begins_late(random, watcher, length):
    begin = random.uniform(0, .9) * length
    return lambda at, message, src, dst: at < begin


def _away(random, watcher, length):
    begin = random.uniform(0, .9) * length
    end = begin + random.choice([random.uniform(.02, 3), random.uniform(.05, .6) * length])
    return lambda at, message, src, dst: begin < at < end


def _hiccups(random, watcher, length):
    """An overloaded machine drops everything for a short while, again and again."""
    times = [(at := random.uniform(0, length), at + random.uniform(.01, .8)) for _ in range(random.randrange(2, 6))]
    return lambda at, message, src, dst: any(begin < at < end for begin, end in times)


def _one_direction(random, watcher, length):
    sees_sent = random.random() < .5
    own = watcher.host.endpoint
    return lambda at, message, src, dst: (src == own) != sees_sent


def _one_interface(random, watcher, length):
    """Only what passes between it and some of its neighbours."""
    seen = {}
    own = watcher.host.endpoint
    return lambda at, message, src, dst: seen.setdefault(dst if src == own else src, random.random() < .5)


def _no_fragments(random, watcher, length):
    """A filter on ports drops all but the first fragment, and the agent drops the rest."""
    most = random.choice([700, 900, 1100])
    return lambda at, message, src, dst: len('\r\n'.join(message.lines('x' * 20))) > most


def _methods(random, watcher, length):
    """A log that does not show what the stack makes by itself."""
    hidden = random.choice([('ACK',), ('ACK', 'CANCEL'), ('CANCEL',), ('BYE',), ('PRACK', 'UPDATE')])
    return lambda at, message, src, dst: not message.status and message.method in hidden


def _no_responses(random, watcher, length):
    low, high = random.choice([(100, 199), (100, 100), (200, 299), (300, 699), (100, 699)])
    return lambda at, message, src, dst: low <= message.status <= high


def _cut_copies(random, watchers, length):
    for watcher in _some(random, watchers):
        watcher.cut = random.choice([500, 600, 700, 900])


def _two_at_one_host(random, watchers, length):
    """The server's own agent, and a mirror of its port."""
    beside = random.choice(watchers)
    other = Watcher(random, beside.host, beside.name.replace(':', ':1'))
    other.offset, other.loss = random.choice([0, random.uniform(-3, 3)]), random.choice([0, random.uniform(0, .05)])
    watchers.append(other)


def _with_skew(spoil):
    def both(random, watchers, length):
        spoil(random, watchers, length)
        for watcher in watchers:
            watcher.offset += random.choice([0, random.uniform(-.2, .2), random.uniform(-10, 10)])
    return both


PARTIAL = {
    'falls silent': _missing(_falls_silent), 'begins late': _missing(_begins_late), 'is away': _missing(_away),
    'hiccups': _missing(_hiccups), 'one direction': _missing(_one_direction), 'one interface': _missing(_one_interface),
    'no fragments': _missing(_no_fragments), 'some requests': _missing(_methods),
        'some responses': _missing(_no_responses),
    'cut copies': _cut_copies, 'two at one host': _two_at_one_host,
}
PARTIAL.update({f'{name}, skewed': _with_skew(spoil) for name, spoil in PARTIAL.items()})
FLAWS.update(PARTIAL)
