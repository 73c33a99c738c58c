"""What the capture itself makes doubtful, what is written wrongly, and who only tries doors."""
from failure_case import Case, Line, is_sent, way
from failure_media import _talks


def _garbled(world, garble, method=None, proof=None):
    """A request of the caller, or the callee's answer, that a receiver may trip over."""
    line = Line(world, switch=False).answers()
    method = method or world.random.choice(['INVITE', 'BYE'])
    phone = line.caller

    def spoil(host, message):
        if host is phone and message.method == method and not message.status:
            message.garbled = garble
    line.dress.spoils.append(spoil)
    _talks(line, lambda event: line.near.hang_up(line.caller, [event], world.random.uniform(4, 20)))
    return Case(line.hosts, 'malformed', witness=[line.caller, line.proxies[0]],
                proof=[(lambda e: is_sent(method, 0, phone)(e), 1)])


@way('malformed')
def content_length_does_not_fit(world):
    more = world.random.choice([7, 40, 300])

    def garble(lines):
        return [f'Content-Length: {int(x.split(":")[1]) + more}'
            if x.startswith('Content-Length') else x for x in lines]
    return _garbled(world, garble, 'INVITE')


@way('malformed')
def two_call_ids(world):
    def garble(lines):
        at = next(i for i, x in enumerate(lines) if x.startswith('Call-ID'))
        return [*lines[:at + 1], 'Call-ID: another@example.com', *lines[at + 1:]]
    return _garbled(world, garble)


@way('malformed')
def broken_via(world):
    broken = world.random.choice(['Via: SIP/2.0/UDP', 'Via: SIP/2.0/UDP ;branch=', 'Via: 192.0.2.1'])

    def garble(lines):
        at = max(i for i, x in enumerate(lines) if x.startswith('Via'))
        return [*lines[:at + 1], broken, *lines[at + 1:]]
    return _garbled(world, garble)


@way('malformed')
def no_cseq(world):
    """A keepalive of a simple device."""
    line = Line(world, switch=False, proxies=1, transport='UDP')

    def spoil(host, message):
        if host is line.caller:
            message.garbled = lambda lines: [x for x in lines if not x.startswith('CSeq')]
    line.dress.spoils.append(spoil)
    line.proxies[0].on_request = lambda transaction, message, event: line.proxies[0].respond(
        transaction, message.reply(400, 'p'), [event])
    line.caller.request('OPTIONS', [])

    def without(chunks):
        for chunk in chunks:
            if not any(x.startswith('CSeq') for x in chunk['raw']):
                chunk['c_seq'] = ''
        return chunks
    return Case(line.hosts, {'malformed'}, witness=[line.caller, line.proxies[0]], allowed=['refused'],
                proof=[(is_sent('OPTIONS', 0), 1)], spoil=without)


def _cut(world, least):
    """The copy of what is longer than `least` lines ends early, and says so."""
    line = Line(world).answers()
    _talks(line)

    def spoil(chunks):
        for chunk in chunks:
            raw = chunk['raw']
            if len(raw) > least and '' in raw:
                chunk['raw'], chunk['flags'], chunk['crlfs'] = raw[:least], ['truncated'], 0
        return chunks if any('flags' in chunk for chunk in chunks) else None
    return Case(line.hosts, 'truncated_capture', proof=[(is_sent('INVITE', 0), 1)], spoil=spoil,
                flaws=['none', 'offset seconds', 'loss', 'disorder'])


@way('truncated_capture')
def body_is_cut(world):
    return _cut(world, 17)


@way('truncated_capture')
def cut_at_the_body(world):
    return _cut(world, 15)


@way('truncated_capture')
def headers_are_cut(world):
    """What the order needs is there: Call-ID and CSeq."""
    return _cut(world, 11)


def _clock(world, flaws, switch=None):
    line = Line(world, switch=switch).answers()
    _talks(line, seconds=(8, 40))
    a, b = world.random.choice(line.hops())
    return Case(line.hosts, 'clock_off', witnesses=[a.of, b.of], flaws=flaws, proof=[(is_sent('BYE', 200), 1)])


@way('clock_off')
def clock_off_by_seconds(world):
    return _clock(world, ['offset seconds far'])


@way('clock_off')
def clock_off_by_hours(world):
    return _clock(world, ['offset hours'])


@way('clock_off')
def clock_set_in_the_call(world):
    return _clock(world, ['set in the call'])


def _gap(world, lost, switch=None):
    """Nobody saw some of what must have been there."""
    line = Line(world, switch=switch).answers()
    _talks(line)
    world.run()
    which = [e for e in world.events if lost(line, e)]
    vanished = {(e.message.label, e.src.endpoint, e.dst.endpoint, e.message.c_seq) for e in which}

    def spoil(chunks):
        left = [c for c in chunks if (c['label'], c['src'], c['dst'], c['c_seq']) not in vanished]
        return left if len(left) < len(chunks) else None
    return Case(line.hosts, 'not_captured', witness=line.near.hosts[:-1] if lost is not _first else line.near.hosts,
                proof=[(is_sent('BYE', 200), 1), (is_sent('INVITE', 200), 1)], spoil=spoil,
                flaws=['none', 'offset seconds', 'disorder', 'twice'])


def _first(line, event):
    return event.message.method == 'INVITE' and event.message.status < 200


@way('not_captured')
def capture_began_late(world):
    """The INVITE is missing, and all before the answer."""
    return _gap(world, _first)


@way('not_captured')
def ack_not_captured(world):
    return _gap(world, lambda line, e: e.message.method == 'ACK')


@way('not_captured')
def end_not_captured(world):
    """The 200 to a BYE shows the BYE."""
    return _gap(world, lambda line, e: is_sent('BYE')(e))


SCANNERS = ('friendly-scanner', 'sipvicious', 'sipcli/v1.8', 'sundayddr', 'pplsip', 'VaxSIPUserAgent/3.1', 'sip-scan',
            'SIPScan', 'smap 0.6.0')


def _scan(world, method, status):
    line = Line(world, switch=False, proxies=1, transport='UDP')
    line.dress.agents[line.caller] = world.random.choice(SCANNERS)
    maker = world.random.choice([line.proxies[0], line.callee])
    if maker is line.callee:
        maker.on[method] = lambda transaction, message, event: maker.respond(
            transaction, message.reply(status, maker.tag), [event])
    else:
        maker.refuses = lambda message: status if message.method == method else 0
    if method == 'INVITE':
        line.caller.uri = f'sip:900{world.random.randrange(10 ** 8, 10 ** 9)}@example.com'
        line.caller.request('INVITE', [])
    else:
        line.caller.request(method, [])
    return Case(line.hosts, {'scanner', 'unknown_number', 'refused', 'challenge_unanswered'},
                witness=[line.caller, line.proxies[0]], proof=[(is_sent(method, 0, line.caller), 1),
                                                              (is_sent(method, status), 1)])


@way('scanner')
def scanner_asks_for_options(world):
    return _scan(world, 'OPTIONS', 200)


@way('scanner')
def scanner_guesses_extensions(world):
    return _scan(world, 'REGISTER', world.random.choice([401, 403, 404]))


@way('scanner')
def scanner_calls_abroad(world):
    return _scan(world, 'INVITE', world.random.choice([401, 403, 404]))


def _registers(world, contacts, intervals, expires=60):
    line = Line(world, switch=False)
    left = list(zip(contacts(line), intervals))

    def step():
        if not left:
            return
        contact, after = left.pop(0)
        line.dress.contacts[line.caller] = f'Contact: <sip:alice@{contact}>;expires={expires}'
        line.caller.peer_tag = ''
        line.caller.request('REGISTER', [])
        world.later(after, step)

    line.callee.on['REGISTER'] = lambda transaction, message, event: line.callee.respond(
        transaction, message.reply(200, line.callee.tag, extra=(f'Expires: {expires}',)), [event])
    step()
    return Case(line.hosts, 'registration_unstable', witness=[line.caller, line.proxies[0]], exact=True,
                allowed=['private_contact'], flaws=['none', 'offset seconds', 'drift'],
                proof=[(is_sent('REGISTER', 0, line.caller), len(intervals))])


@way('registration_unstable')
def port_changes(world):
    """NAT gives it a new port each time."""
    n = world.random.randrange(6, 10)
    return _registers(world, lambda line: [f'{line.caller.endpoint.split(":")[0]}:{world.random.randrange(1024, 65000)}'
                                           for _ in range(n)], [world.random.uniform(2, 8) for _ in range(n)], 120)


@way('registration_unstable')
def address_changes(world):
    n = world.random.randrange(6, 10)
    return _registers(world, lambda line: [f'10.9.{i}.{world.random.randrange(1, 250)}:5060' for i in range(n)],
                      [world.random.uniform(1, 10) for _ in range(n)], 300)


@way('registration_unstable')
def expires_between(world):
    """It comes back long after its registration has expired."""
    return _registers(world, lambda line: [line.caller.endpoint] * 4,
                      [50, 50, world.random.uniform(100, 400), 10], 60)
